"""The posts a file may hold: each note, and what else stands between them."""

from itertools import pairwise

from .attendees import is_person_like
from .dates import find_date
from .labels import AUTHORS, NOTE_WORDS, PRESENT
from .lines import (
    SHORT,
    cells_of,
    key_of,
    lines_of,
    looks_like_heading,
    marked_heading,
    numbered_heading,
    split_label,
)
from .structure import Block

# Where the head of a note ends at the latest, in lines that aren't blank.
_HEAD = 25
_MEETING_WORDS = (
    "meeting",
    "minutes",
    "note of",
    "notes of",
    "workshop",
    "roundtable",
    "steering",
    "forum",
    "hustings",
)


def split(text: str) -> list[Block]:
    """The blocks of a text, in order, which together are all of it. Never empty, and one is selected by `chosen`."""
    lines = lines_of(text)
    starts = _starts(lines)
    raw = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    blocks = []
    for begin, end in zip(starts, [*starts[1:], None], strict=True):
        part = lines[begin:end]
        first = 1 if begin == 0 else part[0].number
        last = len(raw) if end is None else lines[end].number - 1
        blocks.append(
            Block(
                title=_title_of(part),
                is_note=_is_note(part),
                first_line=first,
                text="\n".join(raw[first - 1 : last]),
            )
        )
    return blocks


def chosen(blocks: list[Block]) -> int:
    """Which block is the first note; the first block where none looks like one."""
    return next((number for number, block in enumerate(blocks) if block.is_note), 0)


def _starts(lines):
    """Where blocks begin: at titles of posts; and once there are several, at headlines with a colon in the middle."""
    posts = {place for place in range(len(lines)) if _is_post_title(lines, place)}
    notes = {place for place in range(len(lines)) if _begins_dated_note(lines, place)}
    titles = sorted(posts | notes)
    if len(titles) > 1:
        titles = sorted(
            {*titles, *(place for place in range(titles[0], len(lines)) if _is_headline(lines, place))}
        )
    merged = [0]
    for place in titles:
        # What stands right above a title is its masthead.
        if place - merged[-1] > 2:
            merged.append(place)
    return merged


def _stands_alone(lines, place):
    below = lines[place + 1] if place + 1 < len(lines) else None
    return (place == 0 or lines[place].gap) and (below is None or below.gap)


def _is_post_title(lines, place):
    """A line such as “About something | Meeting note”, alone, and no row of a table."""
    text = marked_heading(lines[place].text) or lines[place].words
    if "|" not in text or len(text) > SHORT or not _stands_alone(lines, place):
        return False
    cells = cells_of(text)
    neighbours = [lines[other].text for other in (place - 1, place + 1) if 0 <= other < len(lines)]
    return (
        len(cells) == 2
        and all(cells)
        and text[0] != "|"
        and not any("|" in neighbour for neighbour in neighbours)
        and sum(len(cell.split()) for cell in cells) > 3
        and text[0].isupper()
    )


def _begins_dated_note(lines, place):
    """A heading with a date just below it, and somewhere below that the people who were there."""
    if place and not lines[place].gap:
        return False
    heading = marked_heading(lines[place].text) or lines[place].words
    if not looks_like_heading(heading) or key_of(heading).startswith(("next meeting", "date of next")):
        return False
    if _is_dated(lines[place]) and split_label(lines[place].text)[0]:
        return False
    near = lines[place + 1 : place + 3]
    return any(map(_is_dated, near)) and any(_is_about_people(line) for line in lines[place + 1 : place + 12])


def _is_dated(line):
    words = line.words
    if len(words) > SHORT:
        return False
    found = find_date(words)
    return found is not None and found.start <= 12


def _is_about_people(line):
    text = marked_heading(line.text) or line.words[:SHORT]
    return key_of(text.partition(":")[0]) in PRESENT


def _is_headline(lines, place):
    text = lines[place].words
    head, colon, tail = text.partition(": ")
    return (
        bool(colon)
        and _stands_alone(lines, place)
        and looks_like_heading(text)
        and numbered_heading(text) is None
        and len(head.split()) > 1
        and len(tail.split()) > 1
        and key_of(head) not in PRESENT | AUTHORS
        and place + 1 < len(lines)
        and len(lines[place + 1].text) > SHORT / 2
    )


def _title_of(lines):
    head = [marked_heading(line.text) or line.words for line in lines[:6] if len(line.words) <= SHORT]
    with_bar = next((text for text in head if "|" in text and not text.startswith("|")), "")
    return with_bar or next((text for text in head if key_of(text) not in NOTE_WORDS), "")


def _is_note(lines):
    """Whether the first lines tell of a meeting: when it was, or who came, or that this is its note."""
    head = lines[:_HEAD]
    if any(_is_about_people(line) for line in lines):
        return True
    dated = any(_is_dated(line) for line in head[:6]) or any(
        "|" in line.text and find_date(line.text) for line in head[:3]
    )
    people = sum(
        1
        for one, two in pairwise(head)
        if not two.gap and is_person_like(one.text) and is_person_like(two.text)
    )
    named = any(word in line.text[:SHORT].casefold() for line in head[:3] for word in _MEETING_WORDS)
    return (people >= 1 and (dated or named)) or (dated and named)
