"""The parser of notes: what it finds, what it keeps, and that it ends."""

from datetime import date, time
from pathlib import Path

import pytest

from meetings.note_text.actions import action_of
from meetings.note_text.attendees import attendee_of, split_people
from meetings.note_text.blocks import chosen, split
from meetings.note_text.dates import find_date, find_times
from meetings.note_text.reading import read
from meetings.note_text.resemblance import resembling
from meetings.note_text.structure import Action, Attendee

NOTES = Path(__file__).parent / "notes"


def read_note(text):
    blocks = split(text)
    return read(blocks[chosen(blocks)])


def person(name, organisation="", role="", side="", group="", mode=""):
    return Attendee(name, organisation, role, side, group, mode)


# The fixtures, field by field


def test_file_of_four_posts_is_split_into_them():
    blocks = split((NOTES / "two_posts.txt").read_text())
    assert [(block.title, block.is_note, block.first_line) for block in blocks] == [
        ("Getting candidates to say where they stand | Meeting note", True, 1),
        ("Streets in action: telling your stories", False, 45),
        ("Talks with the Mayor | 4th November 2014", True, 54),
        ("Street Monitor 2014 | How even are our pavements?", False, 85),
    ]
    assert chosen(blocks) == 0


def test_first_note_of_the_file():
    note = read_note((NOTES / "two_posts.txt").read_text())
    assert (note.title, note.title_rest) == ("Getting candidates to say where they stand", "Meeting note")
    assert (note.held_on, note.starts_at, note.ends_at) == (date(2014, 11, 15), time(12), time(14))
    assert (note.venue, note.has_remote_access) == ("33 Corsham Street, London, N1 6DR", True)
    assert note.attendees == (
        person("Anna Zielinska", "Borough Voices"),
        person("Clive Shelton", "Budget Watch International"),
        person("Dev Newbold"),
        person("Ellie Broom", "Maps for All"),
        person("Jo Summers-Hall", "Street Forum"),
        person("Tom Hewitt", "Street Forum", role="chair"),
        person("Vic Brathay", "Public Film Works"),
    )
    assert [point[:22] for point in note.key_points] == [
        "The council is marking",
        "Six weeks in, the call",
        "An election may undo w",
    ]
    assert [(section.heading, section.body[:24]) for section in note.sections] == [
        ("Where things stand", "Officials have sent roun"),
        ("Talking to those who stand", "Candidates listen before"),
        ("", "Nobody expects a clear w"),
        ("", "It has to be quick. Lett"),
    ]
    assert "Resourcing that is a question" in note.sections[2].body
    assert [(passage.line, passage.text) for passage in note.unparsed] == [(1, "Fair Streets Network")]


def test_second_note_of_the_file():
    note = read(split((NOTES / "two_posts.txt").read_text())[2])
    network, office = "Civil Society Network", "Streets Office"
    assert (note.title, note.held_on, note.starts_at, note.venue) == (
        "Talks with the Mayor",
        date(2014, 11, 4),
        None,
        "",
    )
    assert note.kind == "ministerial"
    assert note.summary.startswith("On 4th November 2014, four members")
    assert note.attendees == (
        person("Andy Wills", "Walkers United", side="civil_society", group=network),
        person("Anna Zielinska", "Borough Voices", side="civil_society", group=network),
        person("Rachel Dove", "Open Pavements UK", side="civil_society", group=network),
        person("Frances Moss", office, group=office),
        person("Paul Malton", office, group=office),
        person("Kitty von Bergen", office, group=office),
    )
    assert [section.heading for section in note.sections] == ["Progress to date", "What comes next", ""]
    assert note.unparsed == ()


def test_markdown_note():
    note = read_note((NOTES / "markdown.md").read_text())
    assert (note.title, note.kind, note.held_on) == (
        "Steering group, autumn meeting",
        "steering",
        date(2018, 10, 22),
    )
    assert (note.starts_at, note.ends_at, note.venue, note.has_remote_access) == (
        time(14),
        time(16, 30),
        "Room 4, The Guildhall, Cardiff",
        True,
    )
    assert note.attendees == (
        person("Carys Bowen", "Open Wales", "co_chair", "civil_society", "Civil society"),
        person("Lewis Grant", "Lothian Budget Watch", "", "civil_society", "Civil society"),
        person("Nia Pugh", "Public Data Cymru", "", "civil_society", "Civil society", "remote"),
        person("Helen Marsh", "Department for Streets", "co_chair", "government", "Government"),
        person("Omar Siddiq", side="government", group="Government"),
        person("Tom Hewitt", "Street Forum", mode="apologies"),
    )
    assert note.key_points == ("The next plan starts in spring.", "Every nation sends two people.")
    assert [section.heading for section in note.sections] == ["Budget", "Membership"]
    assert "| 2017 | 400 |" in note.sections[0].body
    assert note.decisions == ("Meet every second month.", "Publish the figures.")
    assert note.actions == (
        Action("Send the figures round", "Carys Bowen", date(2018, 11, 1), "1 November 2018"),
        Action("Book the room", "Helen Marsh", None, "31 June 2019"),
        Action("Ask the other nations", "Secretariat", None, "next meeting"),
    )
    assert (note.written_by, note.unparsed, len(note.doubts)) == ("Nia Pugh", (), 1)


def test_minutes_without_any_marks():
    note = read_note((NOTES / "minutes.txt").read_text())
    assert (note.title, note.title_rest, note.kind) == ("Open data roundtable", "MINUTES", "roundtable")
    assert (note.held_on, note.starts_at, note.ends_at) == (date(2016, 11, 10), time(12), time(14))
    assert note.venue == "The Old Library, Park Street, Leeds"
    assert note.attendees == (
        person("Ada Quill", role="chair"),
        person("Ben Okoro", "Leeds Data Mill"),
        person("Chi Lam", "Northern Bus Users"),
        person("Dot Marsh"),
        person("Farah Aziz", "HM Treasury", "note_taker", "government"),
        person("Greg Hill", mode="apologies"),
        person("Hana Ito", "Plainledger", mode="apologies"),
        person("Ivo Jansen", mode="apologies"),
    )
    assert [s.heading for s in note.sections] == ["Welcome", "Bus times", "Any other business", ""]
    assert note.decisions == ("the group asks for open timetables everywhere.",)
    assert note.actions == (
        Action("write to the operators", "Ben Okoro", None, "31 June"),
        Action("find three passengers", "Chi Lam and Dot Marsh", date(2016, 12, 5), "5 December"),
        Action("Draft the letter", "Ada Quill"),
        Action("Count the pictures", "Chi Lam"),
    )
    assert note.written_by == "Farah Aziz"
    assert note.doubts == (
        "“Tues 10 Nov 2016”: the day of the week and the date don’t agree.",
        "“31 June” isn’t a day of a calendar we can tell: choose the day it is due.",
    )


# Parts and their variants


@pytest.mark.parametrize(
    "text, value",
    [
        ("10 Nov 2016", date(2016, 11, 10)),
        ("15th November 2014, 12:00 to 14:00", date(2014, 11, 15)),
        ("22 October 2018", date(2018, 10, 22)),
        ("Tuesday 4 November 2014", date(2014, 11, 4)),
        ("2014-11-04", date(2014, 11, 4)),
        ("4/11/2014", date(2014, 11, 4)),
        ("November 4th, 2014", date(2014, 11, 4)),
        ("31 June 2014", None),
        ("29 February 2015", None),
    ],
)
def test_dates(text, value):
    assert find_date(text).value == value


def test_date_without_a_year_is_the_next_one():
    assert find_date("5 January", not_before=date(2016, 11, 10)).value == date(2017, 1, 5)
    assert find_date("5 January") is None


@pytest.mark.parametrize(
    "text, times",
    [
        ("12-2pm", (time(12), time(14))),
        ("12.00 – 14.00", (time(12), time(14))),
        ("12:00 to 14:00", (time(12), time(14))),
        ("11-1pm", (time(11), time(13))),
        ("from 2 to 4.30pm", (time(14), time(16, 30))),
        ("10am – noon", (time(10), time(12))),
        ("6pm", (time(18), None)),
        ("22:00 - 01:00", (time(22), time(1))),
    ],
)
def test_times(text, times):
    found = find_times(text)
    assert (found.starts_at, found.ends_at) == times


@pytest.mark.parametrize(
    "text", ["2013-15 National Action Plan", "21 commitments", "25:00 to 26:00", "in 2014"]
)
def test_numbers_that_are_no_times(text):
    assert find_times(text) is None


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Tim Hughes, Involve (Chair)", person("Tim Hughes", "Involve", "chair")),
        ("Tim Hughes (Involve)", person("Tim Hughes", "Involve")),
        ("Tim Hughes – Involve", person("Tim Hughes", "Involve")),
        ("Tim Hughes - Involve - Chair", person("Tim Hughes", "Involve", "chair")),
        ("Tim Hughes (Involve, Co-Chair)", person("Tim Hughes", "Involve", "co_chair")),
        ("Tim Hughes (Involve) (by phone)", person("Tim Hughes", "Involve", mode="remote")),
        ("Tim Hughes, Involve, Chair", person("Tim Hughes", "Involve", "chair")),
        ("David Newman,", person("David Newman")),
        ("Josephine Suherman-Bailey", person("Josephine Suherman-Bailey")),
        (
            "Kitty von Bertele, Cabinet Office",
            person("Kitty von Bertele", "Cabinet Office", "", "government"),
        ),
        ("and twenty others", None),
    ],
)
def test_attendees(text, expected):
    assert attendee_of(text) == expected


@pytest.mark.parametrize(
    "text, parts",
    [
        ("A Bee, Involve; C Dee", ["A Bee, Involve", "C Dee"]),
        ("A Bee (Involve), C Dee (ODI), E Eff", ["A Bee (Involve)", "C Dee (ODI)", "E Eff"]),
        ("A Bee, Involve, C Dee, Budget Trust, E Eff", ["A Bee, Involve", "C Dee, Budget Trust", "E Eff"]),
        ("A Bee, C Dee and E Eff", ["A Bee", "C Dee", "E Eff"]),
        ("A Bee (Involve; Chair); C Dee", ["A Bee (Involve; Chair)", "C Dee"]),
    ],
)
def test_attendees_on_one_line(text, parts):
    assert split_people(text, is_only_line=True) == parts


HEAD = "Network meeting\n10 Nov 2016, 12.00 – 14.00\n\n"
TAIL = "\n\nFirst things\n\nWe met and talked about the things that matter to everybody.\n"


@pytest.mark.parametrize(
    "listed, people",
    [
        ("Chair: A Bee\nPresent: A Bee, Involve; C Dee", [("A Bee", "Involve", "chair"), ("C Dee", "", "")]),
        ("Co-chairs: A Bee (X) and C Dee (Y)", [("A Bee", "X", "co_chair"), ("C Dee", "Y", "co_chair")]),
        ("Attendees\n\nA Bee, X\n\nC Dee\n\nE Eff", [("A Bee", "X", ""), ("C Dee", "", ""), ("E Eff", "", "")]),
        ("Present:\n* A Bee (Chair)\n* C Dee, ODI", [("A Bee", "", "chair"), ("C Dee", "ODI", "")]),
        ("**Attendees:** A Bee (X); C Dee", [("A Bee", "X", ""), ("C Dee", "", "")]),
        ("In attendance\nA Bee – X\nC Dee", [("A Bee", "X", ""), ("C Dee", "", "")]),
    ],
)  # fmt: skip
def test_lists_of_attendees(listed, people):
    note = read_note(f"{HEAD}{listed}{TAIL}")
    assert [(a.name, a.organisation, a.role) for a in note.attendees] == people
    assert [section.heading for section in note.sections] == ["First things"]


def test_attendees_by_side_on_single_lines():
    note = read_note(
        f"{HEAD}Attendees\n\nCivil society: A Bee, X; C Dee\nGovernment: E Eff\nApologies: G Gee{TAIL}"
    )
    assert [(a.name, a.side, a.mode) for a in note.attendees] == [
        ("A Bee", "civil_society", ""),
        ("C Dee", "civil_society", ""),
        ("E Eff", "government", ""),
        ("G Gee", "", "apologies"),
    ]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("X to do Y by 31 June", Action("do Y", "X", None, "31 June")),
        ("Ann Lee to write by 1 May 2017.", Action("write", "Ann Lee", date(2017, 5, 1), "1 May 2017")),
        ("Find a hall by the river", Action("Find a hall by the river")),
        ("We need to go on", Action("We need to go on")),
    ],
)
def test_actions_in_sentences(text, expected):
    assert action_of(text, held_on=date(2016, 11, 10)) == expected


def test_head_with_blank_lines_in_it():
    note = read_note(
        "Small meeting\n\n10 Nov 2016\n\n12-2pm\n\nThe Old Library, Leeds and online\n\nAttendees: A Bee; C Dee\n\n"
        "First things\n\nWe met."
    )
    assert (note.title, note.held_on, note.starts_at, note.venue, note.has_remote_access) == (
        "Small meeting",
        date(2016, 11, 10),
        time(12),
        "The Old Library, Leeds",
        True,
    )
    assert [section.heading for section in note.sections] == ["First things"]


def test_meeting_past_midnight_ends_the_next_day():
    note = read_note("Night meeting\n10 Nov 2016, 22:00 to 01:00\n\nAttendees: A Bee; C Dee")
    assert (note.starts_at, note.ends_at, note.ends_on) == (time(22), time(1), date(2016, 11, 11))


def test_end_before_the_start_is_marked():
    note = read_note("Odd meeting\n10 Nov 2016, 14:00 to 12:00\n\nAttendees: A Bee; C Dee")
    assert note.doubts == ("“14:00 to 12:00”: the end is not later than the start.",)


def test_impossible_date_of_a_meeting_is_kept_and_marked():
    note = read_note("Odd meeting\n31 June 2016\n\nAttendees: A Bee; C Dee")
    assert (note.held_on, note.when, note.doubts) == (
        None,
        "31 June 2016",
        ("“31 June 2016” is no day of the calendar.",),
    )


KNOWN = [
    ("International Budget Partnership", 1),
    ("IBP", 1),
    ("Open Data Institute", 2),
    ("The ODI", 2),
    ("Transparency International UK", 3),
]


@pytest.mark.parametrize(
    "name, body",
    [
        ("Intl. Budget Partnership", 1),
        ("International Budget Partnership (IBP)", 1),
        ("Internatonal Budget Partnership", 1),
        ("ODI", 2),
        ("Director, Open Data Institute", 2),
        ("Transparency International", 3),
        ("Borough Voices", None),
    ],
)
def test_organisations_spelt_otherwise(name, body):
    assert resembling([name], KNOWN).get(name) == body
