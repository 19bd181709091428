from datetime import date

import pytest

from manifesto.lateness import State, Timing, timing

DUE = date(2015, 3, 31)


@pytest.mark.parametrize(
    ("answered_on", "today", "expected"),
    [
        (None, date(2015, 3, 16), Timing(State.AWAITED, 15)),
        (None, date(2015, 3, 17), Timing(State.DUE_SOON, 14)),
        (None, DUE, Timing(State.DUE_SOON, 0)),
        (None, date(2015, 4, 1), Timing(State.LATE, 1)),
        (None, date(2016, 3, 31), Timing(State.LATE, 366)),
        (DUE, date(2016, 1, 1), Timing(State.IN_TIME, 0)),
        (date(2015, 1, 1), date(2016, 1, 1), Timing(State.IN_TIME, 0)),
        (date(2015, 4, 3), date(2016, 1, 1), Timing(State.GIVEN_LATE, 3)),
    ],
)
def test_timing_of_an_answer_goes_by_its_due_day(answered_on, today, expected):
    assert timing(DUE, answered_on, today) == expected
    assert expected.is_answered == (answered_on is not None)
