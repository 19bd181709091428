"""How long before a meeting people are told of it, in figures. Pure: takes numbers of days."""

from math import ceil
from statistics import median
from typing import NamedTuple


class Notice(NamedTuple):
    """Days of notice of some meetings: half had the median or less. Below nought, people were told afterwards."""

    label: str
    meetings: int
    median: float
    shortest: int
    longest: int
    afterwards: int

    @property
    def whole_days(self):
        """The median as a number that grammar knows."""
        return ceil(self.median)


def summary(label, days):
    """The figures of one day count or more."""
    middle = median(days)
    return Notice(
        label,
        len(days),
        int(middle) if middle == int(middle) else middle,
        min(days),
        max(days),
        sum(count < 0 for count in days),
    )


def summaries(pairs):
    """Figures by label, in the order of the labels, from pairs of a label and a number of days."""
    groups = {}
    for label, days in pairs:
        groups.setdefault(label, []).append(days)
    return [summary(label, groups[label]) for label in sorted(groups, key=str.casefold)]
