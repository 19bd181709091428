from django.core.management.base import BaseCommand
from django.utils import timezone

from manifesto.models import ExpertTerm, PhaseAnnouncement


class Command(BaseCommand):
    help = (
        "Tell those concerned of each phase that has begun, and experts of what is left to score before it closes, "
        "once. To be run before send_notifications."
    )

    def handle(self, *args, **options):
        now = timezone.now()
        count = PhaseAnnouncement.objects.announce_current(now)
        ExpertTerm.objects.tell_what_is_left(now)
        if options["verbosity"] > 1:
            self.stdout.write(f"Announced {count}.")
