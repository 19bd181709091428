"""How a panel's scores become a ranking: the CHNRI method in exact fractions.

Source of the formulas: Rudan I, Gibson JL, Ameratunga S, et al. Setting priorities in global child health
research investments: guidelines for implementation of the CHNRI method. Croatian Medical Journal
2008;49(6):720-33.

Shapes: `weights` maps each criterion to a whole number; an answer is 0, 1 or 2 half-points, or None for
"don't know", which counts like no answer at all and never as zero.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from fractions import Fraction
from math import floor


@dataclass(frozen=True)
class Result:
    """What the panel's answers amount to for one idea.

    `score` (RPS) is out of 100, `agreement` (AEA) and each of `means` out of 1; each is None where nothing
    was answered, and `score` also where all that was answered weighs nothing. An idea without a score has no
    rank. `scorers` counts the experts who answered at least one criterion. `is_incomplete` marks an idea with
    a criterion that nobody answered.
    """

    idea: int
    rank: int | None
    is_tied: bool
    score: Fraction | None
    agreement: Fraction | None
    means: dict
    scorers: int
    is_incomplete: bool

    def as_plain(self) -> dict:
        """Itself in values that JSON holds without losing a digit or the order: a fraction as text, as in "275/4"."""
        plain = asdict(self)
        plain["means"] = [[criterion, _as_text(mean)] for criterion, mean in self.means.items()]
        return plain | {"score": _as_text(self.score), "agreement": _as_text(self.agreement)}

    @classmethod
    def from_plain(cls, plain: dict) -> "Result":
        """The result that `as_plain` made the values of."""
        means = {criterion: _as_fraction(mean) for criterion, mean in plain["means"]}
        score, agreement = _as_fraction(plain["score"]), _as_fraction(plain["agreement"])
        return cls(**plain | {"means": means, "score": score, "agreement": agreement})

    @property
    def rank_text(self) -> str:
        return "–" if self.rank is None else f"{self.rank}{'=' if self.is_tied else ''}"

    @property
    def score_text(self) -> str:
        return "–" if self.score is None else fixed(self.score, 1)

    @property
    def agreement_text(self) -> str:
        return "–" if self.agreement is None else f"{fixed(self.agreement * 100, 0)}%"

    @property
    def mean_texts(self) -> list[str]:
        """The mean of each criterion with two decimals, in the order of the weights."""
        return ["–" if mean is None else fixed(mean, 2) for mean in self.means.values()]


def _as_text(fraction):
    return None if fraction is None else str(fraction)


def _as_fraction(text):
    return None if text is None else Fraction(text)


def rank(answers, weights) -> list[Result]:
    """Results best first, from `answers`: {idea's number: {expert: {criterion: half-points or None}}}.

    Ideas with the same score share a rank, and the ranks they would have had are left out (1, 2, 2, 4).
    Inside a tie the idea the experts agree on more is listed first, then the one that came in first (the
    lower number). Ideas without a score come last, in the same order.
    """
    assessed = [_assess(idea, panel, weights) for idea, panel in answers.items()]
    tied = Counter(result["score"] for result in assessed if result["score"] is not None)
    ranks, rank = {None: None}, 1
    for score in sorted(tied, reverse=True):
        ranks[score] = rank
        rank += tied[score]
    results = [
        Result(**result, rank=ranks[result["score"]], is_tied=tied[result["score"]] > 1)
        for result in assessed
    ]
    return sorted(results, key=listing_order)


def listing_order(result):
    """The sort key of a ranking: scored first, higher score, greater agreement, lower number."""
    return (result.score is None, -(result.score or 0), -(result.agreement or 0), result.idea)


def criterion_mean(half_points) -> Fraction | None:
    """C(i,c), from 0 to 1: the mean of the answers given; None without any."""
    given = [value for value in half_points if value is not None]
    return Fraction(sum(given), 2 * len(given)) if given else None


def priority_score(means, weights) -> Fraction | None:
    """RPS(i) = 100 · Σ w(c)·C(i,c) / Σ w(c), over the criteria that have at least one answer.

    None if there is none, or if those that have weigh nothing together.
    """
    answered = {criterion: mean for criterion, mean in means.items() if mean is not None}
    total = sum(weights[criterion] for criterion in answered)
    if not total:
        return None
    return 100 * sum(weights[criterion] * mean for criterion, mean in answered.items()) / Fraction(total)


def average_agreement(columns) -> Fraction | None:
    """AEA(i) from the answers to each criterion: the mean share of answers that are the commonest one.

    Criteria that nobody answered have no such share and are left out; None if that is all of them.
    """
    shares = []
    for half_points in columns:
        given = Counter(value for value in half_points if value is not None)
        if given:
            shares.append(Fraction(max(given.values()), given.total()))
    return sum(shares) / Fraction(len(shares)) if shares else None


def fixed(value: Fraction, places: int) -> str:
    """`value`, not negative, to so many decimals, a half rounded up, without a float on the way."""
    scale = 10**places
    whole, part = divmod(floor(value * scale + Fraction(1, 2)), scale)
    return f"{whole}.{part:0{places}d}" if places else str(whole)


def _assess(idea, panel, weights):
    columns = {criterion: [sheet.get(criterion) for sheet in panel.values()] for criterion in weights}
    means = {criterion: criterion_mean(column) for criterion, column in columns.items()}
    return {
        "idea": idea,
        "score": priority_score(means, weights),
        "agreement": average_agreement(columns.values()),
        "means": means,
        "scorers": sum(any(sheet.get(c) is not None for c in weights) for sheet in panel.values()),
        "is_incomplete": None in means.values(),
    }
