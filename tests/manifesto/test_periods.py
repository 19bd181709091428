from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from manifesto.periods import FEWEST, periods

FIRST = date(2026, 3, 2)


def day(number):
    return FIRST + timedelta(days=number)


def told(votes, end, ideas=None):
    """What is told as (first day, last day, ideas, votes), days counted from the first."""
    return [
        ((period.starts_on - FIRST).days, (period.last_day - FIRST).days, period.ideas, period.votes)
        for period in periods(ideas or {}, votes, FIRST, day(end))
    ]


def test_weeks_with_many_votes_and_with_none_stand_alone():
    assert told({day(0): 9, day(15): 6}, 21, {day(3): 2}) == [(0, 6, 2, 9), (7, 13, 0, 0), (14, 20, 0, 6)]


def test_a_week_with_few_votes_goes_with_the_next():
    assert told({day(1): 3, day(8): 4, day(15): 5}, 21) == [(0, 13, 0, 7), (14, 20, 0, 5)]


def test_few_votes_at_the_end_go_with_the_period_before():
    assert told({day(1): 8, day(8): 4}, 10) == [(0, 9, 0, 12)]
    assert told({day(1): 8, day(8): 4}, 28) == [(0, 27, 0, 12)]


def test_few_votes_altogether_are_not_told():
    assert told({day(1): 4}, 14, {day(1): 1}) == [(0, 13, 1, 0)]


def test_what_came_before_the_first_day_counts_in_the_first_period():
    assert told({day(-3): 5}, 7, {day(-2): 1}) == [(0, 6, 1, 5)]


def test_nothing_is_told_of_a_round_that_has_not_begun():
    assert told({}, 0) == []


@given(
    votes=st.dictionaries(st.integers(0, 60), st.integers(1, 9)),
    ideas=st.dictionaries(st.integers(0, 60), st.integers(1, 9)),
    end=st.integers(1, 70),
)
def test_no_small_number_is_told_or_can_be_worked_out(votes, ideas, end):
    found = periods(
        {day(on): n for on, n in ideas.items()}, {day(on): n for on, n in votes.items()}, FIRST, day(end)
    )
    total = sum(n for on, n in votes.items() if on < end)
    assert all(period.votes == 0 or period.votes >= FEWEST for period in found)
    assert [period.votes_so_far for period in found][-1] == (total if total >= FEWEST else 0)
    assert sum(period.ideas for period in found) == sum(n for on, n in ideas.items() if on < end)
    assert (found[0].starts_on, found[-1].ends_on) == (FIRST, day(end))
    assert all(a.ends_on == b.starts_on for a, b in pairwise(found))
