"""How much a panel's ranking can tell: the experts are drawn anew, and the ranking with them, some thousand times.

The bootstrap of Efron (1979), over whole experts: a replicate draws as many experts as there are, with replacement,
and ranks the ideas by their answers as `manifesto.ranking.rank` does. All of it is in whole numbers, and the draws
come from `draws`, so that every machine, in any language, finds the same. Shapes are those of `manifesto.ranking`.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .resampling import score_keys

RULE_VERSION = "1"
REPLICATES = 2000

CLEAR_IN, BORDERLINE, CLEAR_OUT = "clear_in", "borderline", "clear_out"
BANDS = [CLEAR_IN, BORDERLINE, CLEAR_OUT]


@dataclass(frozen=True)
class Certainty:
    """Between which ranks an idea lies in nine replicates of ten, and how likely it is among the first `places`.

    All are None where there is nothing to tell: the idea has no score, or fewer than two experts answered anything,
    for one expert's answers don't say how far another's would lie from them.
    """

    low_rank: int | None = None
    high_rank: int | None = None
    probability: Fraction | None = None

    @property
    def band(self) -> str | None:
        if self.probability is None:
            return None
        if self.probability >= Fraction(9, 10):
            return CLEAR_IN
        return CLEAR_OUT if self.probability <= Fraction(1, 10) else BORDERLINE


def bootstrap(answers, weights, *, places, seed, replicates=REPLICATES) -> dict[int, Certainty]:
    """The certainty of each idea, from `replicates` panels drawn by the text `seed`.

    Experts without any answer are left out. The others stand in the order of their answers, read idea by idea by
    number and in each criterion by criterion by slug, no answer before 0: so neither names nor the order of rows
    matter. A replicate takes as many draws as there are experts.

    In a replicate ideas with the same score share a rank (1, 2, 2, 4), and an idea without one ranks behind all that
    have one and takes no place. Where a tie lies across the last place, each of its `t` ideas counts for `s/t` with
    `s` places left. The ranks given are the 5th and the 95th percentile: of the replicates' ranks in order, those at
    the places 5 and 95 hundredths of `replicates`, rounded up.
    """
    ideas = sorted(answers)
    points = _points(answers, weights, ideas)
    experts = len(points)
    if experts < 2:
        return dict.fromkeys(answers, Certainty())
    scales = _coprime([weights[criterion] for criterion in sorted(weights)])
    scored = _scored(points, scales)
    tables = list(score_keys(points, scales, seed=seed, replicates=replicates))
    ranks = np.concatenate([_ranks(keys) for keys in tables])
    low, high = (math.ceil(Fraction(replicates * percent, 100)) - 1 for percent in (5, 95))
    ordered = np.partition(ranks, [low, high], axis=0)
    shares = _shares(tables, places)
    return {
        idea: Certainty(int(ordered[low, at]), int(ordered[high, at]), shares[at] / replicates)
        if scored[at]
        else Certainty()
        for at, idea in enumerate(ideas)
    }


def _points(answers, weights, ideas):
    """Half-points by expert, criterion and idea, -1 where there are none; the experts in the order of their answers."""
    criteria = sorted(weights)
    experts = sorted({expert for panel in answers.values() for expert in panel}, key=str)
    points = np.full((len(experts), len(ideas), len(criteria)), -1, dtype=np.int8)
    row = {expert: at for at, expert in enumerate(experts)}
    for at, idea in enumerate(ideas):
        for expert, sheet in answers[idea].items():
            given = [sheet.get(criterion) for criterion in criteria]
            points[row[expert], at] = [-1 if value is None else value for value in given]
    answered = points[(points >= 0).any(axis=(1, 2))]
    order = sorted(range(len(answered)), key=lambda expert: (answered[expert] + 1).tobytes())
    return answered[order].transpose(0, 2, 1)


def _scored(points, weights):
    """Whether each idea has an answer to a criterion that weighs something."""
    return (points[:, [weight > 0 for weight in weights]] >= 0).any(axis=(0, 1))


def _coprime(weights):
    divisor = math.gcd(*weights) or 1
    return [weight // divisor for weight in weights]


def _ranks(keys):
    """One more than the ideas whose key is greater."""
    return np.array([len(row) + 1 - np.searchsorted(np.sort(row), row, side="right") for row in keys])


def _shares(tables, places):
    """For each idea, by position, the sum over all replicates of its share in the first places."""
    ideas = tables[0].shape[1]
    sums = defaultdict(lambda: np.zeros(ideas, dtype=np.int64))
    for keys in tables:
        scored = keys >= 0
        if places >= ideas:
            sums[1] += scored.sum(axis=0)
        elif places > 0:
            cut = np.partition(keys, ideas - places, axis=1)[:, [ideas - places]]
            above, level = keys > cut, (keys == cut) & scored
            sums[1] += above.sum(axis=0)
            left, tied = places - above.sum(axis=1), level.sum(axis=1)
            for size in np.unique(tied[tied > 0]).tolist():
                sums[size] += (level * left[:, None])[tied == size].sum(axis=0)
    common = math.lcm(*sums)
    return [
        Fraction(sum(common // size * int(row[at]) for size, row in sums.items()), common)
        for at in range(ideas)
    ]
