import json
from fractions import Fraction
from random import Random

import pytest

from manifesto.ranking import (
    Result,
    average_agreement,
    criterion_mean,
    fixed,
    listing_order,
    priority_score,
    rank,
)

WEIGHTS = {"lens": 2, "verifiable": 1, "results": 3}


def sheet(lens, verifiable, results):
    return {"lens": lens, "verifiable": verifiable, "results": results}


def order(results):
    return [(result.idea, result.rank) for result in results]


def random_panel(random, ideas=8, experts=5):
    return {
        idea: {expert: {c: random.choice([0, 1, 2, None]) for c in WEIGHTS} for expert in range(experts)}
        for idea in range(1, ideas + 1)
    }


def test_criterion_mean_is_of_the_answers_given():
    assert criterion_mean([2, 1, None, 0, 2]) == Fraction(5, 8)


def test_criterion_mean_is_none_when_nobody_knows():
    assert criterion_mean([None, None]) is None


def test_rank_computes_a_hand_worked_case():
    # lens (2 + 1)/4 = 3/4, verifiable 2/2 = 1, results (1 + 0)/4 = 1/4
    # score 100 · (2·3/4 + 1·1 + 3·1/4) / 6 = 100 · 13/24
    # agreement (1/2 + 1/1 + 1/2) / 3 = 2/3
    (result,) = rank({7: {"a": sheet(2, 2, 1), "b": sheet(1, None, 0)}}, WEIGHTS)
    assert result.means == {"lens": Fraction(3, 4), "verifiable": Fraction(1), "results": Fraction(1, 4)}
    assert result.score == Fraction(1300, 24)
    assert result.agreement == Fraction(2, 3)
    assert (result.rank, result.scorers, result.is_incomplete) == (1, 2, False)


def test_unanswered_criterion_is_left_out_and_marks_the_idea():
    (result,) = rank({1: {"a": sheet(2, None, 0)}}, WEIGHTS)
    assert result.score == Fraction(200, 5)
    assert result.means["verifiable"] is None
    assert result.is_incomplete is True


def test_unanswered_criterion_is_left_out_of_the_agreement():
    assert average_agreement([[1, 1, 2], [None, None, None]]) == Fraction(2, 3)


def test_several_commonest_answers_count_once():
    assert average_agreement([[0, 0, 2, 2, None]]) == Fraction(1, 2)


def test_one_expert_always_agrees():
    (result,) = rank({1: {"a": sheet(0, 1, 2)}}, WEIGHTS)
    assert result.agreement == 1


@pytest.mark.parametrize("panel", [{}, {"a": sheet(None, None, None)}])
def test_idea_without_answers_is_unranked(panel):
    (result,) = rank({1: panel}, WEIGHTS)
    assert (result.rank, result.score, result.agreement, result.scorers) == (None, None, None, 0)
    assert result.is_incomplete is True
    assert (result.rank_text, result.score_text, result.agreement_text) == ("–", "–", "–")


def test_weights_summing_to_zero_leave_ideas_unranked():
    results = rank({2: {"a": sheet(2, 2, 2)}, 1: {"a": sheet(1, 1, 0)}}, dict.fromkeys(WEIGHTS, 0))
    assert order(results) == [(1, None), (2, None)]
    assert [result.agreement for result in results] == [1, 1]


def test_answers_that_weigh_nothing_leave_the_idea_unranked():
    (result,) = rank({1: {"a": sheet(2, None, None)}}, {"lens": 0, "verifiable": 1, "results": 1})
    assert result.score is None


def test_no_criteria_leave_ideas_unranked():
    (result,) = rank({1: {"a": {}}}, {})
    assert (result.rank, result.score, result.is_incomplete) == (None, None, False)


def test_no_ideas_make_an_empty_ranking():
    assert rank({}, WEIGHTS) == []


def test_ties_share_a_rank_and_leave_the_next_one_out():
    answers = {
        1: {"a": sheet(0, 0, 0)},
        2: {"a": sheet(1, 1, 1)},
        3: {"a": sheet(2, 2, 2)},
        4: {"a": sheet(1, 1, 1)},
    }
    results = rank(answers, WEIGHTS)
    assert order(results) == [(3, 1), (2, 2), (4, 2), (1, 4)]
    assert [result.rank_text for result in results] == ["1", "2=", "2=", "4"]


def test_greater_agreement_is_listed_first_inside_a_tie():
    split = {"a": sheet(2, 2, 2), "b": sheet(0, 0, 0)}
    agreed = {"a": sheet(1, 1, 1), "b": sheet(1, 1, 1)}
    assert order(rank({1: split, 2: agreed}, WEIGHTS)) == [(2, 1), (1, 1)]


def test_scores_closer_than_a_float_can_tell_are_not_a_tie():
    weights = {"lens": 10**18, "verifiable": 1}
    answers = {1: {"a": {"lens": 2, "verifiable": 0}}, 2: {"a": {"lens": 2, "verifiable": 1}}}
    assert order(rank(answers, weights)) == [(2, 1), (1, 2)]


def test_answers_to_other_criteria_are_ignored():
    (result,) = rank({1: {"a": {**sheet(2, 2, 2), "gone": 0}}}, WEIGHTS)
    assert result.score == 100


def test_expert_who_knows_nothing_changes_nothing_but_stays_uncounted():
    panel = {"a": sheet(2, 1, 0)}
    assert rank({1: {**panel, "b": sheet(None, None, None)}}, WEIGHTS) == rank({1: panel}, WEIGHTS)


@pytest.mark.parametrize("seed", range(20))
def test_order_of_experts_and_ideas_does_not_matter(seed):
    random = Random(seed)
    answers = random_panel(random)
    shuffled = {
        idea: dict(random.sample(list(answers[idea].items()), len(answers[idea])))
        for idea in random.sample(list(answers), len(answers))
    }
    assert rank(shuffled, WEIGHTS) == rank(answers, WEIGHTS)


@pytest.mark.parametrize("seed", range(20))
def test_scaling_all_weights_changes_nothing(seed):
    answers = random_panel(Random(seed))
    assert rank(answers, {c: 7 * w for c, w in WEIGHTS.items()}) == rank(answers, WEIGHTS)


@pytest.mark.parametrize("seed", range(20))
def test_dont_know_is_the_same_as_no_answer(seed):
    answers = random_panel(Random(seed))
    silent = {
        idea: {e: {c: v for c, v in sheet.items() if v is not None} for e, sheet in panel.items()}
        for idea, panel in answers.items()
    }
    assert rank(silent, WEIGHTS) == rank(answers, WEIGHTS)


@pytest.mark.parametrize("seed", range(20))
def test_raising_an_answer_never_lowers_the_score(seed):
    random = Random(seed)
    panel = random_panel(random, ideas=1)[1]
    (before,) = rank({1: panel}, WEIGHTS)
    given = [(e, c) for e, sheet in panel.items() for c, v in sheet.items() if v in (0, 1)]
    expert, criterion = random.choice(given)
    panel[expert][criterion] += 1
    (after,) = rank({1: panel}, WEIGHTS)
    assert after.score > before.score


@pytest.mark.parametrize("seed", range(20))
def test_rank_is_one_more_than_the_ideas_that_score_higher(seed):
    results = rank(random_panel(Random(seed), ideas=15, experts=2), WEIGHTS)
    scored = [result for result in results if result.score is not None]
    assert [r.rank for r in scored] == [1 + sum(o.score > r.score for o in scored) for r in scored]
    assert results == sorted(results, key=listing_order)
    assert all(0 <= r.score <= 100 and Fraction(1, 3) <= r.agreement <= 1 for r in scored)


def test_priority_score_from_means_weighs_them():
    assert priority_score({"lens": Fraction(1, 2), "verifiable": None, "results": Fraction(1)}, WEIGHTS) == 80


@pytest.mark.parametrize(
    "value, places, text",
    [
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(175, 2), 1, "87.5"),
        (Fraction(200, 3), 1, "66.7"),
        (Fraction(1999, 20), 1, "100.0"),
        (Fraction(1, 20), 1, "0.1"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(0), 2, "0.00"),
    ],
)
def test_fixed_rounds_a_half_up(value, places, text):
    assert fixed(value, places) == text


def test_a_result_comes_back_from_json_as_it_was():
    answers = {
        1: {"a": sheet(2, None, 1), "b": sheet(1, 1, 0)},
        2: {},
        3: {"a": sheet(2, None, 1), "b": sheet(1, 1, 0)},
    }
    results = rank(answers, WEIGHTS)
    assert [Result.from_plain(json.loads(json.dumps(result.as_plain()))) for result in results] == results
    assert list(Result.from_plain(results[0].as_plain()).means) == list(WEIGHTS)


# Salam SS, Ameen S, Balen J, et al. Research prioritisation on prevention and management of preterm birth in low and
# middle-income countries (LMICs) with a special focus on Bangladesh using the Child Health and Nutrition Research
# Initiative (CHNRI) method. J Glob Health 2023;13:07004. https://doi.org/10.7189/jogh.13.07004
# The first nine rows of table 4, in thousandths: answerability, effectiveness, deliverability, burden, equity, and
# the weighted research priority score.
PUBLISHED = """
984 952 945 747 895 903
928 944 923 737 918 888
923 934 884 712 959 880
916 943 929 706 871 871
936 912 877 721 920 871
944 929 907 698 879 870
952 897 895 720 876 866
911 926 921 720 851 865
961 928 938 662 819 860
"""
# The table doesn't print the weights. These are the least squares solution for its rows, to three digits.
PUBLISHED_WEIGHTS = {
    "answerability": 204,
    "effectiveness": 240,
    "deliverability": 166,
    "burden": 216,
    "equity": 174,
}


@pytest.mark.parametrize("row", PUBLISHED.split("\n")[1:-1])
def test_priority_score_reproduces_a_published_table_from_its_criterion_means(row):
    *means, published = (Fraction(int(number), 1000) for number in row.split())
    score = priority_score(dict(zip(PUBLISHED_WEIGHTS, means, strict=True)), PUBLISHED_WEIGHTS)
    assert fixed(score, 1) == fixed(100 * published, 1)
