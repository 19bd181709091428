"""The site as search engines read it: schema.org WebSite with its search, and the network that runs it."""

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language

from profiles.feeds import NETWORK
from profiles.script_data import for_script
from profiles.vocabularies import language_tag

SCHEMA = "https://schema.org"
WORDS = "search_term_string"


def json_ld():
    """The site and the network, safe to stand in a page's `<script>`."""
    home = settings.SITE_URL + reverse("home")
    network = f"{settings.SITE_URL}/#network"
    search = settings.SITE_URL + reverse("site_search")
    site = {
        "@type": "WebSite",
        "name": NETWORK,
        "url": home,
        "inLanguage": language_tag(get_language()),
        "publisher": {"@id": network},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{{WORDS}}}"},
            "query-input": f"required name={WORDS}",
        },
    }
    organisation = {
        "@type": "Organization",
        "@id": network,
        "name": NETWORK,
        "url": home,
        "logo": settings.SITE_URL + static("img/touch-icon.png"),
    }
    return for_script({"@context": SCHEMA, "@graph": [site, organisation]})
