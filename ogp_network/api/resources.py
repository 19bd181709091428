"""What the API has: of each kind of open data a list, which can be narrowed down, and each thing by itself."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from manifesto.open_data import (
    COMMITMENTS,
    DECISIONS,
    IDEA_REVISIONS,
    IDEAS,
    MILESTONES,
    PLANS,
    PROMISES,
    ROUNDS,
    STATUS_REPORTS,
)
from meetings.open_data import ACTIONS, MEETINGS, NOTES
from ogp_network.datasets import Dataset
from profiles.open_data import ORGANISATIONS, STORIES

from . import filters
from .filters import Filter, Number, Slug


@dataclass(frozen=True)
class Key:
    """A part of a thing's address: its name there, where the queryset has it, and of what type it is."""

    name: str
    path: str
    type: Any
    words: str


@dataclass(frozen=True)
class Resource:
    name: str
    thing: str
    dataset: Dataset
    keys: tuple[Key, ...]
    filters: tuple[Filter, ...]
    list_words: str
    thing_words: str

    @property
    def address(self):
        return f"/{self.name}"

    @property
    def thing_address(self):
        return "/".join([self.address, *(f"{{{key.name}}}" for key in self.keys)])


SLUG = Key("slug", "slug", Slug, _("Its slug, as in the list."))
ROUND = Key("round", "round__slug", Slug, _("The round’s slug."))
OF_IDEA = Key("idea", "idea__number", Number, _("The idea’s number in its round."))

RESOURCES = (
    Resource(
        *("rounds", "Round", ROUNDS, (SLUG,), filters.OF_ROUNDS),
        list_words=_("Rounds, the newest first"),
        thing_words=_("A round"),
    ),
    Resource(
        "ideas",
        "Idea",
        IDEAS,
        (ROUND, Key("number", "number", Number, _("Its number in the round."))),
        filters.OF_IDEAS,
        list_words=_("Ideas, by round and number"),
        thing_words=_("An idea"),
    ),
    Resource(
        "revisions",
        "Revision",
        IDEA_REVISIONS,
        (
            Key("round", "idea__round__slug", Slug, _("The round’s slug.")),
            OF_IDEA,
            Key("number", "number", Number, _("Its number among the idea’s revisions.")),
        ),
        filters.OF_REVISIONS,
        list_words=_("Wordings of ideas, by round, idea and number"),
        thing_words=_("A wording of an idea"),
    ),
    Resource(
        *("decisions", "Decision", DECISIONS, (ROUND, OF_IDEA), filters.OF_DECISIONS),
        list_words=_("Published decisions, by round; those with a place on the shortlist come first"),
        thing_words=_("The decision on an idea"),
    ),
    Resource(
        "commitments",
        "Commitment",
        COMMITMENTS,
        (ROUND, Key("number", "number", Number, _("Its number in the round."))),
        filters.OF_COMMITMENTS,
        list_words=_("Commitments asked for, by round and number"),
        thing_words=_("A commitment that is asked for"),
    ),
    Resource(
        *("plans", "Plan", PLANS, (SLUG,), ()),
        list_words=_("Action plans, the newest first"),
        thing_words=_("An action plan"),
    ),
    Resource(
        "promises",
        "Promise",
        PROMISES,
        (
            Key("plan", "plan__slug", Slug, _("The plan’s slug.")),
            Key("number", "number", Number, _("The commitment’s number in its plan.")),
        ),
        filters.OF_PROMISES,
        list_words=_("Commitments of action plans, by plan and number"),
        thing_words=_("A commitment of an action plan"),
    ),
    Resource(
        "milestones",
        "Milestone",
        MILESTONES,
        (Key("milestone_id", "pk", Number, _("A number of its own.")),),
        filters.OF_MILESTONES,
        list_words=_("Milestones, by plan, commitment and reference"),
        thing_words=_("A milestone"),
    ),
    Resource(
        "status-reports",
        "StatusReport",
        STATUS_REPORTS,
        (Key("report_id", "pk", Number, _("A number of its own.")),),
        filters.OF_STATUS_REPORTS,
        list_words=_("Status reports, in the order they were recorded"),
        thing_words=_("A status report"),
    ),
    Resource(
        *("organisations", "Organisation", ORGANISATIONS, (SLUG,), filters.OF_ORGANISATIONS),
        list_words=_("Organisations by name"),
        thing_words=_("An organisation"),
    ),
    Resource(
        *("stories", "Story", STORIES, (SLUG,), filters.OF_STORIES),
        list_words=_("Published stories, the newest first"),
        thing_words=_("A story"),
    ),
    Resource(
        *("meetings", "Meeting", MEETINGS, (SLUG,), filters.OF_MEETINGS),
        list_words=_("Announced meetings, the latest first"),
        thing_words=_("A meeting"),
    ),
    Resource(
        "notes",
        "Note",
        NOTES,
        (Key("meeting", "meeting__slug", Slug, _("The slug of the meeting.")),),
        filters.OF_NOTES,
        list_words=_("Public notes of meetings, the one published last first"),
        thing_words=_("The note of a meeting"),
    ),
    Resource(
        "actions",
        "Action",
        ACTIONS,
        (Key("action_id", "pk", Number, _("The action’s number.")),),
        filters.OF_ACTIONS,
        list_words=_("Actions in public notes, those of the latest meetings first"),
        thing_words=_("An action"),
    ),
)
