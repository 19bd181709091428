from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ogp_network.erasure_record import read
from ogp_network.models import Erasure


class Command(BaseCommand):
    help = (
        "Delete again the accounts that a restored backup has brought back, by the list in ERASURES_FILE or in the "
        "file given; “-” is standard input. To be run after every restore, before the site opens; repeating it is safe."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", default=settings.ERASURES_FILE)

    def handle(self, *args, **options):
        if not options["file"]:
            raise CommandError("Give the file with the list, or set ERASURES_FILE.")
        try:
            records = read(options["file"])
        except OSError as error:
            raise CommandError(f"The list can’t be read: {error}") from None
        number = Erasure.objects.replay(records, now=timezone.now())
        self.stdout.write(f"{len(records)} deletions are on the list. {number} accounts were deleted again.")
