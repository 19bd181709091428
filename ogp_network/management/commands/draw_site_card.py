from django.conf import settings
from django.core.management.base import BaseCommand

from ogp_network import card_drawing

PLACE = settings.BASE_DIR / "static" / "img" / "card.png"


class Command(BaseCommand):
    help = (
        "Draws the card that pages without one of their own are shared with, after the colours or the typefaces of "
        "cards changed. The picture is kept with the code."
    )

    def handle(self, **options):
        PLACE.write_bytes(card_drawing.draw_site())
