from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ogp_network.retention import RULES, forget_expired_attempts
from profiles.errors import Refused


class Command(BaseCommand):
    help = (
        "Delete what is kept no longer, by the table in ogp_network/retention.py, and say how much of each kind. "
        "To be run every day; it may be killed, started again, or run twice at once."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="Only say how much would go.")

    def handle(self, *args, **options):
        now, is_dry, refusals = timezone.now(), options["dry_run"], []
        self._say("attempts", forget_expired_attempts(now, is_dry=is_dry), is_dry)
        for rule in RULES:
            if rule.rows is None:
                continue
            try:
                self._say(rule.name, rule.due(now).count() if is_dry else rule.apply(now), is_dry)
            except Refused as refusal:
                refusals.append(f"{rule.name}: {refusal}")
        if refusals:
            raise CommandError("\n".join(refusals))

    def _say(self, name, number, is_dry):
        if number or is_dry:
            self.stdout.write(f"{name}: {number}{' would go' if is_dry else ''}")
