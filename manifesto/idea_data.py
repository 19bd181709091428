"""Ideas as search engines read them: schema.org CreativeWork, and ItemList. What the pages say, and no more."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.feeds import LICENCE
from profiles.script_data import for_script

SCHEMA = "https://schema.org"


def json_ld(idea):
    """The public idea, with its authors and how many support it, safe to stand in a page's `<script>`."""
    page = settings.SITE_URL + idea.get_absolute_url()
    likes, comments = (
        {
            "@type": "InteractionCounter",
            "interactionType": f"{SCHEMA}/{kind}",
            "userInteractionCount": count,
        }
        for kind, count in (("LikeAction", idea.supporters), ("CommentAction", idea.comment_count))
    )
    return for_script(
        {
            "@context": SCHEMA,
            "@type": "CreativeWork",
            "headline": idea.title,
            "text": idea.why,
            "url": page,
            "datePublished": idea.published_at.isoformat(),
            "license": LICENCE,
            "author": [{"@type": "Person", "name": name} for name in idea.author_names],
            "isPartOf": {
                "@type": "CreativeWork",
                "name": idea.round.title,
                "url": settings.SITE_URL + idea.round.get_absolute_url(),
            },
            "interactionStatistic": [likes, comments],
        }
    )


def page_json_ld(round, page):
    """A page of a round's ideas, loaded with their rounds. Their order is the reader's, so it tells nothing."""
    return _list(
        _("Ideas: %(round)s") % {"round": round},
        reverse("manifesto:idea_list", args=[round.slug]),
        page.object_list,
        order="ItemListUnordered",
        first=page.start_index(),
        total=page.paginator.count,
    )


def shortlist_json_ld(round, ideas):
    """The ideas of a published shortlist in the order of their places, safe to stand in a page's `<script>`."""
    return _list(
        _("Shortlist: %(round)s") % {"round": round},
        reverse("manifesto:shortlist", args=[round.slug]),
        ideas,
        order="ItemListOrderAscending",
        first=1,
        total=len(ideas),
    )


def _list(name, address, ideas, *, order, first, total):
    return for_script(
        {
            "@context": SCHEMA,
            "@type": "ItemList",
            "name": name,
            "url": settings.SITE_URL + address,
            "itemListOrder": f"{SCHEMA}/{order}",
            "numberOfItems": total,
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": position,
                    "name": idea.title,
                    "url": settings.SITE_URL + idea.get_absolute_url(),
                }
                for position, idea in enumerate(ideas, start=first)
            ],
        }
    )
