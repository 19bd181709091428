from django.core.management.base import BaseCommand
from django.utils import timezone

from ogp_network.models import DailyFile
from ogp_network.open_data.catalogue import DATASETS


class Command(BaseCommand):
    help = (
        "Keeps today's files of open data, and forgets those that are older than a month, but for the first of each "
        "month. Safe to repeat, and to run twice at once."
    )

    def handle(self, *, verbosity, **options):
        now = timezone.now()
        made = sum(
            DailyFile.objects.publish(dataset, kind, now=now)
            for dataset in DATASETS.values()
            if dataset.is_kept
            for kind in DailyFile.Kind.values
        )
        gone = DailyFile.objects.forget_old(timezone.localdate(now))
        if verbosity:
            self.stdout.write(f"Files kept of today: {made} new. Files of earlier days forgotten: {gone}.")
