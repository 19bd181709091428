"""Where the shapes of charts go. A leaf, and pure: takes labels and numbers, gives coordinates for templates to draw.

templates/includes/charts/ draws them as SVG and puts the same figures in a table; style sheets colour them by class.
"""

from itertools import count
from textwrap import shorten
from typing import NamedTuple

ROW, BAR, GAP = 34, 18, 8
LABELS, LONGEST, FIGURES = 190, 330, 60
# A label has room for so many letters; more than MOST_LETTERS are cut, and the table has them.
LETTER, MOST_LETTERS = 9, 36
STEPS = 4
TILE = 100
LINE_WIDTH, LINE_HEIGHT, ROOM = 600, 160, 10
# Strokes are drawn in bundles of five: FEW of them three abreast, more of them five.
BUNDLE, FEW, MOST_STROKES = 80, 30, 100


class Bar(NamedTuple):
    """One row of a bar chart, in the units of the chart's view box."""

    label: str
    drawn_label: str
    value: float
    y: int
    middle: int
    length: float
    figure_x: float


class BarChart(NamedTuple):
    width: int
    height: int
    bar_height: int
    start: int
    label_end: int
    bars: list[Bar]


class Tile(NamedTuple):
    """One square of a map: `step` says how dark it is, from 0 for nothing to STEPS for the most there is."""

    code: str
    label: str
    lines: list[str]
    value: int
    step: int
    x: int
    y: int


class TileMap(NamedTuple):
    width: int
    height: int
    tile: int
    tiles: list[Tile]


class Line(NamedTuple):
    """A line that rises or falls from the left edge to the right, and the area below it."""

    width: int
    height: int
    line: str
    area: str


class Pair(NamedTuple):
    """One row of two bars, whose lengths are hundredths of the longest of each kind."""

    label: str
    code: str
    first: int
    second: int
    first_length: float
    second_length: float


class Tally(NamedTuple):
    """Strokes to count by, each the path of a line, the latest last."""

    width: int
    height: int
    strokes: list[str]
    per: int


def bar_chart(rows) -> BarChart:
    """Bars from the left, one below the other, from pairs of a label and a number; one below nought has no length."""
    rows = list(rows)
    most = max((value for _, value in rows if value > 0), default=1)
    drawn = [shorten(label, MOST_LETTERS, placeholder="…") for label, _ in rows]
    start = max(LABELS, GAP + LETTER * max(map(len, drawn), default=0))
    bars = [
        Bar(
            label=label,
            drawn_label=drawn[number],
            value=value,
            y=number * ROW + (ROW - BAR) // 2,
            middle=number * ROW + ROW // 2,
            length=round(max(value, 0) / most * LONGEST, 1),
            figure_x=round(start + max(value, 0) / most * LONGEST + GAP, 1),
        )
        for number, (label, value) in enumerate(rows)
    ]
    height = max(len(bars), 1) * ROW
    return BarChart(start + LONGEST + FIGURES, height, BAR, start, start - GAP, bars)


def tile_map(places, values) -> TileMap:
    """Squares on a grid, from (code, label, lines, column, row) of each place and numbers by code."""
    most = max((values.get(code, 0) for code, *_ in places), default=0) or 1
    tiles = [
        Tile(
            code=code,
            label=label,
            lines=lines,
            value=values.get(code, 0),
            step=-(-values.get(code, 0) * STEPS // most),
            x=column * TILE,
            y=row * TILE,
        )
        for code, label, lines, column, row in places
    ]
    width = max((tile.x for tile in tiles), default=0) + TILE
    height = max((tile.y for tile in tiles), default=0) + TILE
    return TileMap(width, height, TILE, tiles)


def line(points) -> Line:
    """A line from nought through points of a position and a number, as wide and high as there is room."""
    points = list(points)
    start, end = (points[0][0], points[-1][0]) if points else (0, 0)
    most = max((number for _, number in points), default=0) or 1
    drawn = [
        (
            round((position - start) / ((end - start) or 1) * LINE_WIDTH, 1),
            round(LINE_HEIGHT - max(number, 0) / most * (LINE_HEIGHT - ROOM) - 1, 1),
        )
        for position, number in points
    ]
    way = "L".join(f"{x} {y}" for x, y in drawn)
    area = f"M{way}V{LINE_HEIGHT}H0Z" if drawn else ""
    return Line(LINE_WIDTH, LINE_HEIGHT, f"M{way}" if drawn else "", area)


def pairs(rows) -> list[Pair]:
    """Two bars a row, from (label, code, number, number); each kind of number has a scale of its own."""
    rows = list(rows)
    most = [max((row[place] for row in rows), default=0) or 1 for place in (2, 3)]
    return [
        Pair(label, code, first, second, round(first / most[0] * 100, 1), round(second / most[1] * 100, 1))
        for label, code, first, second in rows
    ]


def tally(number: int) -> Tally:
    """A stroke for each of so many things, every fifth across the four before it; for more than MOST_STROKES things
    each stroke stands for `per` of them, and what is left over for none.
    """
    per = next(step for step in _steps() if number // step <= MOST_STROKES)
    number //= per
    abreast = 3 if number <= FEW else 5
    strokes = []
    for index in range(number):
        bundle, place = divmod(index, 5)
        x, y = bundle % abreast * BUNDLE + 16, bundle // abreast * BUNDLE + 12
        strokes.append(f"M{x - 8} {y + 44} {x + 56} {y + 12}" if place == 4 else f"M{x + place * 16} {y}v56")
    bundles = -(-number // 5)
    return Tally(min(bundles, abreast) * BUNDLE, -(-bundles // abreast) * BUNDLE, strokes, per)


def _steps():
    """1, 2, 5, 10, 20, 50 and so on."""
    return (digit * 10**zeros for zeros in count() for digit in (1, 2, 5))
