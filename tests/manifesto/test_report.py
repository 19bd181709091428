"""What a panel's analysis says in rows, words and pictures."""

import re
from fractions import Fraction
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from manifesto.analysis import analyse
from manifesto.panel import BORDERLINE, CLEAR_IN, CLEAR_OUT, Certainty
from manifesto.pictures import heat_map, interval, scatter
from manifesto.report import Report
from manifesto.standings import Table

WEIGHTS = {"lens": 2, "verifiable": 1}
CRITERIA = [SimpleNamespace(slug=slug, name=slug.title(), weight=weight) for slug, weight in WEIGHTS.items()]


def report_of(answers, *, places=2, declared=(), excluded=None):
    ideas = {
        number: SimpleNamespace(
            number=number, title=f"Idea {number}", supporters=number, aspects={"Theme": ["A"]}
        )
        for number in answers
    }
    panel = SimpleNamespace(
        analysis=analyse(answers, WEIGHTS, places=places, seed="s", declared=declared),
        balance=None,
        exclusions=excluded or {},
        outdated={},
        supporters={},
    )
    return Report(panel, ideas=ideas, criteria=CRITERIA)


def sheets(*half_points):
    return {expert: {"lens": lens, "verifiable": other} for expert, (lens, other) in enumerate(half_points)}


CLEAR = {1: sheets((2, 2), (2, 2)), 2: sheets((1, 1), (1, 1)), 3: sheets((0, 0), (0, 0))}
MIXED = {1: sheets((2, 0), (0, 2)), 2: sheets((0, 2), (2, 0)), 3: sheets((1, 1), (1, 1))}
NOTHING = {1: {}, 2: {}}


def test_standings_say_rank_interval_and_chance():
    rows = report_of(CLEAR, places=1).standings
    assert [(row.result.rank_text, row.interval_text, row.probability_text) for row in rows] == [
        ("1", "1", "100%"),
        ("2", "2", "0%"),
        ("3", "3", "0%"),
    ]


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (Fraction(1999, 2000), "over 99%"),
        (Fraction(1, 2000), "under 1%"),
        (Fraction(1, 3), "33%"),
        (None, "–"),
    ],
)
def test_chance_is_never_rounded_to_certainty(probability, text):
    row = report_of(CLEAR).standings[0]
    object.__setattr__(row, "certainty", Certainty(1, 1, probability))
    assert row.probability_text == text


def test_agreement_is_said_in_words():
    assert report_of(CLEAR).alpha_text == "1.00"
    assert report_of(CLEAR).alpha_words.startswith("They agree closely")
    assert report_of(MIXED).alpha_text.startswith("−")
    assert report_of(MIXED).alpha_words.startswith("They agree no more than chance")
    assert report_of(NOTHING).alpha_words.startswith("There are too few answers")


def test_weights_that_cannot_change_anything_are_said_so():
    assert [words for _, words in report_of(CLEAR).leeways] == [
        ["However much or little it counts, the same ideas come first."]
    ] * 2


def test_weights_that_can_are_said_with_what_would_change():
    answers = {1: sheets((2, 0), (2, 0)), 2: sheets((0, 2), (0, 2))}
    assert [words for _, words in report_of(answers, places=1).leeways] == [
        ["If it counted less than 1: idea 2 would come in for idea 1."],
        ["If it counted more than 2: idea 2 would come in for idea 1."],
    ]


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ([], ""),
        ([(3, 0)], "Without the scores beside declared conflicts nothing changes."),
        (
            [(1, 1)],
            "Without the scores beside declared conflicts idea 1 would come in for idea 2; 2 ideas have another rank.",
        ),
    ],
)
def test_what_changes_without_declared_conflicts(declared, words):
    answers = {1: sheets((2, 2), (0, 0)), 2: sheets((2, 1), (1, 1)), 3: sheets((0, 0), (0, 0))}
    assert report_of(answers, places=1, declared=declared).without_declared == words


def test_table_orders_by_any_column_both_ways_with_the_unknown_last():
    report = report_of({**CLEAR, 4: {}})
    assert [row.idea.number for row in Table(report, "supporters").rows] == [4, 3, 2, 1]
    assert [row.idea.number for row in Table(report, "-criterion-lens").rows] == [3, 2, 1, 4]
    table = Table(report, "score")
    assert [(head.name, head.order) for head in table.heads if head.sort] == [("Score", "-score")]
    assert Table(report, "drop table").order == "rank"


def parsed(picture):
    return ElementTree.fromstring(picture)


def test_intervals_are_drawn_to_scale_with_a_shape_for_each_band():
    bar = interval(Certainty(2, 4, Fraction(1, 2)), 3, ideas=10, places=5, label="Rank 3")
    parts = {part.get("class"): part for part in parsed(bar)}
    span, cut, tick = (parts[f"interval-{name}"] for name in ("span", "cut", "tick"))
    assert (span.get("x"), span.get("width"), cut.get("x1"), tick.get("x1")) == (
        "10.00",
        "30.00",
        "50.00",
        "25.00",
    )
    assert interval(Certainty(), None, ideas=10, places=5, label="") is None


def test_heat_map_leaves_out_what_nobody_answered():
    picture = parsed(heat_map([(7, [Fraction(1, 4), None, Fraction(1)])], label="Means"))
    texts = ["".join(text.itertext()) for text in picture.iter("text")]
    assert texts == ["A", "B", "C", "7", "0.25", "1.00"]
    assert [box.get("class") for box in picture.iter("rect")] == ["heat-1", "heat-4"]


def test_scatter_escapes_titles_and_places_marks():
    points = [
        (1, "<b>One</b>", 0, Fraction(0), CLEAR_OUT),
        (2, "Two", 50, Fraction(100), CLEAR_IN),
        (3, "Three", 25, Fraction(50), BORDERLINE),
        (4, "Four", 25, None, None),
    ]
    picture = scatter(points, label="Plot", across="Supporters", upwards="Score")
    assert "<b>" not in picture
    marks = [part for part in parsed(picture) if part.tag == "g"]
    assert [mark.get("transform") for mark in marks] == [
        "translate(48.0 372.0)",
        "translate(616.0 16.0)",
        "translate(332.0 194.0)",
    ]


@pytest.mark.parametrize("number", [0, 1, 500])
def test_scatter_of_any_number_is_drawn_and_labels_only_few(number):
    points = [(n, f"Idea {n}", n, Fraction(n % 100), BORDERLINE) for n in range(number)]
    assert len(
        re.findall("plot-label", scatter(points, label="Plot", across="Supporters", upwards="Score"))
    ) == (number if number <= 40 else 0)


def test_pictures_carry_no_style_of_their_own():
    report = report_of(MIXED)
    pictures = [report.scatter, report.heat_map(report.standings), *(row.bar for row in report.standings)]
    assert [picture for picture in pictures if "style" in picture] == []
