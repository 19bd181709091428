from email.utils import parseaddr

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from ogp_network.starting_pages import load_pages


class Command(BaseCommand):
    help = (
        "Publish the pages a site begins with (about, how it works, privacy, accessibility, cookies) where there are "
        "none. It never touches a page that is there, and may be run as often as you like."
    )

    @transaction.atomic
    def handle(self, *args, **options):
        contact = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        for page in load_pages(contact=contact, now=timezone.now()):
            self.stdout.write(f"Published: {page} ({page.get_absolute_url()})")
