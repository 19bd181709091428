"""What lists can be narrowed down by: the same as on the site's pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, Field

from manifesto.models import Commitment, StatusReport
from manifesto.models.finding import Search
from manifesto.vocabularies import Level, OGPValue, Outcome, PolicyArea
from meetings.models import Meeting
from profiles.models import Organisation
from profiles.vocabularies import Area, ReformTheme

# Every number and text has its bounds: PostgreSQL knows neither greater numbers nor NUL.
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Year = Annotated[int, Field(ge=1900, le=2199)]
Day = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"}),
    AfterValidator(date.fromisoformat),
]
Slug = Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]+$", max_length=100)]
Words = Annotated[str, Field(pattern=r"^[^\x00]+$", max_length=200)]


@dataclass(frozen=True)
class Filter:
    """A parameter: `narrow` takes a queryset, the value and the moment, and gives what is left."""

    name: str
    words: str
    type: Any
    narrow: Callable


def codes(vocabulary):
    return Literal[tuple(vocabulary.values)]


def equal(path):
    return lambda objects, value, now: objects.filter(**{path: value})


def containing(path):
    return lambda objects, value, now: objects.filter(**{f"{path}__contains": [value]})


def _matching(objects, text, now):
    return objects.matching(text)


def _matching_ideas(ideas, text, now):
    return ideas.matching(Search.among(ideas, text))


def _reports_on_plan(reports, slug, now):
    return reports.about(Commitment.objects.filter(plan__slug=slug).values("pk"))


def _with_status(ideas, status, now):
    return getattr(ideas, status)()


def _standing(actions, status, now):
    if status == "overdue":
        return actions.overdue(timezone.localdate(now))
    return getattr(actions, status)()


def of_round(path="round"):
    return Filter("round", _("The round’s slug."), Slug, equal(f"{path}__slug"))


def of_area(path="areas"):
    return Filter(
        "area",
        _("A nation or region, by its code of the Office for National Statistics."),
        codes(Area),
        containing(path),
    )


def _of_meetings(path=""):
    return (
        Filter("kind", _("The kind of meeting."), codes(Meeting.Kind), equal(f"{path}kind")),
        of_area(f"{path}areas"),
        Filter("topic", _("The topic’s slug."), Slug, equal(f"{path}topics__slug")),
        Filter("since", _("The first day of meetings."), Day, equal(f"{path}held_on__gte")),
        Filter("until", _("The last day of meetings."), Day, equal(f"{path}held_on__lte")),
    )


OF_ROUNDS = (
    Filter(
        "area",
        _("A nation or region, by its code of the Office for National Statistics."),
        codes(Area),
        equal("area"),
    ),
)
OF_IDEAS = (
    of_round(),
    Filter("text", _("Words in the idea, in any of their forms."), Words, _matching_ideas),
    Filter("theme", _("The theme’s slug."), Slug, equal("theme__slug")),
    of_area(),
    Filter("level", _("The level of government."), codes(Level), equal("level")),
    Filter("value", _("An open government value."), codes(OGPValue), containing("ogp_values")),
    Filter("policy_area", _("A policy area."), codes(PolicyArea), containing("policy_areas")),
    Filter(
        "status",
        _("How the idea stands."),
        Literal["undecided", "shortlisted", "not_shortlisted", "merged"],
        _with_status,
    ),
)
OF_REVISIONS = (
    of_round("idea__round"),
    Filter("idea", _("The idea’s number in its round."), Number, equal("idea__number")),
)
OF_COMMITMENTS = (
    of_round(),
    Filter("theme", _("The theme’s slug."), Slug, equal("theme__slug")),
)
OF_PROMISES = (Filter("plan", _("The plan’s slug."), Slug, equal("plan__slug")),)
OF_MILESTONES = (Filter("plan", _("The plan’s slug."), Slug, equal("commitment__plan__slug")),)
OF_STATUS_REPORTS = (
    Filter("plan", _("The plan’s slug."), Slug, _reports_on_plan),
    Filter("source", _("What kind of source."), codes(StatusReport.Source), equal("source")),
)
OF_DECISIONS = (
    of_round(),
    Filter("outcome", _("What was decided."), codes(Outcome), equal("outcome")),
)
OF_ORGANISATIONS = (
    Filter("text", _("Words in one of its names."), Words, _matching),
    Filter("type", _("The type of organisation."), codes(Organisation.Kind), equal("kind")),
    of_area(),
)
OF_STORIES = (
    Filter("text", _("Words in the story."), Words, _matching),
    Filter("type", _("The type of organisation."), codes(Organisation.Kind), equal("organisation__kind")),
    of_area("organisation__areas"),
    Filter("theme", _("What the reform is about."), codes(ReformTheme), equal("theme")),
    Filter("year", _("The year it was published in."), Year, equal("published_at__year")),
)
OF_MEETINGS = _of_meetings()
OF_NOTES = _of_meetings("meeting__")
OF_ACTIONS = (
    Filter("status", _("How it stands."), Literal["open", "overdue", "done", "dropped"], _standing),
    Filter(
        "organisation",
        _("The slug of the organisation that promised it."),
        Slug,
        equal("owner_organisation__slug"),
    ),
    Filter("meeting", _("The slug of the meeting it was agreed at."), Slug, equal("note__meeting__slug")),
    Filter("topic", _("The topic’s slug."), Slug, equal("note__meeting__topics__slug")),
)
