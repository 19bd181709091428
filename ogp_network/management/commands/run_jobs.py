import subprocess
import sys
import time
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

# In this order: what is published is told of in the same run.
JOBS = {
    "frequent": [
        "publish_due",
        "publish_due_pages",
        "publish_due_stories",
        "tend_registrations",
        "process_imports",
        "announce_phases",
        "send_notifications",
        "forget_networks",
        "erase_departed",
    ],
    "daily": [
        "rebuild_lexemes",
        "make_registers",
        "publish_open_data",
        "forget_note_imports",
        "remind_action_owners",
        "remind_of_sign_offs",
        "watch_promises",
        "warn_of_shortfalls",
        "apply_retention",
    ],
}
FREQUENT_EVERY = timedelta(minutes=5)
NIGHT = (3, 15)


class Command(BaseCommand):
    help = (
        "Does the jobs that are due every few minutes (frequent) or every night (daily), each in a process of its own:"
        " one that fails keeps none of the others from its work. Safe to repeat, and to run twice at once, as each of"
        " them is. With --forever it is its own cron, for containers."
    )

    def add_arguments(self, parser):
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("kind", nargs="?", choices=sorted(JOBS))
        which.add_argument("--forever", action="store_true")

    def handle(self, *args, kind, forever, **options):
        if forever:
            self._go_on()
        elif failed := self._do(kind):
            raise CommandError(f"These failed: {', '.join(failed)}.")

    def _do(self, kind):
        """The jobs that failed; they have said why themselves."""
        failed = []
        for job in JOBS[kind]:
            command = [sys.executable, settings.BASE_DIR / "manage.py", job]
            if subprocess.run(command, check=False).returncode:
                failed.append(job)
        return failed

    def _go_on(self):
        night = next_night(timezone.localtime())
        while True:
            began = timezone.now()
            kinds = ["frequent"]
            if began >= night:
                kinds.append("daily")
                night = next_night(timezone.localtime())
            for kind in kinds:
                if failed := self._do(kind):
                    self.stderr.write(f"These failed: {', '.join(failed)}.")
            rest = began + FREQUENT_EVERY - timezone.now()
            time.sleep(max(rest.total_seconds(), 0))


def next_night(now):
    """The next time, after the local time `now`, that the jobs of the night are due."""
    hour, minute = NIGHT
    night = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return night if night > now else night + timedelta(days=1)
