from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from manifesto.ranking import priority_score, rank
from manifesto.sensitivity import PAST, first_places, sensitivity

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
