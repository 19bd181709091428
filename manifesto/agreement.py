"""How far a panel agrees: Krippendorff's alpha, and the ideas it is most divided on, in exact fractions.

Source: Krippendorff K. Computing Krippendorff's Alpha-Reliability. University of Pennsylvania, 2011. Shapes are those
of `manifesto.ranking`.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

NOMINAL, ORDINAL, INTERVAL, RATIO = "nominal", "ordinal", "interval", "ratio"


@dataclass(frozen=True)
class Dispute:
    """How far apart two experts' answers about an idea lie on average: from 0, always the same, to 1, always opposite.

    For each criterion the mean over all pairs of experts who answered it, then the mean over the criteria that have
    such pairs, whatever their weights; `pairs` counts them.
    """

    idea: int
    distance: Fraction
    pairs: int


def alpha(units, level) -> Fraction | None:
    """1 for perfect agreement, 0 for what chance would give, less for worse.

    Each of `units` is the list of the ratings given to it, numbers, not negative where the level is ratio, None for
    one that is missing. None if no unit has two ratings, or all of those are the same.
    """
    counted = [Counter(value for value in unit if value is not None) for unit in units]
    pairable = [values for values in counted if values.total() > 1]
    totals = sum(pairable, Counter())
    weigh = {pair: _difference(*pair, totals, level) for pair in combinations(sorted(totals), 2)}
    expected = sum(totals[one] * totals[other] * weight for (one, other), weight in weigh.items())
    if not expected:
        return None
    # Units with as many ratings share a denominator.
    observed = Counter()
    for values in pairable:
        for one, other in combinations(sorted(values), 2):
            observed[values.total() - 1, one, other] += values[one] * values[other]
    apart = sum(Fraction(number, m) * weigh[one, other] for (m, one, other), number in observed.items())
    return 1 - (totals.total() - 1) * Fraction(apart) / expected


def _difference(one, other, totals, level):
    """The squared difference of two values, the lower one first, that the level of measurement makes."""
    if level == NOMINAL:
        return 1
    if level == ORDINAL:
        between = sum(number for value, number in totals.items() if one <= value <= other)
        return (between - Fraction(totals[one] + totals[other], 2)) ** 2
    if level == INTERVAL:
        return Fraction(other - one) ** 2
    return (Fraction(other - one) / Fraction(other + one)) ** 2


def panel_alpha(answers, criteria) -> tuple[Fraction | None, dict]:
    """The ordinal alpha of all answers, a unit being one criterion of one idea, and that of each criterion alone."""
    units = {
        criterion: [[sheet.get(criterion) for sheet in panel.values()] for panel in answers.values()]
        for criterion in criteria
    }
    whole = alpha([unit for column in units.values() for unit in column], ORDINAL)
    return whole, {criterion: alpha(column, ORDINAL) for criterion, column in units.items()}


def contested(answers, criteria) -> list[Dispute]:
    """The ideas two experts or more have answered the same criterion of, the most contested first.

    Of those with the same distance the one with more pairs comes first, then the lower number.
    """
    disputes = [_dispute(idea, panel, criteria) for idea, panel in answers.items()]
    return sorted(
        (dispute for dispute in disputes if dispute.pairs), key=lambda d: (-d.distance, -d.pairs, d.idea)
    )


def _dispute(idea, panel, criteria):
    distances, pairs = [], 0
    for criterion in criteria:
        given = Counter(sheet[criterion] for sheet in panel.values() if sheet.get(criterion) is not None)
        number = given.total() * (given.total() - 1) // 2
        if number:
            apart = sum((b - a) * given[a] * given[b] for a, b in combinations(sorted(given), 2))
            distances.append(Fraction(apart, 2 * number))
            pairs += number
    return Dispute(idea, sum(distances) / Fraction(len(distances) or 1), pairs)
