from django.core.management.base import BaseCommand
from django.utils import timezone

from ...models.commitments.watching import watch_promises


class Command(BaseCommand):
    help = (
        "Tell followers and supporters of milestones that have become late, and editors of those they wanted to check "
        "by now. Run it daily; running it again changes nothing."
    )

    def handle(self, *args, **options):
        late, to_check = watch_promises(timezone.now())
        if options["verbosity"] > 1:
            self.stdout.write(f"Late: {late}. To check: {to_check}.")
