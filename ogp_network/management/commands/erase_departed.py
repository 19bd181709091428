import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ogp_network.erasure_record import write_missing
from ogp_network.models import Departure, Erasure
from ogp_network.models.departure import leave_sessions

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Delete the accounts of members who asked for it a week ago, tell them for the last time, and write down "
        "in ERASURES_FILE which numbers they had. To be run every hour; it may be killed, or run twice at once."
    )

    def handle(self, *args, **options):
        now, done, waiting = timezone.now(), 0, 0
        departures = list(Departure.objects.due(now).select_related("member"))
        if departures:
            leave_sessions([departure.member for departure in departures])
        for departure in departures:
            try:
                done += departure.carry_out(now=now)
            except (OSError, SMTPException) as error:
                # Neither the error's text nor a traceback: they hold the address.
                logger.warning("Departure %s waits: %s", departure.pk, type(error).__name__)
                waiting += 1
        if settings.ERASURES_FILE:
            write_missing(settings.ERASURES_FILE, Erasure.objects.by_oldest())
        if done or options["verbosity"] > 1:
            self.stdout.write(f"Accounts deleted: {done}.")
        if waiting:
            raise CommandError(
                f"The mail server takes no mail. {waiting} accounts are kept for the next run."
            )
