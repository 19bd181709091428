"""Whether an answer that is due is awaited, late or given. Pure: takes days, gives days."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SOON = timedelta(days=14)


class State(StrEnum):
    AWAITED = "awaited"
    DUE_SOON = "due_soon"
    LATE = "late"
    IN_TIME = "in_time"
    GIVEN_LATE = "given_late"


@dataclass(frozen=True)
class Timing:
    """How an answer stands, and by how many days: late by, or left until it is due."""

    state: State
    days: int

    @property
    def is_answered(self) -> bool:
        return self.state in (State.IN_TIME, State.GIVEN_LATE)


def timing(due_on: date, answered_on: date | None, today: date) -> Timing:
    """How what is due on a day stands. The due day itself is in time; it is due soon from two weeks before."""
    late = ((answered_on or today) - due_on).days
    if answered_on:
        return Timing(State.GIVEN_LATE, late) if late > 0 else Timing(State.IN_TIME, 0)
    if late > 0:
        return Timing(State.LATE, late)
    return Timing(State.DUE_SOON if today >= due_on - SOON else State.AWAITED, -late)
