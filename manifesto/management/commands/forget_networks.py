from django.core.management.base import BaseCommand
from django.utils import timezone

from manifesto.models import NetworkKey, VoteTrace
from profiles.models import Allowance


class Command(BaseCommand):
    help = (
        "Forget what the site knows of networks: yesterday's key, marks of votes older than DAYS_TO_KEEP_NETWORKS, and "
        "counts of limits that are over. May be repeated."
    )

    def handle(self, *args, **options):
        now = timezone.now()
        keys, marks = NetworkKey.objects.forget(now=now), VoteTrace.objects.forget(now=now)
        allowances = Allowance.objects.forget(now=now)
        if options["verbosity"] > 1:
            self.stdout.write(f"Forgot {keys} keys, {marks} marks and {allowances} counts of limits.")
