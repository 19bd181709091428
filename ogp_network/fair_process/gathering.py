"""What the site holds in public about the process of a round, in a number of queries that never grows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Min, Q

from manifesto.models import Comment, Commitment, ExpectedAnswer, Idea, Round
from meetings.models import Meeting

from ..models import Page
from . import evidence
from .evidence import Evidence, day_of
from .verdicts import MONTHS_APART, Facts, Finding, findings, months_after

# Where a page has to stand for the site to know it as the rules of the forum.
RULES_PAGE = "forum-rules"
Kind = Meeting.Kind
# Government and civil society at one table, and what anybody can come to.
TALKS = (Kind.FORUM, Kind.MINISTERIAL, Kind.ROUNDTABLE)
EVENTS = (Kind.WORKSHOP, Kind.ROUNDTABLE, Kind.HUSTINGS)


@dataclass(frozen=True)
class Case:
    """How a round stands on a day: what was found of each requirement, and what shows it, by the requirement's code."""

    round: Round
    facts: Facts
    findings: list[Finding]
    evidence: Mapping[str, list[Evidence]]

    @property
    def warnings(self) -> list[Finding]:
        """What somebody can still do something about, the most urgent first."""
        return sorted((one for one in self.findings if one.is_warning), key=lambda one: one.due_on)


def case_of(round: Round, *, today: date) -> Case:
    """The case of an announced round, with titles in the language of the moment."""
    meetings = _meetings(round)
    published = [*evidence.notes(), *evidence.news(), *evidence.published_of(round)]
    rules = Page.objects.published().filter(slug=RULES_PAGE).select_related("public").by_slug().first()
    facts = Facts(
        today=today,
        announced_on=day_of(round.announced_at),
        ideas_open_on=day_of(round.ideas_open_at),
        ideas_close_on=day_of(round.ideas_close_at),
        scoring_close_on=day_of(round.scoring_close_at),
        shortlisted_on=day_of(round.shortlist_published_at),
        delivery=_delivery(round),
        rules_on=rules and day_of(rules.published_at),
        publications=tuple(one.on for one in published),
        **_figures_of(meetings, round, today),
        **_contributions(round),
        **_outcome(round),
    )
    return Case(round, facts, findings(facts), _evidence(round, facts, meetings, rules, published))


def _meetings(round):
    """The round's own, and those of government and civil society that concern its place; the latest first."""
    together = Q(kind__in=TALKS)
    if round.area:
        together &= Q(areas__contains=[round.area])
    own = round.meetings.through.objects.filter(round=round).values("meeting")
    meetings = Meeting.objects.announced().filter(Q(pk__in=own) | together, cancelled_at=None)
    shown = ("title", "slug", "kind", "language", "held_on", "announced_at", "notice_given_on")
    return list(meetings.select_related("note").only(*shown, "note__published_at").by_latest())


def _figures_of(meetings, round, today):
    first, last = day_of(round.announced_at), day_of(round.ideas_close_at)
    held = [meeting for meeting in meetings if first <= meeting.held_on <= today]
    chances = [meeting for meeting in held if meeting.kind in EVENTS and meeting.held_on <= last]
    notices = [meeting.days_of_notice for meeting in chances]
    return {
        "forums": _days(meetings, [Kind.FORUM]),
        "talks": _days(meetings, TALKS),
        "events": _days(meetings, EVENTS),
        "notices": tuple(days for days in notices if days is not None),
        "held": len(held),
        "notes": sum(meeting.has_published_note for meeting in held),
    }


def _days(meetings, kinds):
    return tuple(meeting.held_on for meeting in meetings if meeting.kind in kinds)


def _delivery(round):
    """First and last day of the action plans that answer the round, or None."""
    days = round.plans.public().aggregate(first=Min("starts_on"), last=Max("ends_on"))
    return (days["first"], days["last"]) if days["first"] else None


def _contributions(round):
    """How many ideas came in by source, how many stand by themselves, how many of these have their answer; comments."""
    alone, never = Q(survivor=None), Q(pk=None)
    is_answered = Q(decision__isnull=False) & ~Q(decision__outcome="") & ~Q(decision__reasons="")
    # Decisions are nobody's business before the shortlist is public.
    answered = alone & is_answered if round.is_shortlist_published else never
    numbers = {
        "received": Count("pk"),
        "alone": Count("pk", filter=alone),
        "answered": Count("pk", filter=answered),
    }
    rows = list(round.ideas.published().order_by("source").values("source").annotate(**numbers))
    comments = Comment.objects.standing().filter(idea__round=round, idea__published_at__isnull=False)
    return {
        "contributions": {row["source"]: row["received"] for row in rows},
        "ideas": sum(row["alone"] for row in rows),
        "responses": sum(row["answered"] for row in rows),
        "comments": comments.count(),
    }


def _outcome(round):
    """What government answered, and what it adopted of what the round asks for in public."""
    asked = round.commitments.public()
    adopted = Commitment.objects.filter(round=round).public().with_adopted()
    return {
        "answers": tuple(ExpectedAnswer.objects.public().in_round(round).days()),
        "commitments": asked.count(),
        "adopted": adopted.count(),
        "ideas_adopted": Idea.objects.public().filter(commitments__in=adopted).distinct().count(),
    }


def _evidence(round, facts, meetings, rules, published):
    ideas, own = evidence.ideas_of(round), evidence.of_round(round)
    # What was shortly before the beginning counts for how regular it is.
    start, before = facts.announced_on, months_after(facts.announced_on, -MONTHS_APART)
    newest = sorted(published, key=lambda one: (one.on, one.title), reverse=True)
    events = _between(start, evidence.of_meetings(meetings, EVENTS), facts.ideas_close_on)
    first, last = facts.delivery or (date.max, date.min)
    return {
        "forum": _between(before, evidence.of_meetings(meetings, [Kind.FORUM])),
        "rules": [evidence.of_page(rules)] if rules else [],
        "website": [own, evidence.open_data()],
        "publication": _between(before, newest),
        "timeline": [own],
        "outreach": [*events, evidence.notice()],
        "inputs": [ideas, *evidence.checks_on(round)],
        "responses": [*evidence.result_of(round), ideas],
        "answers": evidence.outcome_of(round, facts),
        "delivery": _between(first, evidence.of_meetings(meetings, TALKS), last),
    }


def _between(first, pages, last=date.max):
    return [page for page in pages if first <= page.on <= last]
