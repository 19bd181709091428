from django.core.management.base import BaseCommand
from django.utils import timezone

from ...models import Action


class Command(BaseCommand):
    help = "Remind the owners of actions that are due soon or overdue. Run it daily; running it again changes nothing."

    def handle(self, **options):
        Action.objects.tell_owners(timezone.now())
