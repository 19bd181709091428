import os
import socket
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from ogp_network.demonstration import ACCOUNTS, PASSWORD


class Command(BaseCommand):
    help = "Prepare the database, load demonstration content and serve the site on this machine."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args, port, **options):
        if not settings.DEMO_MODE:
            raise CommandError(
                "Set SITE_MODE=demonstration to run the demonstration on the database you name."
            )
        self._require_free(port)
        self.stdout.write("Preparing the database…")
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("load_demonstration")
        call_command("publish_open_data", verbosity=0)
        connections.close_all()
        self._introduce(port)
        server = ["-m", "gunicorn", "ogp_network.wsgi", "--bind", f"127.0.0.1:{port}"]
        # Addresses that the site writes in full, as in feeds and open data, lead to where it is served.
        os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
        # The server imports the site from where it is started, and this may have been called from anywhere.
        os.chdir(settings.BASE_DIR)
        os.execv(
            sys.executable,
            [sys.executable, *server, "--workers", "2", "--threads", "4", "--log-level", "warning"],
        )

    def _require_free(self, port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise CommandError(f"Port {port} is in use. Try: manage.py demo --port {port + 1}") from error

    def _introduce(self, port):
        self.stdout.write(
            f"\n  The site:  http://127.0.0.1:{port}/\n  The admin: http://127.0.0.1:{port}/admin/\n"
        )
        self.stdout.write(f"\n  Sign in with the password {PASSWORD} as")
        for key, role in ACCOUNTS.items():
            self.stdout.write(f"    {key}@example.org".ljust(32) + role)
        self.stdout.write("\n  E-mails, such as codes for joining, are printed here. Stop with Ctrl-C.\n")
        self.stdout.flush()
