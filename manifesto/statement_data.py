"""Statements as search engines read them: schema.org CreativeWork. What the pages say, and no more."""

from django.conf import settings

from profiles.feeds import LICENCE, NETWORK
from profiles.script_data import for_script

SCHEMA = "https://schema.org"


def json_ld(statement, versions, signatures):
    """The public statement with how many organisations signed it as it stands, safe for a page's `<script>`.

    `versions` are its published ones, the latest first.
    """
    return for_script(
        {
            "@context": SCHEMA,
            "@type": "CreativeWork",
            "headline": statement.title,
            "abstract": statement.summary,
            "url": settings.SITE_URL + statement.get_absolute_url(),
            "inLanguage": statement.language_tag,
            "datePublished": statement.published_at.isoformat(),
            "dateModified": versions[0].published_at.isoformat(),
            "version": versions[0].number,
            "license": LICENCE,
            "author": {"@type": "Organization", "name": NETWORK},
            "interactionStatistic": {
                "@type": "InteractionCounter",
                "interactionType": f"{SCHEMA}/EndorseAction",
                "userInteractionCount": signatures,
            },
        }
    )
