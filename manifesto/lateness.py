"""Whether what was promised for a day is late, from what each source last reported of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

# Who made the promise, and so may take it back.
GOVERNMENT = "government"
DONE = frozenset({"completed", "complete"})
ENDED = frozenset({"withdrawn", "closed"})
SOON = timedelta(days=30)


class State(StrEnum):
    NO_DATE = "no_date"
    NOT_DUE = "not_due"
    DUE_SOON = "due_soon"
    LATE = "late"
    DONE = "done"
    DONE_LATE = "done_late"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Said:
    """What one source reported on a day: that it was completed on `completed_on`, if the source names the day."""

    source: str
    status: str
    reported_on: date
    completed_on: date | None = None

    @property
    def is_done(self):
        return self.status in DONE


@dataclass(frozen=True)
class Standing:
    """How it stands, by how many days it is or was late, and how long that is after the first date, if it was moved."""

    state: State
    days: int = 0
    days_after_first: int = 0


def latest_by_source(said: Iterable[Said]) -> dict[str, Said]:
    """The last thing each source said."""
    return {source: reports[-1] for source, reports in _by_source(said).items()}


def standing(
    due_on: date | None, said: Iterable[Said], today: date, *, first_due_on: date | None = None
) -> Standing:
    """How something due on `due_on` stands on `today`; what was reported later doesn't count.

    It is done only if no source's last report says otherwise, and it was done on the first day that any source gives
    for it. It is withdrawn if the government says so, or everybody, and nobody says that it is done.

    Where the day was moved, `first_due_on` is the one that was promised at first. Whether it is late goes by the day
    it is due now; how many days after the first one it was done, or isn't done yet, is told beside that, so that a new
    date never makes lateness disappear. It isn't told of what is disputed, withdrawn or was brought forward.
    """
    by_source = _by_source(report for report in said if report.reported_on <= today)
    latest = [reports[-1] for reports in by_source.values()]
    done = [report for report in latest if report.is_done]
    if done and len(done) < len(latest):
        return Standing(State.DISPUTED)
    if done:
        done_on = min(_done_on(reports) for reports in by_source.values())
        return _with_first(_done(due_on, done_on), due_on, first_due_on, done_on)
    if _is_ended(latest):
        return Standing(State.WITHDRAWN)
    return _with_first(_waiting(due_on, today), due_on, first_due_on, today)


def _with_first(standing, due_on, first_due_on, day):
    """The same, with how many days after the first date `day` is, if that was moved back or taken away."""
    if first_due_on is None or day <= first_due_on or (due_on and due_on <= first_due_on):
        return standing
    return replace(standing, days_after_first=(day - first_due_on).days)


def _by_source(said):
    by_source = defaultdict(list)
    for report in sorted(said, key=lambda report: report.reported_on):
        by_source[report.source].append(report)
    return by_source


def _done_on(reports):
    """The day since when the source has said so without a break, or the day that it names."""
    first = reports[-1]
    for report in reversed(reports):
        if not report.is_done:
            break
        first = report
    named = [report.completed_on for report in reports[reports.index(first) :] if report.completed_on]
    return named[-1] if named else first.reported_on


def _done(due_on, done_on):
    if due_on is None or done_on <= due_on:
        return Standing(State.DONE)
    return Standing(State.DONE_LATE, (done_on - due_on).days)


def _is_ended(latest):
    ended = {report.source for report in latest if report.status in ENDED}
    return GOVERNMENT in ended or (bool(ended) and len(ended) == len(latest))


def _waiting(due_on, today):
    if due_on is None:
        return Standing(State.NO_DATE)
    if due_on < today:
        return Standing(State.LATE, (today - due_on).days)
    return Standing(State.DUE_SOON if due_on - today <= SOON else State.NOT_DUE)
