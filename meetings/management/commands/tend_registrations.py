from django.core.management.base import BaseCommand
from django.utils import timezone

from meetings.models import Meeting, Registration


class Command(BaseCommand):
    help = (
        "Give places that came free to those who wait, remind people the day before a meeting, and forget what they "
        "needed at those that are over. Safe to repeat; for cron, every few minutes."
    )

    def handle(self, *args, **options):
        now = timezone.now()
        for meeting in Meeting.objects.waited_for(timezone.localdate(now)):
            Registration.objects.give_free_places(meeting, now=now)
        Registration.objects.remind(now=now)
        Registration.objects.forget_requirements(timezone.localdate(now))
