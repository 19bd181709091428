"""What holds of any text at all that notes are read from."""

import os
import re
import time as clock
from collections import Counter
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.note_text import attendees, labels
from meetings.note_text.blocks import chosen, split
from meetings.note_text.lines import key_of
from meetings.note_text.reading import read
from meetings.note_text.structure import Action, Attendee, Note, Section
from meetings.note_text.writing import write


def read_note(text):
    blocks = split(text)
    return read(blocks[chosen(blocks)])


# Nothing is lost

# What stands between the parts and isn't kept: labels, remarks turned into codes, bullets' numbers.
FURNITURE = re.compile(
    r"attendees?|attendance|present|in|participants|apologies|for|absence|chair|co|cochair|key|points?|decisions?|actions?"
    r"|agreed|date|time|venue|where|when|title|written|by|notes?|taken|minutes|and|to|remotely|online|phone|owner|due"
    r"|responsibility|who|what|lead|h\d?|at|from|on|or|remote|\d{1,3}|[a-z]|summary|due|before|the|deadline|taker|person|"
    r"location|place|meeting|author|zoom|skype|video|ap|items?|no|ref"
)


KNOWN_LABELS = frozenset().union(
    *(labels.PRESENT, labels.KEY_POINTS, labels.DECISIONS, labels.ACTIONS, labels.AUTHORS),
    *(labels.CHAIRS, attendees.ROLES, attendees.MODES),
)


def words_of(text):
    """How often each word is said; underscores round one are emphasis, and alone say nothing."""
    return Counter(filter(None, (word.strip("_") for word in re.findall(r"\w+", text.casefold()))))


def labels_in(text):
    """The words of labels in the text that stand where a label does: alone, before a colon or in brackets."""
    places = [part for line in text.splitlines() for part in {line, line.partition(":")[0]}]
    places += [part for inner in re.findall(r"[(\[](.*?)[)\]]", text) for part in inner.split(",")]
    return sum((words_of(place) for place in places if key_of(place) in KNOWN_LABELS), Counter())


def lost_words(text, note):
    """The words of the text that stand nowhere in what was made of it."""
    kept = [note.title, note.title_rest, note.when, note.where, note.summary, note.written_by]
    kept += [*note.key_points, *note.decisions]
    kept += [part for section in note.sections for part in (section.heading, section.body)]
    kept += [part for action in note.actions for part in (action.text, action.owner, action.due_text)]
    kept += [part for a in note.attendees for part in (a.name, a.organisation, a.group)]
    kept += [passage.text for passage in (*note.unparsed, *note.repeated)]
    lost = words_of(text) - sum(map(words_of, kept), Counter()) - labels_in(text)
    return Counter({word: count for word, count in lost.items() if not FURNITURE.fullmatch(word)})


LINES = st.sampled_from(
    [
        *(
            "",
            "",
            "  ",
            "Network meeting",
            "Quarterly review | Meeting note",
            "Meeting with Xenia | 4th November 2014",
        ),
        *(
            "10 Nov 2016, 12-2pm",
            "31 June 2014",
            "2014-11-04 14:00",
            "33 Harbour Row, N1 6DR and remotely",
            "---",
        ),
        *(
            "Attendees",
            "Present: Ada Quill; Ben Okoro (Mill)",
            "Ada Quill, Borough Voices (Chair)",
            "Dev Newbold,",
        ),
        *(
            "Civil society",
            "Cabinet Office",
            "Government:",
            "Apologies: Hana Ito",
            "Chair: Ada Quill",
            "Chi Lam – Users",
        ),
        *(
            "  • A bullet that says something.",
            "- Another one",
            "1. Numbered",
            "* starred",
            "## Marked heading",
            "**Bold**",
        ),
        *(
            "Key points",
            "Decisions",
            "Actions",
            "ACTION: Ada Quill to dance by 31 June",
            "AGREED: everything",
        ),
        *(
            "Action | Responsibility",
            "Sing loudly | Ben Okoro",
            "| a | b | c |",
            "|---|---|",
            "Written by: Kim",
        ),
        *(
            "A plain sentence about nothing at all, which ends here.",
            "Progress so far",
            "word",
            "Streets in action: telling it",
        ),
        *(
            "Time: 3pm",
            "Venue: Leeds",
            "Date: 22 October 2018",
            "Note taken by: Jo",
            "and others",
            "Title: Hidden",
        ),
        *(
            "x" * 400,
            "Tél. échéance – façade",
            "\t- tabbed",
            "\xa0",
            "#",
            "##",
            "| |",
            "Label: value of something",
        ),
    ]
)
FREE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=60)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(LINES | FREE, max_size=40).map("\n".join))
def test_every_word_of_any_text_is_kept_somewhere(text):
    blocks = split(text)
    assert "\n".join(block.text for block in blocks) == text
    for block in blocks:
        assert lost_words(block.text, read(block)) == Counter()


@pytest.mark.skipif("NOTES_TO_READ" not in os.environ, reason="NOTES_TO_READ names no file of notes")
def test_notes_of_ones_own_are_accounted_for():
    text = Path(os.environ["NOTES_TO_READ"]).read_text()
    blocks = split(text)
    assert "\n".join(block.text for block in blocks) == text
    for block in blocks:
        assert lost_words(block.text, read(block)) == Counter()


# There and back

WORD = st.from_regex(r"[B-Z][a-z]{2,8}", fullmatch=True).filter(lambda word: word.casefold() not in {"may"})
NAME = st.builds("{} {}".format, WORD, WORD)
BODY = st.builds("{} Trust".format, WORD)
SENTENCE = st.lists(st.from_regex(r"[b-z]{3,8}", fullmatch=True), min_size=3, max_size=8).map(
    lambda words: f"The {' '.join(words)}."
)
ATTENDEES = st.builds(
    lambda name, body, role, group: Attendee(name, body, role, *group),
    NAME,
    BODY | st.just(""),
    st.sampled_from(["", "chair", "co_chair"]),
    st.sampled_from(
        [
            ("civil_society", "Civil society", ""),
            ("civil_society", "Civil society", "remote"),
            ("government", "Cabinet Office", ""),
            ("", "", "apologies"),
        ]
    ),
)
SECTIONS = st.builds(lambda heading, body: Section(heading, body), st.builds("On {}".format, NAME), SENTENCE)
DUE = st.dates(date(2000, 1, 1), date(2040, 1, 1)).map(lambda day: (day, f"{day.day} {day:%B %Y}"))
NO_DAY = st.sampled_from(["", "before the summer", "as soon as possible", "31 June", "the next meeting"])
ACTIONS = st.builds(
    lambda text, owner, due: Action(text, owner, *due),
    SENTENCE,
    NAME | st.just(""),
    DUE | NO_DAY.map(lambda words: (None, words)),
)


@st.composite
def structured_notes(draw):
    start = draw(st.times().filter(lambda t: t.hour < 20) | st.none())
    start = start and start.replace(second=0, microsecond=0)
    order = ["Civil society", "Cabinet Office", ""]
    people = draw(st.lists(ATTENDEES, max_size=8, unique_by=lambda a: a.name))
    venue = draw(st.sampled_from(["", "Room 4, The Guildhall", "1 Mill Lane, Leeds"]))
    return Note(
        title=f"Meeting on {draw(NAME)}",
        held_on=draw(st.dates(date(2000, 1, 1), date(2040, 1, 1))),
        starts_at=start,
        ends_at=start and time(start.hour + 2, 30),
        venue=venue,
        has_remote_access=draw(st.booleans()),
        summary=draw(SENTENCE | st.just("")),
        attendees=tuple(sorted(people, key=lambda a: order.index(a.group))),
        key_points=tuple(draw(st.lists(SENTENCE, max_size=4))),
        sections=tuple(draw(st.lists(SECTIONS, max_size=4))),
        decisions=tuple(draw(st.lists(SENTENCE, max_size=3))),
        actions=tuple(draw(st.lists(ACTIONS, max_size=3))),
        written_by=draw(NAME | st.just("")),
    )


@settings(max_examples=100, deadline=None, derandomize=True)
@given(structured_notes())
def test_structure_to_text_and_back(note):
    again = read_note(write(note))
    for name in (
        *("title", "held_on", "starts_at", "ends_at", "venue", "has_remote_access", "summary", "key_points"),
        *("decisions", "actions", "written_by", "unparsed"),
    ):
        assert getattr(again, name) == getattr(note, name)
    assert list(again.attendees) == list(note.attendees)
    assert [(s.heading, s.body) for s in again.sections] == [(s.heading, s.body) for s in note.sections]


# It ends

HOSTILE = {
    "brackets": lambda n: "Present: " + "(" * n,
    "closing brackets": lambda n: "Present: A" + ")" * n,
    "hashes": lambda n: "#" * n,
    "spaces": lambda n: "a" + " " * n + "b",
    "bars": lambda n: "|" * n,
    "digits": lambda n: "1" * n,
    "numbers": lambda n: "12 " * (n // 3),
    "colons": lambda n: "a:" * (n // 2),
    "ands": lambda n: "Present: " + "Tim Hughes and " * (n // 15),
    "semicolons": lambda n: "Present: " + "T H, X; " * (n // 8),
    "by": lambda n: "Actions\n" + " by 1 May" * (n // 9),
    "people": lambda n: "Attendees\n" + "Tim Hughes, X\n" * (n // 14),
    "short lines": lambda n: "Key points\n- a\n" + "a\n" * (n // 2),
    "titles": lambda n: "Aa bb cc | dd ee\n\n" * (n // 18),
    "rows": lambda n: "Action | Who\n" + "a | b\n" * (n // 6),
    "paragraphs": lambda n: "1 Nov 2014\n" + "Aaa\n\n" * (n // 5),
}


def seconds(text):
    begun = clock.process_time()
    read_note(text)
    return clock.process_time() - begun


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_the_length_only(name):
    short, long = (min(seconds(HOSTILE[name](size)) for _ in range(2)) for size in (15_000, 60_000))
    assert long < 12 * short + 0.1
