import pytest

from ogp_network.charts import LONGEST, STEPS, TILE, bar_chart, line, pairs, tally, tile_map

PLACES = [("a", "Ayr", ["Ayr"], 0, 0), ("b", "Bath", ["Bath"], 2, 1)]


def test_long_labels_get_room_and_longer_ones_are_cut():
    long, longer = "Government and civil society forum", "A department with a name that has no end in sight"
    chart = bar_chart([(long, 1), (longer, -2), ("Short", 1)])
    assert [bar.drawn_label for bar in chart.bars] == [long, "A department with a name that has…", "Short"]
    assert [bar.label for bar in chart.bars] == [long, longer, "Short"]
    assert (chart.start, chart.bars[1].length, chart.bars[1].figure_x) == (314, 0, 322)
    assert chart.width - chart.start == bar_chart([("Short", 1)]).width - 190


def test_bars_are_as_long_as_their_numbers_say():
    chart = bar_chart([("One", 10), ("Two", 5), ("None", 0)])
    assert [bar.length for bar in chart.bars] == [LONGEST, LONGEST / 2, 0]
    assert [bar.value for bar in chart.bars] == [10, 5, 0]


def test_bars_and_figures_stay_in_the_picture_and_apart():
    chart = bar_chart([(str(number), number) for number in range(12)])
    assert all(bar.figure_x < chart.width and bar.y + chart.bar_height <= chart.height for bar in chart.bars)
    assert all(b.y - a.y > chart.bar_height for a, b in zip(chart.bars, chart.bars[1:], strict=False))


def test_nothing_makes_an_empty_chart():
    assert bar_chart([]).bars == []
    assert bar_chart([("None", 0)]).bars[0].length == 0
    assert tile_map([], {}).tiles == []


def test_tiles_lie_on_their_grid_in_steps():
    chart = tile_map(PLACES, {"a": 8, "elsewhere": 99})
    assert [(tile.x, tile.y, tile.value, tile.step) for tile in chart.tiles] == [
        (0, 0, 8, STEPS),
        (2 * TILE, TILE, 0, 0),
    ]
    assert (chart.width, chart.height) == (3 * TILE, 2 * TILE)


def test_any_number_is_darker_than_none():
    [ayr, bath] = tile_map(PLACES, {"a": 1, "b": 1000}).tiles
    assert (ayr.step, bath.step) == (1, STEPS)


def test_every_fifth_stroke_goes_across_the_four_before_it():
    assert tally(0).strokes == []
    chart = tally(7)
    assert [stroke.endswith("v56") for stroke in chart.strokes] == [True] * 4 + [False] + [True] * 2
    assert (chart.width, chart.height, chart.per) == (160, 80, 1)


@pytest.mark.parametrize(
    ("number", "strokes", "per"), [(100, 100, 1), (101, 50, 2), (2000, 100, 20), (1, 1, 1)]
)
def test_strokes_stand_for_more_where_there_are_too_many(number, strokes, per):
    chart = tally(number)
    assert (len(chart.strokes), chart.per) == (strokes, per)
    assert chart.width <= 400 and chart.height <= 320


def test_a_line_goes_from_edge_to_edge_and_its_area_lies_below():
    chart = line([(10, 0), (15, 5), (20, 10)])
    assert chart.line == "M0.0 159.0L300.0 84.0L600.0 9.0"
    assert chart.area == f"{chart.line}V160H0Z"
    assert line([]).line == ""


def test_each_kind_of_bar_has_a_scale_of_its_own():
    [first, second] = pairs([("A", "a", 2, 0), ("B", "b", 1, 50)])
    assert (first.first_length, first.second_length) == (100, 0)
    assert (second.first_length, second.second_length) == (50, 100)
    assert pairs([("A", "a", 0, 0)])[0].first_length == 0
