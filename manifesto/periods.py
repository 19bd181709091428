"""Ideas and votes of a round over time, in periods long enough that no vote stands out.

Pure: takes dates and counts, gives dates and counts.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from profiles.small_cells import FEWEST, is_small

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Period:
    """Whole weeks from `starts_on` to the day before `ends_on`, and how many came up to then."""

    starts_on: date
    ends_on: date
    ideas: int
    votes: int
    ideas_so_far: int
    votes_so_far: int

    @property
    def last_day(self):
        return self.ends_on - timedelta(days=1)


def periods(ideas: dict, votes: dict, first: date, end: date) -> list[Period]:
    """The time from `first` to before `end`, by week, from counts by day of ideas and of votes.

    A week with one to four votes goes together with what follows until there are none or at least five; what is
    left over at the end goes with the period before. So neither a figure nor the difference of two of them is a small
    number of votes. With one to four votes altogether there is one period, and it doesn't count them. What came
    before `first` counts in the first period.
    """
    cuts, day = [first], first
    while day < end:
        day = min(day + WEEK, end)
        if not is_small(_between(votes, cuts[-1], day, first)):
            cuts.append(day)
    if cuts[-1] < end:
        while len(cuts) > 1 and _between(votes, cuts[-1], end, first) < FEWEST:
            cuts.pop()
        cuts.append(end)
    found, ideas_so_far, votes_so_far = [], 0, 0
    for starts_on, ends_on in pairwise(cuts):
        new_ideas, new_votes = (_between(counts, starts_on, ends_on, first) for counts in (ideas, votes))
        new_votes = new_votes if new_votes >= FEWEST else 0
        ideas_so_far, votes_so_far = ideas_so_far + new_ideas, votes_so_far + new_votes
        found.append(Period(starts_on, ends_on, new_ideas, new_votes, ideas_so_far, votes_so_far))
    return found


def _between(counts, start, end, first):
    return sum(number for on, number in counts.items() if on < end and (on >= start or start == first))
