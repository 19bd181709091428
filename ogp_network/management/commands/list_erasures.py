from django.core.management.base import BaseCommand

from ogp_network.models import Erasure


class Command(BaseCommand):
    help = "Print which accounts were deleted, by number and without names, a line of JSON each, for replay_erasures."

    def handle(self, *args, **options):
        for erasure in Erasure.objects.by_oldest().iterator():
            self.stdout.write(erasure.as_record())
