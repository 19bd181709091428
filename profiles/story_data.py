"""Published stories as feed readers and search engines read them: Atom and JSON-LD."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed

from ogp_network.datasets import LICENCE

from .models import Profile
from .script_data import for_script
from .wording import clean, clean_line

NETWORK = "Open Government Manifesto"
IN_FEED = 30


class StoryFeed(Feed):
    """The newest stories, in Atom."""

    feed_type = Atom1Feed
    title = "Stories of open government"
    subtitle = (
        "What open government means to the people who use it, and the one reform each of them asks for."
    )
    link = reverse_lazy("profiles:profile_list")
    feed_copyright = f"CC BY 4.0, {LICENCE}"

    def items(self):
        return Profile.objects.published().for_cards().select_related("approval").by_newest()[:IN_FEED]

    def item_title(self, profile):
        return clean_line(f"The story of {profile.organisation}")

    def item_description(self, profile):
        quote = f"“{profile.pull_quote}”" if profile.pull_quote else ""
        reform = f"The reform it asks for: {profile.reform}"
        return clean("\n\n".join(filter(None, [profile.standfirst, quote, reform])))

    def item_author_name(self, profile):
        return clean_line(f"{profile.speaker_name}, {profile.organisation}")

    def item_pubdate(self, profile):
        return profile.published_at

    def item_updateddate(self, profile):
        return max(profile.published_at, profile.approval.approved_at)

    def item_categories(self, profile):
        return [profile.get_theme_display()] if profile.theme else []


def json_ld(profile, answers):
    """The story for search engines, safe to stand in a page's `<script>`."""
    organisation = profile.organisation
    data = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": f"The story of {organisation}",
        "description": profile.standfirst,
        "url": settings.SITE_URL + profile.get_absolute_url(),
        "datePublished": profile.published_at.isoformat(),
        "license": LICENCE,
        "inLanguage": "en-GB",
        "author": {"@type": "Person", "name": profile.speaker_name, "jobTitle": profile.speaker_role},
        "about": {
            "@type": "NGO" if organisation.kind == organisation.Kind.CHARITY else "Organization",
            "name": organisation.name,
            "url": settings.SITE_URL + organisation.get_absolute_url(),
        },
        "publisher": {"@type": "Organization", "name": NETWORK, "url": settings.SITE_URL},
        "articleBody": "\n\n".join(answer.text for answer in answers),
    }
    if profile.has_picture:
        data["image"] = settings.SITE_URL + profile.picture_address
    return for_script(data)
