from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from manifesto.models import ImportBatch

# Long enough to ask the people who made the spreadsheet what a row means.
KEPT_FOR = timedelta(days=30)


class Command(BaseCommand):
    help = (
        "Go on with imports of ideas that an editor began, and forget spreadsheets nobody confirmed in a month. "
        "It may be killed, started again, or run twice at once."
    )

    def handle(self, *args, **options):
        now = timezone.now()
        for batch in ImportBatch.objects.abandoned(now - KEPT_FOR):
            batch.discard()
        for batch in ImportBatch.objects.unfinished().order_by("uploaded_at", "pk"):
            batch.advance(now=timezone.now(), seconds=float("inf"))
            if options["verbosity"] > 1:
                self.stdout.write(f"{batch}: {'done' if not batch.is_working else 'under way elsewhere'}")
