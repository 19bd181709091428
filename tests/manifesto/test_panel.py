from collections import Counter
from fractions import Fraction
from math import ceil
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manifesto.panel import Certainty, bootstrap
from manifesto.ranking import rank
from manifesto.resampling import draws

WEIGHTS = {"lens": 2, "verifiable": 1, "results": 3}


def panel(random, *, ideas, experts, weights=WEIGHTS, choices=(0, 1, 2, None)):
    return {
        idea: {expert: {c: random.choice(choices) for c in weights} for expert in range(experts)}
        for idea in range(1, ideas + 1)
    }


def slow_bootstrap(answers, weights, *, places, seed, replicates):
    """The same by the book: one `rank` for each replicate, in fractions."""
    sheets = {}
    for idea, sheets_of_idea in answers.items():
        for expert, sheet in sheets_of_idea.items():
            for criterion in weights:
                if sheet.get(criterion) is not None:
                    sheets.setdefault(expert, {})[idea, criterion] = sheet[criterion]
    cells = [(idea, criterion) for idea in sorted(answers) for criterion in sorted(weights)]
    experts = sorted(sheets.values(), key=lambda sheet: [sheet.get(cell, -1) for cell in cells])
    if len(experts) < 2:
        return dict.fromkeys(answers, Certainty())
    stream = draws(seed, len(experts))
    ranks, shares = {idea: [] for idea in answers}, Counter()
    for _ in range(replicates):
        drawn = [experts[next(stream)] for _ in experts]
        replicate = {
            idea: {e: {c: sheet.get((idea, c)) for c in weights} for e, sheet in enumerate(drawn)}
            for idea in answers
        }
        results = rank(replicate, weights)
        scored = [result for result in results if result.rank]
        tied = Counter(result.rank for result in scored)
        for result in results:
            ranks[result.idea].append(result.rank or len(scored) + 1)
        for result in scored:
            left = places - (result.rank - 1)
            shares[result.idea] += min(Fraction(1), Fraction(max(left, 0), tied[result.rank]))
    unscored = {result.idea for result in rank(answers, weights) if result.rank is None}
    low, high = ceil(Fraction(replicates, 20)) - 1, ceil(Fraction(19 * replicates, 20)) - 1
    return {
        idea: Certainty()
        if idea in unscored
        else Certainty(
            sorted(ranks[idea])[low], sorted(ranks[idea])[high], Fraction(shares[idea]) / replicates
        )
        for idea in answers
    }


def assert_as_slow(answers, weights, **how):
    assert bootstrap(answers, weights, **how) == slow_bootstrap(answers, weights, **how)


@st.composite
def panels(draw):
    criteria = [f"c{number}" for number in range(draw(st.integers(1, 4)))]
    weight = st.one_of(st.integers(0, 3), st.integers(0, 100), st.sampled_from([10**18, 10**18 + 1, 10**40]))
    weights = {criterion: draw(weight) for criterion in criteria}
    answer = st.sampled_from(
        draw(st.sampled_from([[0, 1, 2], [0, 1, 2, None], [1, None, None], [0, 2, None]]))
    )
    experts = st.sets(st.integers(1, 5))
    ideas = draw(st.sets(st.integers(1, 40), max_size=7))
    answers = {
        idea: {expert: {c: draw(answer) for c in criteria} for expert in draw(experts)} for idea in ideas
    }
    return answers, weights


@settings(max_examples=300, deadline=None)
@given(panels(), st.integers(0, 8), st.sampled_from([1, 7, 20, 60]), st.text(max_size=5))
def test_bootstrap_is_the_same_as_ranking_every_replicate_in_fractions(drawn, places, replicates, seed):
    assert_as_slow(*drawn, places=places, replicates=replicates, seed=seed)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "weights",
    [WEIGHTS, {"lens": 97, "verifiable": 89, "results": 83}, {"lens": 10**30, "verifiable": 1, "results": 1}],
)
def test_bootstrap_of_45_experts_with_gaps_is_exact(weights, seed):
    answers = panel(Random(seed), ideas=12, experts=45, choices=(0, 1, 2, 2, None))
    assert_as_slow(answers, weights, places=5, replicates=60, seed=str(seed))


def test_scores_closer_than_a_float_can_tell_are_not_a_tie():
    weights = {"lens": 10**18, "verifiable": 1}
    answers = {
        idea: {expert: {"lens": 2, "verifiable": points} for expert in "ab"}
        for idea, points in [(1, 0), (2, 1)]
    }
    assert bootstrap(answers, weights, places=1, seed="s") == {
        1: Certainty(2, 2, Fraction(0)),
        2: Certainty(1, 1, Fraction(1)),
    }
