from django.core.management.base import BaseCommand
from django.utils import timezone

from manifesto.models import Round


class Command(BaseCommand):
    help = (
        "Publish the shortlists whose time has come. Safe to run again, and twice at once. Where one is refused, its "
        "editors are told and it waits for them."
    )

    def handle(self, *args, **options):
        now = timezone.now()
        for round in Round.objects.due_for_publication(now):
            if round.publish_if_due(now=now):
                self.stdout.write(f"Published the shortlist of {round}.")
            elif round.has_publication_failed:
                self.stdout.write(f"Did not publish the shortlist of {round}: {round.shortlist_failure}")
