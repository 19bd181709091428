"""Published stories as other programs read them: Atom, CSV, JSON and JSON-LD."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpResponse, JsonResponse
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from ogp_network import safe_csv

from .models import Profile, Question
from .script_data import LICENCE, for_script
from .wording import clean, clean_line

NETWORK = "Open Government Manifesto"
IN_FEED = 30
COLUMNS = [
    *("address", "organisation", "organisation_type", "areas", "call", "published_on", "theme"),
    *("speaker_name", "speaker_role", "standfirst", "pull_quote"),
    *("meaning", "importance", "example", "reform", "evidence_link"),
    *("picture", "picture_credit", "picture_alt", "licence"),
]


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


def record(profile):
    """One published story, as a flat dictionary in the order of COLUMNS."""
    answers = {answer.question: answer.text for answer in profile.answers.all()}
    organisation, picture = profile.organisation, ("", "", "")
    if profile.has_picture:
        address = settings.SITE_URL + profile.picture_address
        picture = (address, profile.picture_credit, profile.picture_alt)
    values = [
        settings.SITE_URL + profile.get_absolute_url(),
        organisation.name,
        organisation.kind,
        " ".join(organisation.areas),
        profile.call.title,
        profile.published_at.date().isoformat(),
        profile.theme,
        *(profile.speaker_name, profile.speaker_role, profile.standfirst, profile.pull_quote),
        *(answers.get(question, "") for question in Question),
        profile.evidence_link,
        *picture,
        LICENCE,
    ]
    return dict(zip(COLUMNS, values, strict=True))


def _published():
    return Profile.objects.published().for_data().by_newest()


@require_safe
def stories_csv(request):
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="stories.csv"'
    writer = safe_csv.writer(response)
    writer.writerow(COLUMNS)
    for profile in _published():
        writer.writerow(record(profile).values())
    return response


@require_safe
def stories_json(request):
    stories = [{**record(profile), "areas": profile.organisation.areas} for profile in _published()]
    return JsonResponse({"licence": LICENCE, "stories": stories}, json_dumps_params={"ensure_ascii": False})


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
