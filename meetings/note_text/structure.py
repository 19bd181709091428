"""What a written note says, part by part."""

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True)
class Passage:
    """A stretch of the text, letter for letter, and the number of the line it begins on, from 1."""

    line: int
    text: str


@dataclass(frozen=True)
class Attendee:
    """`side`, `role` and `mode` are codes of the domain's vocabularies, empty where the text doesn't say.

    `group` is the heading the person stands under, as written.
    """

    name: str
    organisation: str = ""
    role: str = ""
    side: str = ""
    group: str = ""
    mode: str = ""


@dataclass(frozen=True)
class Section:
    """`heading` is empty where the text seems to have lost it."""

    heading: str
    body: str
    line: int = 0


@dataclass(frozen=True)
class Action:
    """`due_text` is what was written about when, kept also where it names no day that exists."""

    text: str
    owner: str = ""
    due_on: date | None = None
    due_text: str = ""


@dataclass(frozen=True)
class Note:
    """One note. `when` and `where` are the lines that date, times and venue were read from.

    `title_rest` is what stood beside the title, such as “Meeting note”. `repeated` said again what is kept elsewhere;
    `unparsed` wasn't understood. `doubts` are remarks for the person who checks it.
    """

    title: str = ""
    title_rest: str = ""
    kind: str = ""
    held_on: date | None = None
    ends_on: date | None = None
    starts_at: time | None = None
    ends_at: time | None = None
    when: str = ""
    venue: str = ""
    where: str = ""
    has_remote_access: bool = False
    summary: str = ""
    attendees: tuple[Attendee, ...] = ()
    key_points: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    decisions: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    written_by: str = ""
    repeated: tuple[Passage, ...] = ()
    unparsed: tuple[Passage, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """One post of a file that may hold several: its lines, and whether it looks like the note of a meeting."""

    title: str
    is_note: bool
    first_line: int
    text: str
