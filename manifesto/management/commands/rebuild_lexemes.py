from django.core.management.base import BaseCommand

from manifesto.models import Lexeme


class Command(BaseCommand):
    help = "Counts again how many public ideas each word occurs in, which finding similar ideas goes by. Run it daily."

    def handle(self, *args, **options):
        Lexeme.objects.count_again()
        self.stdout.write(f"{Lexeme.objects.count():,} words are counted.")
