from django.core.management.base import BaseCommand
from django.utils import timezone

from ogp_network.fair_process.news import warn


class Command(BaseCommand):
    help = (
        "Tell editors where the process of a round is about to fall short of what is asked of it. Run it daily; "
        "running it again changes nothing."
    )

    def handle(self, *args, **options):
        number = warn(now=timezone.now())
        if options["verbosity"] > 1:
            self.stdout.write(f"There are {number} warnings now.")
