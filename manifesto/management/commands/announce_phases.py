from django.core.management.base import BaseCommand
from django.utils import timezone

from manifesto.models import PhaseAnnouncement


class Command(BaseCommand):
    help = "Tell those concerned of each phase that has begun, once. To be run before send_notifications."

    def handle(self, *args, **options):
        count = PhaseAnnouncement.objects.announce_current(timezone.now())
        if options["verbosity"] > 1:
            self.stdout.write(f"Announced {count}.")
