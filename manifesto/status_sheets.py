"""Statuses of a plan's milestones as a spreadsheet: a row for each thing, a column for each day somebody reported."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from .importing import key_of, shorten

HEADINGS = ("Commitment", "Milestone reference", "Milestone")
MAX_ROWS, MAX_DAYS = 2000, 60
# How far a whole commitment is, which nobody says of a milestone.
OF_COMMITMENTS = frozenset({"no_evidence", "limited", "substantial", "complete"})
_DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y")


@dataclass(frozen=True)
class Thing:
    """A commitment, or one of its milestones, as the sheet calls it; `key` says to the caller which one it is."""

    key: tuple[str, int]
    number: int
    commitment: str
    reference: str = ""
    milestone: str = ""


@dataclass
class Row:
    """A row as it was typed, what it is about, its statuses by day, and what is wrong with it."""

    number: int
    cells: list[str]
    thing: Thing | None = None
    statuses: dict[date, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass
class Reading:
    """What a sheet says. Nothing of it is to be taken in while anything is wrong."""

    days: list[date | None]
    rows: list[Row]
    problems: list[str]

    @property
    def is_sound(self):
        return not self.problems and not any(row.problems for row in self.rows)

    @property
    def said(self):
        """Triples of a thing's key, a day and a status."""
        return [(row.thing.key, day, status) for row in self.rows for day, status in row.statuses.items()]


def written(things: Iterable[Thing], said: Mapping[tuple, Mapping[date, str]]) -> Iterable[list[str]]:
    """The sheet's lines: headings, then each thing with what was said of it, by key and day."""
    things = list(things)
    days = sorted({day for statuses in said.values() for day in statuses})
    yield [*HEADINGS, *(day.isoformat() for day in days)]
    for thing in things:
        statuses = said.get(thing.key, {})
        named = [thing.commitment, thing.reference, thing.milestone]
        yield [*named, *(statuses.get(day, "") for day in days)]


def read(
    headers: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    things: Iterable[Thing],
    statuses: Mapping[str, str],
    today: date,
) -> Reading:
    """What the sheet says of `things`. `statuses` are codes by the key of their names and of themselves."""
    reading = Reading([], [], [])
    if [key_of(header) for header in headers[:3]] != [key_of(heading) for heading in HEADINGS]:
        reading.problems.append(f"The first three columns must be headed {', '.join(HEADINGS)}.")
        return reading
    _read_days(headers[3:], reading, today)
    known, seen = _by_name(things), {}
    for count, (number, cells) in enumerate(rows):
        if count >= MAX_ROWS:
            reading.problems.append(f"There are more than {MAX_ROWS:,} rows.")
            break
        row = Row(number, [*cells, *[""] * (len(headers) - len(cells))])
        _read_row(row, reading.days, known, statuses)
        if row.thing and row.thing.key in seen:
            row.problems.append(f"Row {seen[row.thing.key]} is about the same.")
        elif row.thing:
            seen[row.thing.key] = number
        reading.rows.append(row)
    return reading


def _read_days(headers, reading, today):
    if not headers:
        reading.problems.append("There is no column with a day.")
    if len(headers) > MAX_DAYS:
        reading.problems.append(f"There are more than {MAX_DAYS} columns of days.")
    for column, header in enumerate(headers, start=len(HEADINGS) + 1):
        day = day_of(header)
        reading.days.append(day)
        if day is None:
            said = f"“{shorten(header)}”" if header else "Nothing"
            reading.problems.append(
                f"Column {column}: {said} is no day. Write it like 2015-01-31 or 31/01/2015."
            )
        elif day > today:
            reading.problems.append(f"Column {column}: {header} is still to come.")
        elif reading.days.index(day) < len(reading.days) - 1:
            reading.problems.append(f"Column {column}: {header} is there twice.")


def day_of(text: str) -> date | None:
    """The day that a heading names, the day before the month; an ISO moment of midnight is what Excel makes of it."""
    text = re.sub(r"T00:00:00$", "", text.strip())
    for form in _DAY_FORMATS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def _by_name(things):
    """Things by their commitment's name or number and their reference, and by a reference that only one has."""
    known = {}
    for thing in things:
        for name in (thing.commitment, str(thing.number), f"{thing.number} {thing.commitment}"):
            known.setdefault((key_of(name), _reference(thing.reference)), []).append(thing)
        if thing.reference:
            known.setdefault(("", _reference(thing.reference)), []).append(thing)
    return known


def _reference(text):
    """1.1 and 1.10 are two; a spreadsheet that took 1.10 for a number has lost it, and the row is refused."""
    return text.strip().casefold()


def _read_row(row, days, known, statuses):
    commitment, reference, _milestone, *said = row.cells
    if len(said) > len(days):
        row.problems.append("It has more cells than there are headings.")
    row.thing = _thing(commitment, reference, known, row.problems)
    for day, status in zip(days, said, strict=False):
        if not status or day is None:
            continue
        code = statuses.get(key_of(status))
        if code is None:
            row.problems.append(f"{day.isoformat()}: “{shorten(status)}” isn't a status.")
        elif row.thing and row.thing.reference and code in OF_COMMITMENTS:
            row.problems.append(f"{day.isoformat()}: “{shorten(status)}” is said of whole commitments.")
        else:
            row.statuses[day] = code


def _thing(commitment, reference, known, problems):
    found = known.get((key_of(commitment), _reference(reference)), [])
    what = (
        f"milestone “{shorten(reference)}” of “{shorten(commitment)}”"
        if reference
        else f"“{shorten(commitment)}”"
    )
    if len(found) == 1:
        return found[0]
    if found:
        problems.append(f"There are several that {what} could be. Write the commitment's number instead.")
    else:
        problems.append(f"This plan has no {what}." if reference else f"This plan has no commitment {what}.")
    return None
