from django.core.management.base import BaseCommand
from django.utils import timezone

from profiles.errors import Refused
from profiles.models import Profile


class Command(BaseCommand):
    help = "Publish the approved stories whose time has come. Safe to repeat; for cron."

    def handle(self, *args, **options):
        now = timezone.now()
        for profile in Profile.objects.due(now).select_related("organisation", "call", "scheduled_by"):
            try:
                profile.publish(by=profile.scheduled_by, now=now)
            except Refused as refusal:
                self.stderr.write(f"Not published: {profile}. {refusal}")
            else:
                self.stdout.write(f"Published: {profile}")
