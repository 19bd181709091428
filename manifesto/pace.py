"""How long an expert will still need, from the pace of their own evening."""

from datetime import timedelta
from itertools import pairwise
from statistics import median

# Without three scored ideas nobody's pace is known: this is what a first idea takes.
USUAL = timedelta(minutes=4)
FASTEST, SLOWEST = timedelta(minutes=1), timedelta(minutes=15)
# Whoever saves nothing for so long has stopped for a while.
BREAK = timedelta(minutes=30)


def time_left(saved, left: int) -> timedelta:
    """What `left` more ideas will take, from the moments at which ideas were `saved`, in any order.

    Each takes the median of the gaps between two saves, breaks left out and between one minute and fifteen; four
    minutes before there are three saves or while all their gaps are breaks.
    """
    return pace(saved) * left


def pace(saved) -> timedelta:
    """What one idea takes this expert."""
    moments = sorted(saved)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    gaps = [gap for gap in gaps if gap < BREAK]
    if len(moments) < 3 or not gaps:
        return USUAL
    return min(max(median(gaps), FASTEST), SLOWEST)


def in_words(time: timedelta) -> str:
    """Such as "about 20 minutes": up to ten to the minute, then to five minutes, then to half an hour, rounded up."""
    minutes = -(-int(time.total_seconds()) // 60)
    if minutes <= 10:
        return f"about {_count(max(minutes, 1), 'minute')}"
    minutes = -(-minutes // 5) * 5
    if minutes < 60:
        return f"about {minutes} minutes"
    halves = -(-minutes // 30)
    return f"about {halves // 2}½ hours" if halves % 2 else f"about {_count(halves // 2, 'hour')}"


def _count(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
