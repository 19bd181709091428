from fractions import Fraction
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manifesto.ranking import priority_score, rank
from manifesto.sensitivity import PAST, Differences, Leeway, Move, differences, first_places, sensitivity

WEIGHTS = {"lens": 2, "verifiable": 1, "results": 3}


def first_at(results, weights, places):
    """The set in the first places with other weights, by the book."""
    scores = {result.idea: priority_score(result.means, weights) for result in results}
    scored = [result for result in results if scores[result.idea] is not None]
    scored.sort(key=lambda result: (-scores[result.idea], -result.agreement, result.idea))
    return {result.idea for result in scored[:places]}


@st.composite
def rankings(draw):
    criteria = [f"c{number}" for number in range(draw(st.integers(1, 3)))]
    weights = {criterion: draw(st.integers(0, 4)) for criterion in criteria}
    answer = st.sampled_from([0, 1, 2, None])
    answers = {
        idea: {expert: {c: draw(answer) for c in criteria} for expert in range(draw(st.integers(0, 3)))}
        for idea in range(draw(st.integers(0, 6)))
    }
    return rank(answers, weights), weights


@settings(max_examples=500, deadline=None)
@given(rankings(), st.integers(0, 6))
def test_the_first_places_change_there_and_not_before(drawn, places):
    results, weights = drawn
    now = set(first_places(results, places))
    for leeway in sensitivity(results, weights, places=places):
        assert leeway.weight == weights[leeway.criterion]

        def at(weight, criterion=leeway.criterion):
            return first_at(results, {**weights, criterion: weight}, places)

        for move, end in ((leeway.down, Fraction(0)), (leeway.up, Fraction(1000))):
            span = (end if move is None else move.weight) - leeway.weight
            steps = [leeway.weight + span * Fraction(step, 40) for step in range(40)]
            assert {frozenset(at(weight)) for weight in steps} == {frozenset(now)}
            if move is None:
                assert at(end) == now
            else:
                past = move.weight + (PAST if end else -min(PAST, move.weight / 2))
                then = next(found for found in (at(move.weight), at(past)) if found != now)
                assert (set(move.enter), set(move.leave)) == (then - now, now - then)


def leeways(answers, weights, *, places=1):
    return sensitivity(
        rank({idea: {"a": sheet} for idea, sheet in answers.items()}, weights), weights, places=places
    )


def test_a_weight_moves_until_two_scores_are_equal():
    # (3·1 + 1/2)/4 against (3/2 + 1)/4: equal where both weights are; then the lower number goes first.
    assert leeways({1: {"lens": 2, "cost": 1}, 2: {"lens": 1, "cost": 2}}, {"lens": 3, "cost": 1}) == [
        Leeway("lens", 3, down=Move(Fraction(1), enter=(2,), leave=(1,)), up=None),
        Leeway("cost", 1, down=None, up=Move(Fraction(3), enter=(2,), leave=(1,))),
    ]


def test_any_move_breaks_a_tie_across_the_cut():
    assert leeways({1: {"lens": 2, "cost": 1}, 2: {"lens": 1, "cost": 2}}, {"lens": 1, "cost": 1}) == [
        Leeway("lens", 1, down=Move(Fraction(1), enter=(2,), leave=(1,)), up=None),
        Leeway("cost", 1, down=None, up=Move(Fraction(1), enter=(2,), leave=(1,))),
    ]


def test_a_tie_that_the_rule_gives_to_the_other_idea_changes_the_places_itself():
    # As above, but the idea that leads now has the higher number.
    (lens, _) = leeways({2: {"lens": 2, "cost": 1}, 1: {"lens": 1, "cost": 2}}, {"lens": 3, "cost": 1})
    assert lens.down == Move(Fraction(1), enter=(1,), leave=(2,))


def test_an_irrational_weight_is_rounded_towards_the_weight_as_it_is():
    # (x/2 + 1)/(x + 1) against (x + 1/2)/(x + 2): equal where x² - x - 3 = 0, at (1 + √13)/2 = 2.3027756377…
    answers = {1: {"x": 1, "y": 2}, 2: {"x": 2, "y": 1, "z": 0}}
    x, *_ = leeways(answers, {"x": 1, "y": 1, "z": 1})
    assert x.up == Move(Fraction("2.302775637"), enter=(2,), leave=(1,))
    assert x.down is None
    x, *_ = leeways(answers, {"x": 3, "y": 1, "z": 1})
    assert x.down == Move(Fraction("2.302775638"), enter=(1,), leave=(2,))


def test_an_idea_scored_by_one_criterion_alone_falls_out_where_that_weighs_nothing():
    answers = {1: {"lens": 2, "cost": None}, 2: {"lens": 1, "cost": 0}}
    assert leeways(answers, {"lens": 1, "cost": 1}) == [
        Leeway("lens", 1, down=Move(Fraction(0), enter=(2,), leave=(1,)), up=None),
        Leeway("cost", 1, down=None, up=None),
    ]


def test_weights_that_sum_to_zero_change_at_once():
    answers = {1: {"lens": 2, "cost": 0}, 2: {"lens": 1, "cost": 2}}
    assert leeways(answers, {"lens": 0, "cost": 0}) == [
        Leeway("lens", 0, down=None, up=Move(Fraction(0), enter=(1,), leave=())),
        Leeway("cost", 0, down=None, up=Move(Fraction(0), enter=(2,), leave=())),
    ]


@pytest.mark.parametrize("places", [0, 2, 9])
def test_no_move_changes_places_for_all_or_for_none(places):
    for leeway in leeways(
        {1: {"lens": 2, "cost": 0}, 2: {"lens": 1, "cost": 2}}, {"lens": 2, "cost": 1}, places=places
    ):
        assert (leeway.down, leeway.up) == (None, None)


def test_no_ideas_and_no_criteria_are_no_trouble():
    assert sensitivity([], {"lens": 1}, places=2) == [Leeway("lens", 1, None, None)]
    assert sensitivity(rank({1: {}}, {}), {}, places=2) == []


@pytest.mark.parametrize("places", [17, 250])
def test_500_ideas_take_half_a_second_at_most(places):
    random, weights = Random(1), {f"c{number}": 5 + number for number in range(6)}
    results = rank(
        {
            idea: {expert: {c: random.choice([0, 1, 2, None]) for c in weights} for expert in range(20)}
            for idea in range(500)
        },
        weights,
    )
    start = process_time()
    sensitivity(results, weights, places=places)
    assert process_time() - start < 0.5


def test_differences_name_the_places_and_every_rank_that_moves():
    one = rank({1: {"a": {"lens": 2}}, 2: {"a": {"lens": 1}}, 3: {"a": {"lens": 0}}, 4: {}}, {"lens": 1})
    other = rank({1: {}, 2: {"a": {"lens": 1}}, 3: {"a": {"lens": 1}}, 4: {"a": {"lens": 2}}}, {"lens": 1})
    assert differences(one, other, 2) == Differences(
        enter=(4,), leave=(1,), moved=((1, 1, None), (3, 3, 2), (4, None, 1))
    )
    assert not differences(one, one, 2)


def test_differences_include_ideas_that_only_one_ranking_holds():
    one, other = (rank({idea: {"a": {"lens": 2}}}, {"lens": 1}) for idea in (1, 2))
    assert differences(one, other, 1) == Differences(
        enter=(2,), leave=(1,), moved=((1, 1, None), (2, None, 1))
    )
