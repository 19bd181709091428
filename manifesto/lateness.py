"""Whether what was promised for a day is late, from what each source last reported of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
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
    """How it stands, and by how many days it is or was late."""

    state: State
    days: int = 0


def latest_by_source(said: Iterable[Said]) -> dict[str, Said]:
    """The last thing each source said."""
    return {source: reports[-1] for source, reports in _by_source(said).items()}


def standing(due_on: date | None, said: Iterable[Said], today: date) -> Standing:
    """How something due on `due_on` stands on `today`; what was reported later doesn't count.

    It is done only if no source's last report says otherwise, and it was done on the first day that any source gives
    for it. It is withdrawn if the government says so, or everybody, and nobody says that it is done.
    """
    by_source = _by_source(report for report in said if report.reported_on <= today)
    latest = [reports[-1] for reports in by_source.values()]
    done = [report for report in latest if report.is_done]
    if done and len(done) < len(latest):
        return Standing(State.DISPUTED)
    if done:
        return _done(due_on, min(_done_on(reports) for reports in by_source.values()))
    if _is_ended(latest):
        return Standing(State.WITHDRAWN)
    return _waiting(due_on, today)


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
