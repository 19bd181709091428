"""How far a weight can move, or scores be left out, before other ideas stand in the first places.

Results are those of `manifesto.ranking.rank`. The first `places` are the first so many of its list that have a score,
so that its rule inside a tie decides who takes the last one.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, lcm

# Weights at which two scores are equal may be irrational; they are rounded to this, towards the weight as it is.
GRID = 10**9
PAST = Fraction(2, GRID)


@dataclass(frozen=True)
class Move:
    """The weight up to which the first places stay as they are, and the ideas that come in and go out there.

    Exact where it is a fraction, else rounded to a billionth towards the weight as it is. If it is the weight as it
    is, any move that way changes the places.
    """

    weight: Fraction
    enter: tuple
    leave: tuple


@dataclass(frozen=True)
class Leeway:
    """How far one criterion's weight can move while the others are held; None where no move changes the places."""

    criterion: str
    weight: int
    down: Move | None
    up: Move | None


@dataclass(frozen=True)
class Differences:
    """What changes from one ranking to another: ideas that come into the first places, that leave them, and ranks.

    `moved` holds the idea, its rank before and its rank after, in the order of the ranking before; a rank is None
    for an idea without a score, or that the ranking doesn't hold.
    """

    enter: tuple
    leave: tuple
    moved: tuple

    def __bool__(self):
        return bool(self.enter or self.leave or self.moved)


def first_places(results, places) -> list[int]:
    """The ideas in the first places of a ranking, in its order."""
    return [result.idea for result in results if result.rank is not None][: max(places, 0)]


def differences(one, other, places) -> Differences:
    """From the ranking `one` to the ranking `other`."""
    before, after = first_places(one, places), first_places(other, places)
    ranks = {result.idea: result.rank for result in other}
    old = {result.idea: result.rank for result in one}
    ideas = [*old, *(idea for idea in ranks if idea not in old)]
    return Differences(
        enter=tuple(idea for idea in after if idea not in before),
        leave=tuple(idea for idea in before if idea not in after),
        moved=tuple((i, old.get(i), ranks.get(i)) for i in ideas if old.get(i) != ranks.get(i)),
    )


def sensitivity(results, weights, *, places) -> list[Leeway]:
    """The leeway of each criterion, in the order of the weights. A weight moves in fractions, but not below zero."""
    standing = sorted(results, key=lambda result: (-(result.agreement or 0), result.idea))
    scale = lcm(*(mean.denominator for r in results for mean in r.means.values() if mean is not None))
    return [
        Leeway(
            criterion,
            weight,
            *_moves([_Line(r, weights, criterion, scale) for r in standing], weight, places),
        )
        for criterion, weight in weights.items()
    ]


class _Line:
    """An idea's score as one weight x moves: (fixed + x·slope) / (base + x·step), times a constant all ideas share.

    `step` is 1 if the idea has an answer to the criterion, else 0, and then `slope` is too.
    """

    def __init__(self, result, weights, criterion, scale):
        others = [
            (weights[c], mean) for c, mean in result.means.items() if mean is not None and c != criterion
        ]
        own = result.means[criterion]
        self.idea = result.idea
        self.fixed = sum(weight * int(mean * scale) for weight, mean in others)
        self.base = sum(weight for weight, _ in others)
        self.slope, self.step = (0, 0) if own is None else (int(own * scale), 1)

    @property
    def is_ever_scored(self):
        return self.base > 0 or self.step > 0

    def lead(self, other):
        """The coefficients of a parabola in x that is positive where this idea scores higher."""
        return (
            self.step * other.step * (self.slope - other.slope),
            self.slope * other.base
            + self.fixed * other.step
            - other.slope * self.base
            - other.fixed * self.step,
            self.fixed * other.base - other.fixed * self.base,
        )


def _moves(lines, weight, places):
    """The first change downwards and upwards, for lines in the order that decides inside a tie."""
    now = _first(lines, Fraction(weight), places)
    inside, outside = _rivals(lines, now)
    leads = [(high.lead(low), at < below) for at, high in inside for below, low in outside]
    ups = {weight, *(root for lead, wins in leads for root in _loss(lead, wins, weight))}
    mirrored = [((a, -b, c), wins) for (a, b, c), wins in leads]
    downs = {
        -weight,
        0,
        *(root for lead, wins in mirrored for root in _loss(lead, wins, -weight) if root < 0),
    }
    return (
        _change(lines, now, places, sorted((-root for root in downs), reverse=True), -PAST)
        if weight
        else None,
        _change(lines, now, places, sorted(ups), PAST),
    )


def _first(lines, weight, places):
    """The ideas in the first places at a weight.

    Scores are compared by their digits in base two, so many that two different ones can't have the same.
    """
    top, bottom = Fraction(weight).as_integer_ratio()
    scored = []
    for line in lines:
        if denominator := line.base * bottom + top * line.step:
            scored.append((line.idea, line.fixed * bottom + top * line.slope, denominator))
    digits = 1 + 2 * max((denominator.bit_length() for *_, denominator in scored), default=0)
    scored.sort(key=lambda line: -((line[1] << digits) // line[2]))
    return [idea for idea, *_ in scored[: max(places, 0)]]


def _rivals(lines, now):
    """The ideas inside the first places that could be the first to fall out, and those outside that could come in.

    Of lines with the same base and step one that is never above another (never below, outside) makes it idle. Each
    comes with its position in the order inside a tie.
    """
    groups = {}
    for at, line in enumerate(lines):
        if line.base or line.step:
            groups.setdefault((line.base, line.step, line.idea in now), []).append((at, line))
    inside, outside = [], []
    for (*_, is_inside), group in groups.items():
        side, sign = (inside, 1) if is_inside else (outside, -1)
        group.sort(key=lambda pair, sign=sign: (sign * pair[1].fixed, sign * pair[1].slope, -sign * pair[0]))
        best = None
        for at, line in group:
            if best is None or sign * line.slope < best:
                side.append((at, line))
                best = sign * line.slope
    return inside, outside


def _loss(lead, wins_ties, start):
    """The first x from `start` on at which, or just past which, the lead is lost: a list of one, or of none."""
    for root, is_exact, after in _roots(*lead):
        if root >= start and (after < 0 or (is_exact and not wins_ties and root > start)):
            return [root]
    return []


def _roots(a, b, c):
    """Where a·x² + b·x + c is zero, in order: each root, whether it is exact, and the sign just past it."""
    if not a:
        return [(Fraction(-c, b), True, b)] if b else []
    spread = b * b - 4 * a * c
    if spread < 0:
        return []
    if spread == 0:
        return [(Fraction(-b, 2 * a), True, a)]
    sign, divisor = (1, 2 * a) if a > 0 else (-1, -2 * a)
    middle, side = -b * sign, isqrt(spread)
    if side * side == spread:
        return [(Fraction(middle - side, divisor), True, -a), (Fraction(middle + side, divisor), True, a)]
    side = isqrt(spread * GRID**2)
    lower, upper = (middle * GRID - side - 1) // divisor, (middle * GRID + side) // divisor
    return [(Fraction(lower, GRID), False, -a), (Fraction(upper, GRID), False, a)]


def _change(lines, now, places, weights, past):
    """The first of the weights, in the order of the move, at which or just past which the first places change."""
    for weight in weights:
        for point in (weight, max(weight + past, Fraction(weight) / 2)):
            then = _first(lines, point, places)
            if set(then) != set(now):
                return Move(
                    Fraction(weight),
                    enter=tuple(idea for idea in then if idea not in now),
                    leave=tuple(idea for idea in now if idea not in then),
                )
    return None
