"""What the facts of a round say about each minimum requirement of a fair process. Pure: takes and gives plain values.

The requirements are those of the OGP Participation and Co-Creation Standards, in force since 1 January 2022. Where they
name no number, the ones below are ours, and the page says so.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

from manifesto.answer_timing import State, timing

MONTHS_APART = 6
DAYS_OF_NOTICE = 14
# Two meetings a year of delivery: one by the end of each half.
HALVES = (6, 12)
# Ours: how long ideas should be taken, and how soon after scoring every idea should have its answer.
DAYS_FOR_IDEAS = 28
DAYS_TO_ANSWER = 28
WARNED_BEFORE = timedelta(days=42)
DAY = timedelta(days=1)


class Verdict(StrEnum):
    MET = "met"
    FALLING_SHORT = "falling_short"
    NOT_MET = "not_met"
    NOT_DUE = "not_due"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is public about a round on the day `today`. Days of meetings may lie ahead; other days don't."""

    today: date
    announced_on: date
    ideas_open_on: date
    ideas_close_on: date
    scoring_close_on: date
    shortlisted_on: date | None = None
    # First and last day of the action plan that answers the shortlist.
    delivery: tuple[date, date] | None = None
    forums: tuple[date, ...] = ()
    rules_on: date | None = None
    publications: tuple[date, ...] = ()
    # Chances for anybody to come, and the days of notice that were given of those whose notice is on record.
    events: tuple[date, ...] = ()
    notices: tuple[int, ...] = ()
    # Meetings of government and civil society, of whatever kind.
    talks: tuple[date, ...] = ()
    held: int = 0
    notes: int = 0
    contributions: Mapping[str, int] = field(default_factory=dict)
    comments: int = 0
    ideas: int = 0
    responses: int = 0
    # Of each answer that government was asked for, the day it is due and the day it came, or None.
    answers: tuple[tuple[date, date | None], ...] = ()
    commitments: int = 0
    # Of these, those that something in an action plan was adopted for, and the ideas that they go back to.
    adopted: int = 0
    ideas_adopted: int = 0

    @property
    def ends_on(self) -> date | None:
        """With the action plan; without one, a year after the shortlist, in which there should have been one."""
        if self.delivery:
            return self.delivery[1]
        return self.shortlisted_on and months_after(self.shortlisted_on, 12)

    @property
    def is_over(self) -> bool:
        return self.ends_on is not None and self.ends_on < self.today

    def is_near(self, day: date) -> bool:
        """Whether the day is so close, or past, that somebody has to be told."""
        return day - self.today <= WARNED_BEFORE


@dataclass(frozen=True)
class Finding:
    """What was found about a requirement: `due_on` is the day something has, or had, to happen by, if it still can."""

    requirement: str
    standard: int
    verdict: Verdict
    figures: tuple[tuple[str, int | float | date], ...] = ()
    due_on: date | None = None

    @property
    def is_warning(self) -> bool:
        return self.due_on is not None

    @property
    def key(self) -> str:
        """What is another when there is another thing to be warned of."""
        return f"{self.requirement}-{self.verdict}-{self.due_on}"


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last where that month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def findings(facts: Facts) -> list[Finding]:
    """One for each requirement, in the order of the standards."""
    return [
        _forum(facts),
        _rules(facts),
        Finding("website", 2, Verdict.MET, (("announced_on", facts.announced_on),)),
        _publication(facts),
        _timeline(facts),
        _outreach(facts),
        _inputs(facts),
        _responses(facts),
        _answers(facts),
        _delivery(facts),
    ]


def _finding(requirement, standard, verdict, due_on=None, **figures):
    """With the figures that are known."""
    known = tuple((name, value) for name, value in figures.items() if value is not None)
    return Finding(requirement, standard, verdict, known, due_on)


@dataclass(frozen=True)
class Spacing:
    """How regularly something happened: `next_by` is when it has to again, None once the process is over."""

    done: tuple[date, ...]
    longest_gap: int
    next_by: date | None
    verdict: Verdict
    due_on: date | None


def spacing(days, facts: Facts) -> Spacing:
    """Of what must happen every six months from the round's announcement to its process's end, or to today."""
    start = facts.announced_on
    until = facts.ends_on if facts.is_over else facts.today
    past = sorted(day for day in set(days) if day <= until)
    done = tuple(day for day in past if day >= start)
    before = max((day for day in past if day < start), default=start)
    # What happened shortly before sets the clock; what is longer ago is no part of this process.
    points = [before if months_after(before, MONTHS_APART) >= start else start, *done]
    has_lapsed = any(later > months_after(earlier, MONTHS_APART) for earlier, later in pairwise(points))
    next_by = months_after(points[-1], MONTHS_APART)
    is_late = next_by < until
    is_planned = any(until < day <= next_by for day in days)
    needs_another = facts.ends_on is None or next_by < facts.ends_on
    is_short = not facts.is_over and needs_another and not is_planned and facts.is_near(next_by)
    return Spacing(
        done,
        max((later - earlier).days for earlier, later in pairwise([*points, until])),
        next_by if needs_another and not facts.is_over else None,
        _regularity(has_lapsed or is_late, is_short, bool(done)),
        next_by if is_short else None,
    )


def _regularity(has_lapsed, is_short, has_begun):
    if has_lapsed:
        return Verdict.NOT_MET
    if is_short:
        return Verdict.FALLING_SHORT
    return Verdict.MET if has_begun else Verdict.NOT_DUE


def _forum(facts):
    regular = spacing(facts.forums, facts)
    return _finding(
        "forum",
        1,
        regular.verdict,
        regular.due_on,
        forums_held=len(regular.done),
        last_forum=max(regular.done, default=None),
        longest_gap=regular.longest_gap,
        next_forum=min((day for day in facts.forums if day > facts.today), default=None),
        next_by=regular.next_by,
    )


def _rules(facts):
    verdict = Verdict.MET if facts.rules_on else Verdict.NOT_MET
    return _finding("rules", 1, verdict, rules_on=facts.rules_on)


def _publication(facts):
    regular = spacing(facts.publications, facts)
    return _finding(
        "publication",
        2,
        regular.verdict,
        regular.due_on,
        publications=len(regular.done),
        last_publication=max(regular.done, default=None),
        longest_gap=regular.longest_gap,
        next_by=regular.next_by,
        meetings_held=facts.held,
        notes_published=facts.notes,
    )


def _timeline(facts):
    days = (facts.ideas_open_on - facts.announced_on).days
    is_met, can_wait = days >= DAYS_OF_NOTICE, facts.today < facts.ideas_open_on
    verdict = Verdict.MET if is_met else Verdict.FALLING_SHORT if can_wait else Verdict.NOT_MET
    due_on = facts.ideas_open_on if verdict == Verdict.FALLING_SHORT else None
    return _finding("timeline", 3, verdict, due_on, round_notice=days, announced_on=facts.announced_on)


def _outreach(facts):
    chances = sorted(day for day in facts.events if facts.announced_on <= day <= facts.ideas_close_on)
    held = [day for day in chances if day <= facts.today]
    is_short = not chances and facts.is_near(facts.ideas_close_on)
    verdict = Verdict.NOT_DUE
    if held:
        verdict = Verdict.MET
    elif facts.today > facts.ideas_close_on:
        verdict, is_short = Verdict.NOT_MET, False
    elif is_short:
        verdict = Verdict.FALLING_SHORT
    return _finding(
        "outreach",
        3,
        verdict,
        facts.ideas_close_on if is_short else None,
        events_held=len(held),
        notices=len(facts.notices),
        median_notice=median(facts.notices) if facts.notices else None,
        shortest_notice=min(facts.notices, default=None),
    )


def _inputs(facts):
    days = (facts.ideas_close_on - facts.ideas_open_on).days
    received = sum(facts.contributions.values()) + facts.comments
    has_closed, due_on = facts.today > facts.ideas_close_on, None
    if days < DAYS_FOR_IDEAS and not has_closed:
        verdict, due_on = Verdict.FALLING_SHORT, facts.ideas_close_on
    elif facts.today < facts.ideas_open_on:
        verdict = Verdict.NOT_DUE
    else:
        is_met = days >= DAYS_FOR_IDEAS and (received or not has_closed)
        verdict = Verdict.MET if is_met else Verdict.NOT_MET
    by_source = {f"ideas_{source}": number for source, number in facts.contributions.items()}
    return _finding("inputs", 3, verdict, due_on, days_open=days, **by_source, comments=facts.comments)


def _responses(facts):
    answer_by, due_on = facts.scoring_close_on + timedelta(days=DAYS_TO_ANSWER), None
    is_missing = facts.responses < facts.ideas
    if not is_missing:
        verdict = Verdict.MET if facts.ideas and facts.shortlisted_on else Verdict.NOT_DUE
    elif facts.shortlisted_on:
        verdict, due_on = Verdict.NOT_MET, facts.shortlisted_on
    elif answer_by < facts.today:
        verdict, due_on = Verdict.NOT_MET, answer_by
    elif facts.is_near(answer_by):
        verdict, due_on = Verdict.FALLING_SHORT, answer_by
    else:
        verdict = Verdict.NOT_DUE
    return _finding(
        "responses",
        4,
        verdict,
        due_on,
        ideas=facts.ideas,
        responses=facts.responses,
        shortlisted_on=facts.shortlisted_on,
        answer_by=None if facts.shortlisted_on else answer_by,
    )


def _answers(facts):
    timings = [timing(due, answered, facts.today) for due, answered in facts.answers]
    open_until = min((due for due, answered in facts.answers if not answered), default=None)
    is_short = open_until is not None and facts.is_near(open_until)
    is_late = open_until is not None and open_until < facts.today
    states = [one.state for one in timings]
    late = [one.days for one in timings if one.state in (State.LATE, State.GIVEN_LATE)]
    return _finding(
        "answers",
        4,
        _regularity(is_late, is_short, any(one.is_answered for one in timings)),
        open_until if is_short else None,
        answers_expected=len(timings),
        answers_given=sum(one.is_answered for one in timings),
        answers_given_late=states.count(State.GIVEN_LATE),
        answers_overdue=states.count(State.LATE),
        longest_delay=max(late, default=None),
        commitments=facts.commitments,
        commitments_adopted=facts.adopted,
        ideas_adopted=facts.ideas_adopted,
    )


@dataclass(frozen=True)
class Year:
    """A year of delivery, or what is left of one, up to but without `end`; how many meetings were and will be in it."""

    end: date
    required: int
    held: int
    planned: int


def years_of_delivery(facts: Facts) -> Iterator[Year]:
    """Those that have begun. A meeting is asked for each whole half of a year."""
    start, last = facts.delivery
    number = 0
    while (begin := months_after(start, 12 * number)) <= min(last, facts.today):
        number += 1
        end = min(months_after(start, 12 * number), last + DAY)
        within = [day for day in facts.talks if begin <= day < end]
        held = sum(day <= facts.today for day in within)
        required = sum(end >= months_after(begin, part) for part in HALVES)
        yield Year(end, required, held, len(within) - held)


def _delivery(facts):
    if facts.delivery is None:
        return _finding("delivery", 5, Verdict.NOT_DUE)
    first, last = facts.delivery
    years = list(years_of_delivery(facts))
    has_failed = any(year.held < year.required for year in years if year.end <= facts.today)
    now = next((year for year in years if year.end > facts.today), None)
    is_short = now and now.held + now.planned < now.required and facts.is_near(now.end - DAY)
    is_met = years and (now is None or now.held >= now.required or len(years) > 1)
    verdict = _regularity(has_failed, is_short, is_met)
    return _finding(
        "delivery",
        5,
        verdict,
        now.end - DAY if is_short else None,
        delivery_from=first,
        delivery_to=last,
        talks_held=sum(year.held for year in years),
        talks_this_year=now and now.held,
    )
