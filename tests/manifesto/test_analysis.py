import json
from random import Random

import pytest

from manifesto.analysis import Analysis, analyse
from manifesto.sensitivity import Differences

WEIGHTS = {"lens": 2, "verifiable": 1, "results": 3}


def panel(random, *, ideas, experts, choices=(0, 1, 2, None)):
    return {
        idea: {expert: {c: random.choice(choices) for c in WEIGHTS} for expert in range(experts)}
        for idea in range(1, ideas + 1)
    }


@pytest.mark.parametrize("declared", [(), [(1, 0), (3, 2)]])
def test_an_analysis_comes_back_from_json_as_it_was(declared):
    analysis = analyse(panel(Random(4), ideas=9, experts=5), WEIGHTS, places=3, seed="s", declared=declared)
    assert Analysis.from_plain(json.loads(json.dumps(analysis.as_plain()))) == analysis
    assert list(Analysis.from_plain(analysis.as_plain()).alpha_by_criterion) == list(WEIGHTS)


@pytest.mark.parametrize("answers", [{}, {1: {}, 2: {}}, {1: {"a": {"lens": None}}}, {1: {"a": {"lens": 2}}}])
@pytest.mark.parametrize("weights", [WEIGHTS, dict.fromkeys(WEIGHTS, 0), {}])
@pytest.mark.parametrize("places", [0, 1, 5])
def test_an_analysis_of_almost_nothing_is_made_and_kept(answers, weights, places):
    analysis = analyse(answers, weights, places=places, seed="s")
    assert Analysis.from_plain(json.loads(json.dumps(analysis.as_plain()))) == analysis


def test_without_declared_conflicts_the_ranking_is_made_anew():
    answers = {
        1: {"a": dict.fromkeys(WEIGHTS, 2), "b": dict.fromkeys(WEIGHTS, 0)},
        2: {"a": dict.fromkeys(WEIGHTS, 1), "b": dict.fromkeys(WEIGHTS, 2)},
    }
    analysis = analyse(answers, WEIGHTS, places=1, seed="s", declared=[(1, "b"), (2, "nobody")])
    assert analysis.without_declared == Differences(enter=(1,), leave=(2,), moved=((2, 1, 2), (1, 2, 1)))


def test_conflicts_beside_no_answer_change_nothing():
    answers = {1: {"a": dict.fromkeys(WEIGHTS, 2)}}
    assert analyse(answers, WEIGHTS, places=1, seed="s", declared=[(1, "b")]).without_declared is None
