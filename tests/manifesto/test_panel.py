from collections import Counter
from fractions import Fraction
from hashlib import sha256
from itertools import islice
from math import ceil
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manifesto.panel import BORDERLINE, CLEAR_IN, CLEAR_OUT, Certainty, bootstrap
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


def test_draws_are_the_documented_ones():
    block = sha256("Grüße/0".encode()).digest()
    words = [int.from_bytes(block[at : at + 4]) for at in range(0, 32, 4)]
    assert list(islice(draws("Grüße", 20), 8)) == [word % 20 for word in words]
    assert list(islice(draws("Grüße", 20), 8, 9)) == [
        int.from_bytes(sha256("Grüße/1".encode()).digest()[:4]) % 20
    ]


def test_draws_pass_over_words_that_would_make_some_numbers_likelier():
    # 3·2^30 goes once into 2^32, so a quarter of the words is passed over, and the others stand as they are.
    below = 3 * 2**30
    words = [
        int.from_bytes(sha256(f"s/{block}".encode()).digest()[at : at + 4])
        for block in range(50)
        for at in range(0, 32, 4)
    ]
    kept = [word for word in words if word < below]
    assert 250 < len(kept) < 350
    assert list(islice(draws("s", below), len(kept))) == kept


def test_draws_never_change():
    assert list(islice(draws("manifesto", 7), 12)) == [5, 5, 5, 1, 0, 5, 3, 0, 5, 5, 3, 2]


def even(points, experts="ab"):
    """A panel of which every expert gives the same answer to all."""
    return {expert: dict.fromkeys(WEIGHTS, points) for expert in experts}


def test_an_idea_all_prefer_is_clear_in_and_the_others_are_clear_out():
    certainty = bootstrap({1: even(0), 2: even(2), 3: even(1)}, WEIGHTS, places=1, seed="s")
    assert certainty == {
        1: Certainty(3, 3, Fraction(0)),
        2: Certainty(1, 1, Fraction(1)),
        3: Certainty(2, 2, Fraction(0)),
    }
    assert [certainty[idea].band for idea in (1, 2, 3)] == [CLEAR_OUT, CLEAR_IN, CLEAR_OUT]


def test_ideas_all_equal_share_the_places_and_none_is_clear():
    certainty = bootstrap({idea: even(1) for idea in range(1, 9)}, WEIGHTS, places=3, seed="s")
    assert set(certainty.values()) == {Certainty(1, 1, Fraction(3, 8))}
    assert certainty[1].band == BORDERLINE


def test_a_tie_across_the_cut_shares_what_is_left_of_the_places():
    certainty = bootstrap(
        {1: even(2), 2: even(1), 3: even(1), 4: even(1), 5: even(0)}, WEIGHTS, places=3, seed="s"
    )
    assert [certainty[idea].probability for idea in range(1, 6)] == [1, *[Fraction(2, 3)] * 3, 0]
    assert certainty[5] == Certainty(5, 5, Fraction(0))


@pytest.mark.parametrize(
    "probability, band",
    [("9/10", CLEAR_IN), ("899/1000", BORDERLINE), ("101/1000", BORDERLINE), ("1/10", CLEAR_OUT)],
)
def test_bands_include_their_bounds(probability, band):
    assert Certainty(1, 2, Fraction(probability)).band == band


def test_two_experts_who_disagree_leave_it_open():
    answers = {1: {"a": {"lens": 2}, "b": {"lens": 0}}, 2: {"a": {"lens": 0}, "b": {"lens": 2}}}
    first, second = bootstrap(answers, {"lens": 1}, places=1, seed="s").values()
    assert (first.low_rank, first.high_rank, first.band) == (1, 2, BORDERLINE)
    assert first.probability + second.probability == 1


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {1: {}},
        {1: even(None), 2: even(None)},
        {1: even(2, experts="a"), 2: even(1, experts="a")},
        {1: even(2, experts="a") | even(None, experts="b")},
        {1: {"a": {"gone": 2}, "b": {"gone": 2}}},
    ],
)
def test_fewer_than_two_experts_tell_nothing(answers):
    assert bootstrap(answers, WEIGHTS, places=1, seed="s") == dict.fromkeys(answers, Certainty())
    assert Certainty().band is None


@pytest.mark.parametrize("weights", [{}, dict.fromkeys(WEIGHTS, 0)])
def test_weights_that_sum_to_zero_tell_nothing(weights):
    assert bootstrap({1: even(2), 2: even(0)}, weights, places=1, seed="s") == {
        1: Certainty(),
        2: Certainty(),
    }


def test_an_idea_nobody_scored_has_no_certainty_and_takes_no_place():
    certainty = bootstrap({1: even(2), 2: {}, 3: even(1)}, WEIGHTS, places=2, seed="s")
    assert certainty == {1: Certainty(1, 1, Fraction(1)), 2: Certainty(), 3: Certainty(2, 2, Fraction(1))}


def test_an_idea_that_one_expert_of_many_scored_is_not_clear():
    answers = {idea: even(1, experts="abcdef") for idea in range(2, 6)} | {1: even(2, experts="a")}
    certainty = bootstrap(answers, WEIGHTS, places=3, seed="s")
    # It has no score in the replicates without that expert, (5/6)^6 or a third of them, and then ranks last.
    assert (certainty[1].low_rank, certainty[1].high_rank) == (1, 5)
    assert abs(certainty[1].probability - (1 - Fraction(5, 6) ** 6)) < Fraction(1, 20)
    assert certainty[1].band == BORDERLINE


def test_more_places_than_ideas_take_all_that_have_a_score():
    certainty = bootstrap({1: even(2), 2: even(0), 3: {}}, WEIGHTS, places=10, seed="s")
    assert [sure.probability for sure in certainty.values()] == [1, 1, None]


def test_no_places_leave_all_out():
    certainty = bootstrap({1: even(2), 2: even(0)}, WEIGHTS, places=0, seed="s")
    assert [sure.probability for sure in certainty.values()] == [0, 0]


@pytest.mark.parametrize("seed", range(10))
def test_names_and_orders_do_not_matter(seed):
    random = Random(seed)
    answers = panel(random, ideas=8, experts=6)
    names = dict(zip(range(6), random.sample("uvwxyz", 6), strict=True))
    renamed = {
        idea: {names[e]: dict(reversed(sheet.items())) for e, sheet in reversed(answers[idea].items())}
        for idea in reversed(answers)
    }
    weights = dict(reversed(WEIGHTS.items()))
    assert bootstrap(renamed, weights, places=3, seed="s") == bootstrap(answers, WEIGHTS, places=3, seed="s")


@pytest.mark.parametrize("seed", range(5))
def test_scaling_all_weights_changes_nothing(seed):
    answers = panel(Random(seed), ideas=8, experts=5)
    scaled = {c: 12 * w for c, w in WEIGHTS.items()}
    assert bootstrap(answers, scaled, places=3, seed="s") == bootstrap(answers, WEIGHTS, places=3, seed="s")


@pytest.mark.parametrize("seed", range(5))
def test_probabilities_sum_to_the_places(seed):
    answers = panel(Random(seed), ideas=9, experts=7, choices=(0, 1, 2))
    certainty = bootstrap(answers, WEIGHTS, places=4, seed="s", replicates=100)
    assert sum(sure.probability for sure in certainty.values()) == 4


def test_another_seed_gives_other_draws():
    answers = panel(Random(1), ideas=8, experts=5)
    assert bootstrap(answers, WEIGHTS, places=3, seed="s") != bootstrap(answers, WEIGHTS, places=3, seed="t")


def test_500_ideas_and_20_experts_take_two_seconds_at_most():
    weights = {f"c{number}": 5 + number for number in range(6)}
    answers = panel(Random(1), ideas=500, experts=20, weights=weights, choices=(0, 1, 2, 2, 1, 0, None))
    start = process_time()
    bootstrap(answers, weights, places=17, seed="s")
    assert process_time() - start < 2
