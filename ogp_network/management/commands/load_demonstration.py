from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ogp_network.demonstration import load
from profiles.models import Member


class Command(BaseCommand):
    help = "Load the demonstration rounds, meetings and stories, or move their dates to today."

    def handle(self, *args, **options):
        if not settings.DEMO_MODE:
            raise CommandError("Demonstration content is loaded only with SITE_MODE=demonstration.")
        if Member.objects.exists() and not Member.objects.filter(email="crowd-001@example.org").exists():
            raise CommandError(
                "This database has members of its own, so no demonstration content is loaded into it."
            )
        load(now=timezone.now())
