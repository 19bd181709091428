"""Every address of the site, from its URL configuration, so that tests go to a new one as soon as it is there."""

import re
from uuid import uuid4

from django.apps import apps
from django.db.models import F
from django.urls import get_resolver
from django.utils import timezone

from manifesto.models import (
    ActionPlan,
    Comment,
    Institution,
    Invitation,
    Milestone,
    Position,
    Statement,
    StatusReport,
)
from manifesto.open_data import DATASETS
from meetings.models import Action, Correction, Meeting, NoteErratum, Topic
from profiles.models import Answer, Membership, Profile

from .factories import (
    make_commitment,
    make_meeting,
    make_page,
    make_plan,
    make_position,
    make_post,
    make_profile,
    make_topic,
)

FILES = ["scores.csv", "ranking.csv", "ideas.csv", "method.json", "criteria.csv", "SHA256SUMS", "working.zip"]
GROUPS = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^)]*\))*\)")

# What doesn't look at who asks: what a visitor gets there, everybody does.
ALIKE_FOR_ALL = ("/api/v1/", "/open-data/", "/cards/", "/feeds/", "/sitemap", "/robots.txt", "/style/")


def is_alike_for_all(address):
    """Whether it answers a visitor as it answers everybody, so that nobody else need go there."""
    return address.startswith(ALIKE_FOR_ALL) or address.endswith(".atom")


def patterns(resolver=None, prefix=""):
    """Every route of the site, written as its parts are, from the root, with the view it leads to."""
    for part in (resolver or get_resolver()).url_patterns:
        route = prefix + str(part.pattern)
        if hasattr(part, "url_patterns"):
            yield from patterns(part, route)
        else:
            yield route, part.callback


def routes():
    return (route for route, _view in patterns())


def first_pk(model):
    thing = model._default_manager.order_by("pk").first()
    return str(thing.pk if thing else 1)


class Addresses:
    """An address or more for each route, that leads to what is about `round` wherever it can."""

    def __init__(self, round):
        comment = Comment.objects.filter(idea__round=round).order_by("pk").first()
        draft = round.drafts.order_by("pk").first()
        invitation = Invitation.objects.filter(idea__round=round).order_by("pk").first()
        reform = Answer.objects.public_reforms().order_by("pk").first()
        profile = Profile.objects.published().order_by("pk").first() or make_profile()
        published = Meeting.objects.filter(note__published_at__isnull=False)
        # Best one whose note was corrected.
        meeting = published.order_by(F("note__errata").asc(nulls_last=True), "pk").first() or make_meeting()
        topic = Topic.objects.order_by("pk").first() or make_topic()
        # Best one that was corrected.
        said = Position.objects.public().standing().exclude(ask=None)
        position = said.order_by(F("corrects").asc(nulls_last=True), "pk").first()
        position = position or make_position()
        institution = Institution.objects.order_by("pk").first()
        # Best one with milestones.
        plans = ActionPlan.objects.public().order_by(F("commitments__milestones").asc(nulls_last=True), "pk")
        plan = plans.first() or make_commitment(plan=make_plan()).plan
        self.slugs = {
            "plans": plan.slug,
            "statements": Statement.objects.get(asks=position.ask_id).slug,
            "institutions": institution.slug,
            "rounds": round.slug,
            "organisations": profile.organisation.slug,
            "calls": profile.call.slug,
            "stories": profile.slug,
            "meetings": meeting.slug,
            "topics": topic.slug,
            "news": make_post().slug,
            # Editors' pages stand right below the root.
            "<slug:slug>": make_page().slug,
        }
        self.values = {
            "number": sorted({"1", "2", str(comment.idea.number) if comment else "1"}),
            "before": ["1"],
            "after": ["2"],
            "revision": ["1"],
            "invalidation": ["1"],
            "criterion": [str(round.criteria.first().pk)],
            "name": FILES,
            "key": [str(invitation.key if invitation else uuid4())],
            "day": [timezone.localdate().isoformat()],
            "registration": ["1"],
            "year": [f"{meeting.held_on:%Y}"],
            "month": [f"{meeting.held_on:%m}"],
            "token": ["token"],
            "digest": ["0"],
            "dataset": [dataset.name for dataset in DATASETS],
            "round": [round.slug],
            "idea": ["1", "2"],
            "meeting": [self.slugs["meetings"]],
            "action_id": [first_pk(Action)],
            "plan": [plan.slug],
            "milestone_id": [first_pk(Milestone)],
            "report_id": [first_pk(StatusReport)],
            "rest": ["nowhere"],
            "organisation": [profile.organisation.slug],
            "app_label": ["manifesto"],
            "url": ["nowhere"],
            "section": ["ideas", "stories"],
            "kind": ["idea", "round", "note", "page", "post", "statement"],
            "source": ["government"],
            "report": ["1"],
            "round_pk": [str(round.pk)],
            "meeting_pk": [str(meeting.pk)],
            "content_type_id": ["1"],
        }
        self.pks = {
            "rounds": comment.pk if comment else 1,
            "drafts": draft.pk if draft else 1,
            "reforms": reform.pk if reform else 1,
            "positions": position.pk,
        }
        # By the folder they stand in.
        self.things = {
            "meetings": {"actions": Action, "corrections": Correction, "errata": NoteErratum},
            "my": {"memberships": Membership, "stories": Profile},
        }

    def of(self, route):
        paths = [re.sub(r"\^|\$|\\Z", "", route)]
        while match := GROUPS.search(paths[0]):
            name = match[1] or match[2]
            paths = [
                path.replace(match[0], value, 1) for path in paths for value in self._values(name, paths[0])
            ]
        return [f"/{path}" for path in paths]

    def _values(self, name, path):
        first, *rest = path.removeprefix("api/v1/").split("/")
        folder = path.partition("<")[0].rstrip("/").rpartition("/")[2]
        if name == "slug":
            return [self.slugs.get(folder) or self.slugs[first]]
        if name in ("pk", "object_id") and first == "admin":
            model = apps.all_models.get(rest[0], {}).get(rest[1])
            return [first_pk(model) if model else "1"]
        if name == "pk" and folder in self.things.get(first, ()):
            return [first_pk(self.things[first][folder])]
        if name in ("pk", "object_id"):
            return [str(self.pks.get(first, 1))]
        assert name in self.values, f"Give this test a value for “{name}” in {path}, so that it can go there."
        return self.values[name]
