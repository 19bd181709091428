from django.core.management.base import BaseCommand
from django.utils import timezone

from manifesto.models import CountRegister


class Command(BaseCommand):
    help = "Make today's count registers, once however often it is run."

    def handle(self, *args, **options):
        count = CountRegister.objects.make_due(now=timezone.now())
        if options["verbosity"] > 1:
            self.stdout.write(f"Registers of {count} rounds are there for today.")
