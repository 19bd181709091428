from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from meetings.models import NoteImport

# As for spreadsheets of ideas.
KEPT_FOR = timedelta(days=30)


class Command(BaseCommand):
    help = "Forget texts that were brought in as notes a month ago. It may be run as often as you like."

    def handle(self, *args, **options):
        NoteImport.objects.forget(timezone.now() - KEPT_FOR)
