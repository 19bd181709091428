"""An idea as search engines read it: schema.org CreativeWork. What its own page says, and no more."""

from django.conf import settings

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
