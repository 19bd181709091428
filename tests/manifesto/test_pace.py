"""How long an expert still needs."""

from datetime import datetime, timedelta

import pytest

from manifesto.pace import in_words, pace, time_left

START = datetime(2026, 3, 1, 19, 0)


def minutes(*offsets):
    return [START + timedelta(minutes=offset) for offset in offsets]


@pytest.mark.parametrize(
    ("saved", "expected"),
    [
        ([], 4),
        (minutes(0), 4),
        (minutes(0, 1), 4),
        (minutes(0, 2, 4), 2),
        (minutes(4, 0, 2), 2),
        (minutes(0, 2, 4, 25), 2),
        (minutes(0, 3, 1000, 1005), 4),
        (minutes(0, 600, 1200), 4),
        (minutes(0, 0.2, 0.4), 1),
        (minutes(0, 20, 45), 15),
    ],
    ids=["none", "one", "two", "steady", "any order", "median", "break", "only breaks", "fastest", "slowest"],
)
def test_pace_is_the_median_gap_between_bounds(saved, expected):
    assert pace(saved) == timedelta(minutes=expected)


def test_time_left_is_the_pace_for_each_idea_left():
    assert time_left(minutes(0, 2, 4), 5) == timedelta(minutes=10)
    assert time_left([], 0) == timedelta(0)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (0, "about 1 minute"),
        (0.5, "about 1 minute"),
        (1, "about 1 minute"),
        (9.2, "about 10 minutes"),
        (11, "about 15 minutes"),
        (20, "about 20 minutes"),
        (54, "about 55 minutes"),
        (56, "about 1 hour"),
        (61, "about 1½ hours"),
        (91, "about 2 hours"),
        (600, "about 10 hours"),
    ],
)
def test_time_in_words_is_rounded_up(time, words):
    assert in_words(timedelta(minutes=time)) == words
