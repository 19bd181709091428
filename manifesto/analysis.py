"""All there is to tell about a panel's answers, computed at once, in values that can be stored and published."""

from dataclasses import dataclass
from fractions import Fraction

from .agreement import Dispute, contested, panel_alpha
from .panel import REPLICATES, RULE_VERSION, Certainty, bootstrap
from .ranking import Result, rank
from .sensitivity import Differences, Leeway, Move, differences, sensitivity


@dataclass(frozen=True)
class Analysis:
    """The ranking of a panel's answers, and how much it tells.

    `results` come best first; `certainty` is by idea's number. `alpha` is Krippendorff's for the panel, and
    `alpha_by_criterion` for each criterion, ordinal, None where undefined. `sensitivity` is in the order of the
    weights, `contested` the most contested first. `without_declared` says what changes when the answers beside
    declared conflicts are left out; None if there are none.
    """

    rule_version: str
    places: int
    seed: str
    replicates: int
    results: tuple[Result, ...]
    certainty: dict[int, Certainty]
    alpha: Fraction | None
    alpha_by_criterion: dict[str, Fraction | None]
    sensitivity: tuple[Leeway, ...]
    contested: tuple[Dispute, ...]
    without_declared: Differences | None

    def as_plain(self) -> dict:
        """Itself in values that JSON holds without losing a digit or the order."""
        return {
            "rule_version": self.rule_version,
            "places": self.places,
            "seed": self.seed,
            "replicates": self.replicates,
            "results": [result.as_plain() for result in self.results],
            "certainty": [
                [idea, sure.low_rank, sure.high_rank, _as_text(sure.probability)]
                for idea, sure in self.certainty.items()
            ],
            "alpha": _as_text(self.alpha),
            "alpha_by_criterion": [[c, _as_text(value)] for c, value in self.alpha_by_criterion.items()],
            "sensitivity": [
                [leeway.criterion, leeway.weight, _plain_move(leeway.down), _plain_move(leeway.up)]
                for leeway in self.sensitivity
            ],
            "contested": [[d.idea, _as_text(d.distance), d.pairs] for d in self.contested],
            "without_declared": _plain_differences(self.without_declared),
        }

    @classmethod
    def from_plain(cls, plain: dict) -> "Analysis":
        """The analysis that `as_plain` made the values of."""
        return cls(
            **{name: plain[name] for name in ("rule_version", "places", "seed", "replicates")},
            results=tuple(map(Result.from_plain, plain["results"])),
            certainty={
                idea: Certainty(low, high, _as_fraction(probability))
                for idea, low, high, probability in plain["certainty"]
            },
            alpha=_as_fraction(plain["alpha"]),
            alpha_by_criterion={c: _as_fraction(value) for c, value in plain["alpha_by_criterion"]},
            sensitivity=tuple(
                Leeway(criterion, weight, _move(down), _move(up))
                for criterion, weight, down, up in plain["sensitivity"]
            ),
            contested=tuple(Dispute(idea, Fraction(far), pairs) for idea, far, pairs in plain["contested"]),
            without_declared=_differences(plain["without_declared"]),
        )


def analyse(answers, weights, *, places, seed, replicates=REPLICATES, declared=()) -> Analysis:
    """Analyse answers of the shape `rank` takes; `declared` holds pairs of an idea and an expert with a conflict."""
    results = rank(answers, weights)
    whole, by_criterion = panel_alpha(answers, weights)
    return Analysis(
        rule_version=RULE_VERSION,
        places=places,
        seed=seed,
        replicates=replicates,
        results=tuple(results),
        certainty=bootstrap(answers, weights, places=places, seed=seed, replicates=replicates),
        alpha=whole,
        alpha_by_criterion=by_criterion,
        sensitivity=tuple(sensitivity(results, weights, places=places)),
        contested=tuple(contested(answers, weights)),
        without_declared=_without(declared, answers, weights, results, places),
    )


def _without(declared, answers, weights, results, places):
    beside = {(idea, expert) for idea, expert in declared if expert in answers.get(idea, {})}
    if not beside:
        return None
    others = {
        idea: {expert: sheet for expert, sheet in panel.items() if (idea, expert) not in beside}
        for idea, panel in answers.items()
    }
    return differences(results, rank(others, weights), places)


def _as_text(fraction):
    return None if fraction is None else str(fraction)


def _as_fraction(text):
    return None if text is None else Fraction(text)


def _plain_move(move):
    return move and [str(move.weight), list(move.enter), list(move.leave)]


def _move(plain):
    return plain and Move(Fraction(plain[0]), tuple(plain[1]), tuple(plain[2]))


def _plain_differences(found):
    return (
        None
        if found is None
        else [list(found.enter), list(found.leave), [list(move) for move in found.moved]]
    )


def _differences(plain):
    if plain is None:
        return None
    enter, leave, moved = plain
    return Differences(tuple(enter), tuple(leave), tuple(tuple(move) for move in moved))
