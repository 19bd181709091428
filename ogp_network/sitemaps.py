"""What search engines are told of: every public page, in each language, with the day it last changed."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import F, Max
from django.db.models.functions import Greatest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from manifesto.models import (
    ActionPlan,
    Commitment,
    CommitmentPack,
    Idea,
    Institution,
    Position,
    Round,
    Statement,
)
from meetings.models import Action, Meeting, Topic
from profiles.models import Call, Organisation, Profile

from .models import Page, Post

# Folders of what isn't for everybody, or isn't worth finding.
CLOSED = ["account", "my", "drafts", "invitations", "support", "follows", "endorsements", "no-more-e-mails"]


class Public(Sitemap):
    """Pages at the site's own address, whatever address they were asked for under, with all their languages."""

    i18n = alternates = x_default = True
    limit = 5000
    protocol = property(lambda self: urlsplit(settings.SITE_URL).scheme)

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc

    def lastmod(self, item):
        return getattr(item, "changed_in_public_at", None)


class Pages(Public):
    NAMES = [
        "home",
        "manifesto:round_list",
        "manifesto:statement_list",
        "manifesto:institution_list",
        "manifesto:plan_list",
        "profiles:profile_list",
        "profiles:reform_list",
        "profiles:organisation_list",
        "profiles:network",
        "open_data",
        "api_docs",
        "post_list",
        "meetings:meeting_list",
        "meetings:action_list",
        "meetings:notice",
        "meetings:note_search",
    ]

    def items(self):
        return self.NAMES

    def location(self, name):
        return reverse(name)


class Writings(Public):
    """What editors write: pages, or news."""

    def __init__(self, model):
        self.model = model

    def items(self):
        published = self.model.objects.published().once_per_address()
        return published.annotate(changed_in_public_at=F("public__published_at")).by_slug()


class Rounds(Public):
    def items(self):
        return Round.objects.announced().by_newest()

    def lastmod(self, round):
        return max(filter(None, [round.announced_at, round.shortlist_published_at, round.presented_at]))


class IdeaLists(Public):
    def items(self):
        return Round.objects.announced().with_newest_idea().by_newest()

    def location(self, round):
        return reverse("manifesto:idea_list", args=[round.slug])

    def lastmod(self, round):
        return round.newest_idea_at or round.announced_at


class Shortlists(Public):
    def items(self):
        rounds = Round.objects.announced().exclude(shortlist_published_at=None)
        corrected = Greatest("shortlist_published_at", Max("decisions__errata__corrected_at"))
        return rounds.annotate(changed_in_public_at=corrected).by_newest()

    def location(self, round):
        return reverse("manifesto:shortlist", args=[round.slug])


class FairProcesses(Public):
    def items(self):
        return Round.objects.announced().by_newest()

    def location(self, round):
        return reverse("fair_process", args=[round.slug])


class Ideas(Public):
    def items(self):
        ideas = Idea.objects.public().live().select_related("round").only("number", "round__slug")
        return ideas.with_public_change().by_newest()


class Statements(Public):
    def items(self):
        return Statement.objects.public().with_change().by_newest()


class CommitmentLists(Public):
    def items(self):
        return Round.objects.announced().filter(commitments__in=Commitment.objects.public()).distinct()

    def location(self, round):
        return reverse("manifesto:commitment_list", args=[round.slug])


class Commitments(Public):
    """What is asked for in a round."""

    def items(self):
        asked = Commitment.objects.asked().public().select_related("round")
        return asked.with_last_wording().by_round()


class Packs(Public):
    def items(self):
        packs = CommitmentPack.objects.public().select_related("round")
        return packs.annotate(changed_in_public_at=F("frozen_at")).by_latest()


class Institutions(Public):
    def items(self):
        return Institution.objects.by_name()


class Positions(Public):
    def items(self):
        positions = Position.objects.public().latest().only("published_at")
        return positions.annotate(changed_in_public_at=F("published_at")).by_publication()


class PositionTables(Public):
    def items(self):
        return Statement.objects.public().order_by("pk")

    def location(self, statement):
        return reverse("manifesto:statement_positions", args=[statement.slug])


class CommitmentTables(Public):
    def items(self):
        known = Round.objects.announced().filter(commitments__in=Commitment.objects.public())
        return known.distinct().order_by("pk")

    def location(self, round):
        return reverse("manifesto:commitment_positions", args=[round.slug])


class AnswerLists(Public):
    def items(self):
        return Round.objects.announced().exclude(shortlist_published_at=None).by_newest()

    def location(self, round):
        return reverse("manifesto:answer_list", args=[round.slug])


class Plans(Public):
    def items(self):
        return ActionPlan.objects.public().annotate(changed_in_public_at=F("published_at")).by_newest()


class Promises(Public):
    def items(self):
        return Commitment.objects.adopted().public().select_related("plan").with_public_change().by_number()


class Stories(Public):
    def items(self):
        stories = Profile.objects.published().only("slug")
        return stories.annotate(
            changed_in_public_at=Greatest("published_at", "approval__approved_at")
        ).by_newest()


class Calls(Public):
    def items(self):
        return Call.objects.opened(timezone.now()).by_latest()

    def lastmod(self, call):
        return call.opens_at


class Organisations(Public):
    def items(self):
        return Organisation.objects.only("slug").by_name()


class Meetings(Public):
    def items(self):
        return Meeting.objects.announced().with_public_change().by_latest()


class Topics(Public):
    def items(self):
        return Topic.objects.by_name()


class Actions(Public):
    def items(self):
        return Action.objects.in_public_notes().with_public_change().by_latest()


SECTIONS = {
    "pages": Pages,
    "editors-pages": Writings(Page),
    "news": Writings(Post),
    "rounds": Rounds,
    "idea-lists": IdeaLists,
    "fair-processes": FairProcesses,
    "ideas": Ideas,
    "shortlists": Shortlists,
    "statements": Statements,
    "commitment-lists": CommitmentLists,
    "commitments": Commitments,
    "commitment-packs": Packs,
    "institutions": Institutions,
    "positions": Positions,
    "position-tables": PositionTables,
    "commitment-tables": CommitmentTables,
    "answer-lists": AnswerLists,
    "plans": Plans,
    "promises": Promises,
    "stories": Stories,
    "calls": Calls,
    "organisations": Organisations,
    "meetings": Meetings,
    "topics": Topics,
    "actions": Actions,
}


@require_safe
def robots_txt(request):
    """Closed are the admin and what is one person's alone; the rest says itself where nothing is to be found."""
    languages = ["", *(f"/{code}" for code, _ in settings.LANGUAGES[1:])]
    closed = ["/admin/", "/health/", *(f"{prefix}/{folder}/" for folder in CLOSED for prefix in languages)]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
