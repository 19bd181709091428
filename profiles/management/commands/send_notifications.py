import contextlib

from django.core import mail
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from profiles.mail import MailServerTrouble, send_next
from profiles.models import Mailing

# Many mail servers end a connection after a hundred messages or so.
PER_CONNECTION = 50


class Command(BaseCommand):
    help = (
        "Send the e-mails with news that are due. To be run every few minutes; it may be killed, started again, "
        "or run twice at once without anybody getting an e-mail twice, save the one that was being sent."
    )

    def handle(self, *args, **options):
        Mailing.objects.prepare(timezone.now())
        sent = 0
        try:
            while count := self._send_some():
                sent += count
        except MailServerTrouble as trouble:
            waiting = Mailing.objects.unsent().count()
            raise CommandError(
                f"The mail server takes no mail ({trouble}). {waiting} kept for the next run."
            ) from None
        if options["verbosity"] > 1:
            self.stdout.write(f"Sent {sent}.")

    def _send_some(self):
        """Send over one connection; give how many mailings were dealt with."""
        connection = mail.get_connection()
        try:
            count = 0
            while count < PER_CONNECTION and send_next(connection, now=timezone.now()):
                count += 1
            return count
        finally:
            # The server may have gone.
            with contextlib.suppress(OSError):
                connection.close()
