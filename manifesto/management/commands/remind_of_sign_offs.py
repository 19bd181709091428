from django.core.management.base import BaseCommand
from django.utils import timezone

from manifesto.models import SignOff


class Command(BaseCommand):
    help = (
        "Remind organisations that need time before they sign a statement, three days before the day and on it; each "
        "of both once, however often this runs."
    )

    def handle(self, *args, **options):
        count = SignOff.objects.remind(timezone.now())
        if options["verbosity"] > 1:
            self.stdout.write(f"Due: {count}.")
