"""Commitments as search engines read them: schema.org CreativeWork and ItemList. What the pages say, and no more."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.feeds import LICENCE
from profiles.script_data import for_script

SCHEMA = "https://schema.org"


def commitment_json_ld(commitment, origins):
    """The public commitment and the ideas behind it, safe to stand in a page's `<script>`."""
    return for_script(
        {
            "@context": SCHEMA,
            "@type": "CreativeWork",
            "headline": commitment.title,
            "text": commitment.summary or commitment.problem,
            "url": settings.SITE_URL + commitment.get_absolute_url(),
            "inLanguage": commitment.language_tag,
            "datePublished": commitment.published_at.isoformat(),
            "license": LICENCE,
            "isBasedOn": [
                {
                    "@type": "CreativeWork",
                    "headline": origin.idea.title,
                    "url": settings.SITE_URL + origin.idea.get_absolute_url(),
                }
                for origin in origins
            ],
            "isPartOf": {
                "@type": "CreativeWork",
                "name": commitment.round.title,
                "url": settings.SITE_URL + commitment.round.get_absolute_url(),
            },
        }
    )


def list_json_ld(round, page):
    """A page of a round's commitments, by their numbers."""
    return for_script(
        {
            "@context": SCHEMA,
            "@type": "ItemList",
            "name": _("Commitments: %(round)s") % {"round": round},
            "url": settings.SITE_URL + reverse("manifesto:commitment_list", args=[round.slug]),
            "itemListOrder": f"{SCHEMA}/ItemListOrderAscending",
            "numberOfItems": page.paginator.count,
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": position,
                    "name": commitment.title,
                    "url": settings.SITE_URL + commitment.get_absolute_url(),
                }
                for position, commitment in enumerate(page.object_list, start=page.start_index())
            ],
        }
    )
