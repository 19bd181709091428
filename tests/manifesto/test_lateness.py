from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manifesto.lateness import DONE, ENDED, SOON, Said, Standing, State, latest_by_source, standing

DUE = date(2015, 3, 31)
STATUSES = [
    "not_started",
    "on_track",
    "ahead_of_schedule",
    "behind_schedule",
    "completed",
    "complete",
    "closed",
    "withdrawn",
]
days = st.integers(-400, 400).map(lambda number: DUE + timedelta(days=number))
reports = st.lists(
    st.builds(Said, st.sampled_from(["government", "reviewer", "network"]), st.sampled_from(STATUSES), days),
    unique_by=lambda said: (said.source, said.reported_on),
    max_size=8,
)


def after(number):
    return DUE + timedelta(days=number)


def said(status, number, source="government", completed=None):
    return Said(source, status, after(number), None if completed is None else after(completed))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (after(-31), Standing(State.NOT_DUE)),
        (after(-30), Standing(State.DUE_SOON)),
        (after(0), Standing(State.DUE_SOON)),
        (after(1), Standing(State.LATE, 1)),
        (after(366), Standing(State.LATE, 366)),
    ],
)
def test_what_nobody_reported_on_stands_by_its_due_date(today, expected):
    assert standing(DUE, [], today) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([said("on_track", 50)], Standing(State.LATE, 100)),
        ([said("completed", 0)], Standing(State.DONE)),
        ([said("completed", 9)], Standing(State.DONE_LATE, 9)),
        ([said("completed", 9, completed=-2)], Standing(State.DONE)),
        ([said("completed", 9, completed=4)], Standing(State.DONE_LATE, 4)),
        ([said("completed", 9), said("completed", 40)], Standing(State.DONE_LATE, 9)),
        (
            [said("completed", 1), said("behind_schedule", 20), said("completed", 40)],
            Standing(State.DONE_LATE, 40),
        ),
        ([said("completed", 1), said("behind_schedule", 20)], Standing(State.LATE, 100)),
        ([said("completed", 9), said("completed", 5, "reviewer")], Standing(State.DONE_LATE, 5)),
        ([said("completed", 9), said("limited", 5, "reviewer")], Standing(State.DISPUTED)),
        ([said("completed", 9), said("withdrawn", 5, "network")], Standing(State.DISPUTED)),
        ([said("withdrawn", 9), said("limited", 5, "reviewer")], Standing(State.WITHDRAWN)),
        ([said("on_track", 9), said("withdrawn", 5, "network")], Standing(State.LATE, 100)),
        ([said("closed", 9)], Standing(State.WITHDRAWN)),
        ([said("completed", 101)], Standing(State.LATE, 100)),
    ],
)
def test_what_sources_say_decides(told, expected):
    assert standing(DUE, told, after(100)) == expected


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ([], State.NO_DATE),
        ([said("behind_schedule", 5)], State.NO_DATE),
        ([said("completed", 5)], State.DONE),
        ([said("withdrawn", 5)], State.WITHDRAWN),
    ],
)
def test_what_has_no_day_is_never_late(told, state):
    assert standing(None, told, after(100)) == Standing(state)


@given(st.none() | days, reports, days)
def test_it_is_done_only_if_no_source_says_otherwise(due_on, told, today):
    found = standing(due_on, told, today)
    latest = latest_by_source(report for report in told if report.reported_on <= today).values()
    is_done = bool(latest) and all(report.status in DONE for report in latest)
    assert (found.state in (State.DONE, State.DONE_LATE)) == is_done
    assert (found.state == State.DISPUTED) == (not is_done and any(report.is_done for report in latest))


@given(st.none() | days, reports, days)
def test_days_are_counted_of_what_is_late_alone(due_on, told, today):
    found = standing(due_on, told, today)
    assert (found.days > 0) == (found.state in (State.LATE, State.DONE_LATE))
    if found.state == State.LATE:
        assert due_on + timedelta(days=found.days) == today
    if found.state == State.DONE_LATE:
        assert due_on + timedelta(days=found.days) <= today
    if found.state == State.DUE_SOON:
        assert today <= due_on <= today + SOON


@given(st.none() | days, reports, days, st.randoms())
def test_the_order_of_reports_and_what_comes_later_change_nothing(due_on, told, today, random):
    shuffled = [report for report in told if report.reported_on <= today]
    random.shuffle(shuffled)
    assert standing(due_on, shuffled, today) == standing(due_on, told, today)


@given(st.none() | days, reports, days)
def test_what_nobody_ends_or_finishes_waits_for_its_day(due_on, told, today):
    going_on = [report for report in told if report.status not in DONE | ENDED]
    assert standing(due_on, going_on, today) == standing(due_on, [], today)


@pytest.mark.parametrize(
    ("told", "today", "expected"),
    [
        ([], after(0), Standing(State.DUE_SOON, 0, 40)),
        ([], after(3), Standing(State.LATE, 3, 43)),
        ([], after(-40), Standing(State.NOT_DUE)),
        ([], after(-39), Standing(State.NOT_DUE, 0, 1)),
        ([said("completed", 0)], after(9), Standing(State.DONE, 0, 40)),
        ([said("completed", 5)], after(9), Standing(State.DONE_LATE, 5, 45)),
        ([said("completed", -40)], after(9), Standing(State.DONE)),
        ([said("withdrawn", 0)], after(9), Standing(State.WITHDRAWN)),
        ([said("completed", 0), said("on_track", 1, "network")], after(9), Standing(State.DISPUTED)),
    ],
)
def test_what_was_moved_is_told_against_the_first_date_as_well(told, today, expected):
    assert standing(DUE, told, today, first_due_on=after(-40)) == expected


def test_what_has_no_day_any_more_is_told_against_the_one_it_had():
    assert standing(None, [], after(3), first_due_on=DUE) == Standing(State.NO_DATE, 0, 3)


@given(due=days, first=days, told=reports, today=days)
def test_the_first_date_adds_to_how_it_stands_and_changes_nothing_of_it(due, first, told, today):
    plain, moved = standing(due, told, today), standing(due, told, today, first_due_on=first)
    assert (moved.state, moved.days) == (plain.state, plain.days)
    assert standing(due, told, today, first_due_on=due) == plain
    assert moved.days_after_first == 0 or (first < due and moved.days_after_first > moved.days)
