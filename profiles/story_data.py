"""Published stories as feed readers and search engines read them: Atom and JSON-LD."""

from django.conf import settings
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import override

from ogp_network.datasets import LICENCE

from .feeds import NETWORK, PublicFeed, tag_of
from .filters import ProfileFilter
from .models import Profile
from .script_data import for_script
from .wording import clean_line


class StoryFeed(PublicFeed):
    """The newest stories, all or those that a visitor has narrowed down."""

    link = reverse_lazy("profiles:profile_list")

    def title(self):
        return _("Stories of open government")

    def subtitle(self):
        return _(
            "What open government means to the people who use it, and the one reform each of them asks for."
        )

    def get_object(self, request):
        return ProfileFilter(request.GET, Profile.objects.published(), request=request)

    def chosen(self, profiles):
        return profiles.chosen

    def entries(self, profiles):
        return profiles.qs.for_cards().select_related("approval").by_newest()

    def item_title(self, profile):
        with override(profile.language):
            return _("The story of %(organisation)s") % {"organisation": profile.organisation}

    def item_guid(self, profile):
        return tag_of(f"story/{profile.pk}")

    def item_description(self, profile):
        quote = f"“{profile.pull_quote}”" if profile.pull_quote else ""
        with override(profile.language):
            reform = _("The reform it asks for: %(reform)s") % {"reform": profile.reform}
        return "\n\n".join(filter(None, [profile.standfirst, quote, reform]))

    def item_extra_kwargs(self, profile):
        return {"language": profile.language_tag}

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
        "headline": _("The story of %(organisation)s") % {"organisation": organisation},
        "description": profile.standfirst,
        "url": settings.SITE_URL + profile.get_absolute_url(),
        "datePublished": profile.published_at.isoformat(),
        "license": LICENCE,
        "inLanguage": profile.language_tag,
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
