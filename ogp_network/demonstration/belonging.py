"""Who belongs to which organisation in the demonstration, who asks to, and logos drawn here in flat shapes."""

from datetime import timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from profiles import pictures
from profiles.logo_views import LOGO_SIZES
from profiles.models import Membership, OrganisationLogo, OrganisationProposal

PLUM, GOLD, GREEN, SLATE, BRICK = "#4a1639", "#f0aa31", "#3d6b4f", "#5b6472", "#a5523f"
CLEAR = (0, 0, 0, 0)
# Organisation, member, role, and whether somebody has confirmed it.
PLACES = [
    ("plainledger", "member", "Volunteer", True),
    ("beckshaw-tenants-federation", "member", "Committee member", False),
    ("plainledger", "author-wei", "Trainer", False),
    ("cwm-arfelin-health-forum", "author-gwen", "Secretary", False),
]


def load_belonging(organisations, *, members, now):
    """Load what is missing; safe to repeat."""
    for slug, key, role, is_confirmed in PLACES:
        asked_at = now - timedelta(days=3)
        Membership.objects.get_or_create(
            organisation=organisations[slug],
            member=members[key],
            defaults={
                "role": role,
                "requested_at": asked_at,
                "confirmed_at": now if is_confirmed else None,
                "confirmed_by": members["editor"] if is_confirmed else None,
            },
        )
    OrganisationProposal.objects.get_or_create(
        proposer=members["author-ewan"],
        name="Glenshiel Allotment Society",
        defaults={
            "kind": "community_group",
            "areas": ["S92000003"],
            "summary": "Forty plots by the river, and a fight for the minutes of the committee that sells them.",
            "role": "Treasurer",
            "proposed_at": now - timedelta(days=2),
        },
    )
    for slug, (alt, draw) in LOGOS.items():
        if not OrganisationLogo.objects.filter(organisation=organisations[slug]).exists():
            made = pictures.encode(_file(draw), sizes=LOGO_SIZES, media_type="image/webp")
            OrganisationLogo.objects.record(
                organisations[slug], *made, alt=alt, changed_at=now, changed_by=members["administrator"]
            )


def _file(draw):
    image = Image.new("RGBA", (900, 450), CLEAR)
    draw(ImageDraw.Draw(image))
    file = BytesIO()
    image.save(file, "PNG")
    file.size = file.tell()
    return file


def _land(pen):
    pen.ellipse((560, 40, 700, 180), fill=GOLD)
    pen.polygon([(60, 410), (330, 90), (520, 300), (620, 200), (840, 410)], fill=GREEN)


def _health(pen):
    for x, y, colour in ((250, 225, BRICK), (450, 225, PLUM), (650, 225, GOLD)):
        pen.ellipse((x - 150, y - 150, x + 150, y + 150), outline=colour, width=34)


def _tenants(pen):
    for x, top, colour in ((140, 180, SLATE), (360, 80, PLUM), (580, 220, BRICK)):
        pen.polygon(
            [(x, 400), (x, top + 60), (x + 90, top), (x + 180, top + 60), (x + 180, 400)], fill=colour
        )
        pen.rectangle((x + 66, 300, x + 114, 400), fill=GOLD)


def _network(pen):
    points = [(160, 330), (330, 110), (470, 330), (620, 110), (760, 330)]
    pen.line(points, fill=SLATE, width=20)
    for (x, y), colour in zip(points, (PLUM, GOLD, GREEN, BRICK, PLUM), strict=True):
        pen.ellipse((x - 56, y - 56, x + 56, y + 56), fill=colour)


def _ledger(pen):
    for row, length in enumerate((640, 420, 560, 280)):
        top = 70 + row * 84
        pen.rectangle((120, top, 120 + length, top + 48), fill=(PLUM, GOLD)[row % 2])


LOGOS = {
    "strathmorlich-land-trust": ("Green hills under a golden sun", _land),
    "cwm-arfelin-health-forum": ("Three rings that overlap", _health),
    "beckshaw-tenants-federation": ("Three houses, side by side", _tenants),
    "drumnavar-community-network": ("Five dots, joined by a line that goes up and down", _network),
    "plainledger": ("Four bars of different lengths, like rows of an account", _ledger),
}
