from django.core.management.base import BaseCommand

from ogp_network.datasets import few_at_a_time
from ogp_network.models import Erasure


class Command(BaseCommand):
    help = "Print which accounts were deleted, by number and without names, a line of JSON each, for replay_erasures."

    def handle(self, *args, **options):
        for erasure in few_at_a_time(Erasure.objects.by_oldest()):
            self.stdout.write(erasure.as_record())
