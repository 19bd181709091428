from datetime import date

import pytest

from manifesto.status_sheets import HEADINGS, MAX_DAYS, MAX_ROWS, Thing, day_of, read, written

TODAY = date(2015, 6, 1)
STATUSES = {"completed": "completed", "on track": "on_track", "limited": "limited"}
THINGS = [
    Thing(("commitment", 1), 1, "Open data"),
    Thing(("milestone", 1), 1, "Open data", "1.01", "A list"),
    Thing(("milestone", 2), 1, "Open data", "1.10", "A longer list"),
    Thing(("commitment", 2), 2, "Open = books"),
    Thing(("milestone", 3), 2, "Open = books", "1.01", "A ledger"),
]


def reading(*rows, days=("2015-01-31",)):
    return read([*HEADINGS, *days], enumerate(rows, start=2), THINGS, STATUSES, TODAY)


def problems(*rows, **options):
    found = reading(*rows, **options)
    return [*found.problems, *(f"{row.number}: {problem}" for row in found.rows for problem in row.problems)]


def test_what_is_written_is_read_again():
    said = {
        ("commitment", 1): {date(2015, 1, 31): "limited"},
        ("milestone", 3): {date(2014, 9, 30): "on track", date(2015, 1, 31): "completed"},
    }
    headers, *rows = written(THINGS, said)
    assert headers == [*HEADINGS, "2014-09-30", "2015-01-31"]
    assert rows[4] == ["Open = books", "1.01", "A ledger", "on track", "completed"]
    found = read(headers, enumerate(rows, start=2), THINGS, STATUSES, TODAY)
    assert found.is_sound
    assert found.said == [
        (("commitment", 1), date(2015, 1, 31), "limited"),
        (("milestone", 3), date(2014, 9, 30), "on_track"),
        (("milestone", 3), date(2015, 1, 31), "completed"),
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2015-01-31", date(2015, 1, 31)),
        ("31/01/2015", date(2015, 1, 31)),
        ("31 January 2015", date(2015, 1, 31)),
        ("2015-01-31T00:00:00", date(2015, 1, 31)),
        ("4/30/2014", None),
        ("2015-02-30", None),
        ("", None),
        ("January 2015", None),
    ],
)
def test_days_are_read_with_the_day_first(text, day):
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("commitment", "reference", "key"),
    [
        ("open  DATA", "1.01", ("milestone", 1)),
        ("2", "1.01", ("milestone", 3)),
        ("2. Open = books", "", ("commitment", 2)),
        ("", "1.10", ("milestone", 2)),
    ],
)
def test_things_are_known_by_name_number_and_reference(commitment, reference, key):
    found = reading([commitment, reference, "", "On track"])
    assert found.said == [(key, date(2015, 1, 31), "on_track")]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["Open data", "9.09", "", "Completed"], "2: This plan has no milestone “9.09” of “Open data”."),
        (["Open date", "", "", "Completed"], "2: This plan has no commitment “Open date”."),
        (
            ["", "1.01", "", "Completed"],
            "2: There are several that milestone “1.01” of “” could be. Write the commitment's number instead.",
        ),
        (["Open data", "1.01", "", "Nearly"], "2: 2015-01-31: “Nearly” isn't a status."),
        (["Open data", "1.01", "", "Limited"], "2: 2015-01-31: “Limited” is said of whole commitments."),
        (["Open data", "1.01", "", "", "Completed"], "2: It has more cells than there are headings."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_said_beside_it(row, problem):
    assert problems(row) == [problem]


def test_a_thing_has_one_row():
    row = ["Open data", "1.01", "", "Completed"]
    assert problems(row, row) == ["3: Row 2 is about the same."]


@pytest.mark.parametrize(
    ("days", "problem"),
    [
        (["4/30/2014"], "Column 4: “4/30/2014” is no day. Write it like 2015-01-31 or 31/01/2015."),
        (["2015-06-02"], "Column 4: 2015-06-02 is still to come."),
        (["2015-01-31", "31/01/2015"], "Column 5: 31/01/2015 is there twice."),
        ([], "There is no column with a day."),
    ],
)
def test_what_is_wrong_with_a_heading_is_said(days, problem):
    assert problems(days=days) == [problem]


def test_other_headings_are_refused():
    found = read(["Name", "Number"], [], THINGS, STATUSES, TODAY)
    assert not found.is_sound
    assert found.rows == []


def test_a_sheet_has_an_end():
    assert problems(days=[date.fromordinal(735000 + day).isoformat() for day in range(MAX_DAYS + 1)]) == [
        f"There are more than {MAX_DAYS} columns of days."
    ]
    rows = [["Nothing", "", "", ""]] * (MAX_ROWS + 1)
    assert problems(*rows)[0] == f"There are more than {MAX_ROWS:,} rows."
