from fractions import Fraction

import pytest

from manifesto.agreement import Dispute, alpha, contested, panel_alpha

# The example of Krippendorff (2011), p. 5: four observers, twelve units, missing values.
OBSERVERS = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""
UNITS = [
    [None if value == "." else int(value) for value in unit]
    for unit in zip(*(line.split() for line in OBSERVERS.split("\n") if line), strict=True)
]


@pytest.mark.parametrize(
    "level, published",
    [("nominal", "0.743"), ("ordinal", "0.815"), ("interval", "0.849"), ("ratio", "0.797")],
)
def test_alpha_of_the_standard_example_is_as_published(level, published):
    assert f"{float(alpha(UNITS, level)):.3f}" == published


def test_alpha_of_a_hand_worked_case():
    # Three 0 and one 1; the one pair that differs counts in both directions: 1 - 3 · 2 / (2 · 3 · 1)
    assert alpha([[0, 1], [0, 0], [1]], "nominal") == 0


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_alpha_is_one_where_all_agree(level):
    assert alpha([[1, 1], [2, 2, None], [0, 0]], level) == 1


@pytest.mark.parametrize("units", [[], [[]], [[1], [2]], [[None, 1]], [[1, 1], [1, 1]]])
def test_alpha_is_none_without_pairs_or_without_variation(units):
    assert alpha(units, "ordinal") is None


def sheet(lens, results):
    return {"lens": lens, "results": results}


def test_panel_alpha_takes_each_criterion_of_each_idea_for_a_unit():
    answers = {1: {"a": sheet(2, 0), "b": sheet(2, 1)}, 2: {"a": sheet(0, None), "b": sheet(0, 2)}}
    whole, by_criterion = panel_alpha(answers, ["lens", "results"])
    assert whole == alpha([[2, 2], [0, 0], [0, 1], [None, 2]], "ordinal")
    assert by_criterion == {"lens": 1, "results": 0}


def test_contested_ideas_come_by_the_distance_of_pairs_of_experts():
    answers = {
        1: {"a": sheet(0, 2), "b": sheet(2, 2), "c": sheet(0, None)},
        2: {"a": sheet(1, 1), "b": sheet(1, 1)},
        3: {"a": sheet(2, 2)},
        4: {"a": sheet(0, 1), "b": sheet(0, 1)},
        5: {"a": sheet(0, None), "b": sheet(1, None)},
    }
    # Idea 1: two of three pairs wholly apart on lens, none on results.
    assert contested(answers, ["lens", "results"]) == [
        Dispute(5, Fraction(1, 2), 1),
        Dispute(1, Fraction(1, 3), 4),
        Dispute(2, Fraction(0), 2),
        Dispute(4, Fraction(0), 2),
    ]
