from datetime import date, time

import pytest
from django.utils import timezone

from tests.factories import make_meeting

WALES = "W92000004"
JULY = "/meetings/month/2026/07/"


def by_day(response):
    """Titles by day of the month, of the days that have any."""
    days = [day for week in response.context["weeks"] for day in week if day.meetings]
    return {day.date.day: [meeting.title for meeting in day.meetings] for day in days}


def neighbours(response):
    return [place and place[1] for place in (response.context["previous"], response.context["next"])]


def test_month_shows_each_meeting_on_its_days(visitor, db):
    make_meeting(title="Late", held_on=date(2026, 7, 31), starts_at=time(22), ends_on=date(2026, 8, 1))
    make_meeting(title="Long", held_on=date(2026, 6, 29), ends_on=date(2026, 7, 2))
    make_meeting(title="B", held_on=date(2026, 7, 2), starts_at=time(9))
    make_meeting(title="A", held_on=date(2026, 7, 2))
    for day in (date(2026, 6, 30), date(2026, 8, 1)):
        make_meeting(title="Another month", held_on=day)
    response = visitor.get(JULY)
    assert by_day(response) == {1: ["Long"], 2: ["Long", "A", "B"], 31: ["Late"]}
    assert [len(week) for week in response.context["weeks"]] == [7] * 5
    assert "Another month" not in response.content.decode()


def test_month_shows_what_is_cancelled_and_hides_what_is_not_announced(visitor, editor, sign_in, db):
    make_meeting(held_on=date(2026, 7, 2), title="Off", cancelled_at=timezone.now())
    make_meeting(held_on=date(2026, 7, 2), title="Secret", announced_at=None)
    for client in (visitor, sign_in(editor)):
        response = client.get(JULY)
        assert by_day(response) == {2: ["Off"]}
        # Once in the table, once in the list that takes its place on a phone.
        assert response.content.decode().count("Cancelled") == 2


def test_month_keeps_the_filter_from_page_to_page(visitor, db):
    make_meeting(held_on=date(2026, 6, 2))
    make_meeting(held_on=date(2026, 7, 2), title="A", kind="workshop", areas=[WALES])
    make_meeting(held_on=date(2026, 7, 2), title="B")
    query = {"kind": "workshop", "area": WALES, "other": "x"}
    response = visitor.get(JULY, query)
    assert by_day(response) == {2: ["A"]}
    assert neighbours(response)[0] == f"/meetings/month/2026/06/?kind=workshop&area={WALES}"
    listed = visitor.get("/meetings/", query).content.decode()
    assert f'href="/meetings/month/?kind=workshop&amp;area={WALES}"' in listed


def test_months_end_where_meetings_do(visitor, db):
    make_meeting(held_on=date(2014, 12, 31))
    make_meeting(held_on=date(2099, 1, 1), announced_at=None)
    make_meeting(held_on=date(2049, 12, 31), ends_on=date(2050, 1, 1))
    pages = {
        "2014/12": [None, "/meetings/month/2015/01/"],
        "2014/11": [None, "/meetings/month/2014/12/"],
        "1700/01": [None, "/meetings/month/2014/12/"],
        "2049/12": ["/meetings/month/2049/11/", "/meetings/month/2050/01/"],
        "2050/01": ["/meetings/month/2049/12/", None],
        "9998/12": ["/meetings/month/2050/01/", None],
    }
    assert {page: neighbours(visitor.get(f"/meetings/month/{page}/")) for page in pages} == pages


def test_month_of_nothing_is_kept_out_of_search_engines(visitor, db):
    empty = visitor.get("/meetings/month/2026/08/").content.decode()
    make_meeting(held_on=date(2026, 7, 2))
    full = visitor.get(JULY).content.decode()
    assert ("noindex" in empty, "There is nothing in this month." in empty, "noindex" in full) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize(
    "page", ["2026/13", "2026/00", "0000/01", "0001/01", "9999/12", "2026/7", "26/07", "x/y"]
)
def test_months_that_do_not_exist_are_not_found(visitor, db, page):
    assert visitor.get(f"/meetings/month/{page}/").status_code == 404


def test_month_without_a_number_is_this_one(visitor, db):
    today = timezone.localdate()
    response = visitor.get("/meetings/month/?kind=workshop")
    assert response.url == f"/meetings/month/{today:%Y}/{today:%m}/?kind=workshop"


@pytest.mark.parametrize("rows", [1, 30])
def test_month_costs_the_same_at_one_and_at_thirty(visitor, db, rows, django_assert_num_queries):
    for _ in range(rows):
        make_meeting(held_on=date(2026, 7, 2), ends_on=date(2026, 7, 20))
    with django_assert_num_queries(3):
        visitor.get(JULY)
