"""Days of notice: how they are counted, and what the page and its file say."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from meetings.models import Meeting
from meetings.notice import Notice, summaries
from tests.factories import make_meeting, make_organisation

PAGE, CSV = "/meetings/notice/", "/open-data/notice.csv"
HELD = date(2026, 5, 20)


def make_told(*, days=None, **fields):
    """A workshop of which people were told so many days before; of which nobody recorded when, if None."""
    told = None if days is None else HELD - timedelta(days=days)
    after = datetime(2026, 6, 20, tzinfo=UTC)
    values = {"kind": "workshop", "held_on": HELD, "announced_at": after, "notice_given_on": told}
    return make_meeting(**{**values, **fields})


# Counting


@pytest.mark.parametrize(
    "fields, days",
    [
        ({"days": 12}, 12),
        ({"days": 0}, 0),
        ({"days": -3}, -3),
        ({"days": None}, None),
        ({"announced_at": datetime(2026, 5, 10, 12, tzinfo=UTC)}, 10),
        # Half past eleven in the evening by Greenwich is the day after by the clocks of May.
        ({"announced_at": datetime(2026, 5, 9, 23, 30, tzinfo=UTC)}, 10),
        ({"announced_at": datetime(2026, 5, 20, 12, tzinfo=UTC)}, 0),
        ({"announced_at": datetime(2026, 5, 10, tzinfo=UTC), "days": 40}, 40),
        ({"announced_at": None}, None),
    ],
)
def test_notice_runs_from_the_day_people_were_told(db, fields, days):
    assert make_told(**fields).days_of_notice == days


def test_notice_of_another_day_runs_from_the_move(db):
    meeting = make_meeting(days=5, kind="workshop", notice_given_on=date(2026, 1, 1))
    day = meeting.held_on + timedelta(days=1)
    meeting.move({"venue": "Elsewhere"}, reason="Why.", by=None, now=timezone.now())
    assert meeting.notice_given_on == date(2026, 1, 1)
    meeting.move({"held_on": day}, reason="Why.", by=None, now=timezone.now())
    assert meeting.days_of_notice == 6


def test_figures_by_label():
    pairs = [("b", 3), ("A", 10), ("b", -2), ("A", 11), ("b", 0)]
    assert summaries(pairs) == [Notice("A", 2, 10.5, 10, 11, 0), Notice("b", 3, 0, -2, 3, 1)]


def test_engagements_as_queryset_and_predicate_agree(db):
    office = make_organisation()
    meetings = [make_meeting(kind=kind, institution=body) for kind in Meeting.Kind for body in (None, office)]
    expected = {meeting for meeting in meetings if meeting.is_engagement}
    assert (set(Meeting.objects.engagements()), len(expected)) == (expected, 8 + 5)


def test_cancelled_as_queryset_and_predicate_agree(db):
    meetings = [make_meeting(), make_meeting(cancelled_at=timezone.now())]
    assert set(Meeting.objects.cancelled()) == {meeting for meeting in meetings if meeting.is_cancelled}


# The page


def test_page_counts_by_kind_and_by_institution(visitor, db):
    office = make_organisation(name="Cabinet Office")
    make_told(days=10, institution=office)
    make_told(days=21, kind="forum", institution=office)
    make_told(days=-4)
    make_told(days=30, kind="network", institution=office)
    response = visitor.get(PAGE)
    assert response.context["all"] == Notice("All", 4, 15.5, -4, 30, 1)
    assert response.context["kinds"] == [
        Notice("Government and civil society forum", 1, 21, 21, 21, 0),
        Notice("Network meeting", 1, 30, 30, 30, 0),
        Notice("Workshop", 2, 3, -4, 10, 1),
    ]
    assert response.context["institutions"] == [Notice("Cabinet Office", 3, 21, 10, 30, 0)]
    assert "Of 1, people were told only afterwards" in response.content.decode()


def test_page_leaves_out_and_says_what_cannot_be_counted(visitor, db):
    make_told(days=10)
    make_told(days=None)
    make_told(days=1, cancelled_at=timezone.now())
    make_told(days=1, kind="steering")
    make_told(days=1, announced_at=None, title="Secret")
    response = visitor.get(PAGE)
    figures = [response.context[name] for name in ("cancelled", "unrecorded")]
    assert (response.context["all"].meetings, figures) == (1, [1, 1])
    assert "Secret" not in response.content.decode()


def test_page_of_nothing(visitor, db):
    assert "Nothing to count yet." in visitor.get(PAGE).content.decode()


@pytest.mark.parametrize("days, length", [(-4, 0), (0, 0), (4, 330)])
def test_bar_below_nought_has_no_length(visitor, db, days, length):
    make_told(days=days)
    [bar] = visitor.get(PAGE).context["kinds_chart"].bars
    assert (bar.value, bar.length) == (days, length)


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("page, queries", [(PAGE, 2), (CSV, 2)])
def test_page_and_file_cost_the_same_at_one_and_at_thirty(
    visitor, db, rows, page, queries, django_assert_num_queries
):
    for _ in range(rows):
        make_told(days=3, institution=make_organisation())
    with django_assert_num_queries(queries):
        b"".join(visitor.get(page))


def test_file_has_a_row_for_every_chance_to_be_heard(visitor, db, settings):
    make_told(days=-4, title="=1+1", slug="a", institution=make_organisation(name="@Office"))
    make_told(days=None, slug="b", cancelled_at=timezone.now())
    make_told(days=1, announced_at=None, title="Secret")
    response = visitor.get(CSV)
    rows = {row["address"]: row for row in csv.DictReader(io.StringIO(response.getvalue().decode()))}
    first, second = (rows[f"{settings.SITE_URL}/meetings/{slug}/"] for slug in "ab")
    assert list(first.values())[1:] == [
        "'=1+1",
        "workshop",
        "'@Office",
        "2026-05-24",
        "2026-05-20",
        "-4",
        "false",
    ]
    assert (second["told_on"], second["days_of_notice"], second["is_cancelled"], len(rows)) == (
        "",
        "",
        "true",
        2,
    )


# The page of a meeting


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"days": 12}, "12 days"),
        ({"days": 1}, "1 day"),
        ({"days": 0}, "None: people were told on the day"),
        ({"days": -1}, "None: people were told afterwards"),
        ({"days": None}, None),
        ({"days": 12, "kind": "steering"}, None),
        ({"days": 12, "cancelled_at": datetime(2026, 1, 1, tzinfo=UTC)}, None),
    ],
)
def test_page_of_a_meeting_says_how_much_notice_there_was(visitor, db, fields, words):
    html = visitor.get(make_told(**fields).get_absolute_url()).content.decode()
    assert ("Notice given" in html) == (words is not None)
    assert words is None or words in html
