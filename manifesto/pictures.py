"""The geometry of the pictures of a panel's ranking; templates draw it. Lengths are texts, ready for SVG."""

from dataclasses import dataclass
from math import ceil, log10

from .panel import CLEAR_IN, CLEAR_OUT

SHADES = 5
CELL_WIDTH, CELL_HEIGHT, LABEL_WIDTH = 48, 24, 40
PLOT_WIDTH, PLOT_HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 420, 48, 24, 16, 48
# More labels than these would lie on one another.
MOST_LABELS = 40


@dataclass(frozen=True)
class Interval:
    """A bar on a scale of 100: where it begins, its width, the rank itself, and the last of the first places."""

    start: str
    width: str
    rank: str
    cut: str
    band: str


@dataclass(frozen=True)
class Cell:
    x: str
    middle: str
    text: str
    shade: int


@dataclass(frozen=True)
class Line:
    label: str
    y: str
    middle: str
    cells: list[Cell]


@dataclass(frozen=True)
class HeatMap:
    """Criteria across, ideas down: `heads` holds pairs of where a column's middle lies and its letter."""

    width: int
    height: int
    heads: list[tuple[str, str]]
    lines: list[Line]


@dataclass(frozen=True)
class Mark:
    x: str
    y: str
    shape: str
    label: str
    title: str


@dataclass(frozen=True)
class Plot:
    """Public support across, the experts' score upwards; ticks are pairs of a place and its text."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    across: list[tuple[str, str]]
    upwards: list[tuple[str, str]]
    marks: list[Mark]


def interval(certainty, rank, *, ideas, places) -> Interval | None:
    """The bar of an idea's ranks in nine of ten replicates; None where there are none."""
    if certainty.low_rank is None:
        return None
    step = 100 / ideas
    return Interval(
        start=_length((certainty.low_rank - 1) * step),
        width=_length((certainty.high_rank - certainty.low_rank + 1) * step),
        rank=_length((rank - 0.5) * step),
        cut=_length(min(places, ideas) * step),
        band=certainty.band,
    )


def heat_map(rows) -> HeatMap:
    """From pairs of an idea's number and the means of its criteria, from 0 to 1 or None."""
    columns = max((len(means) for _, means in rows), default=0)
    lines = [
        Line(
            label=str(number),
            y=_length((at + 1) * CELL_HEIGHT),
            middle=_length((at + 1.5) * CELL_HEIGHT),
            cells=[_cell(column, mean) for column, mean in enumerate(means) if mean is not None],
        )
        for at, (number, means) in enumerate(rows)
    ]
    return HeatMap(
        width=LABEL_WIDTH + columns * CELL_WIDTH,
        height=(len(rows) + 1) * CELL_HEIGHT,
        heads=[(_length(LABEL_WIDTH + (c + 0.5) * CELL_WIDTH), letter(c)) for c in range(columns)],
        lines=lines,
    )


def letter(column) -> str:
    """A, B, C … for the criteria in their order."""
    return chr(ord("A") + column) if column < 26 else str(column + 1)


def scatter(points) -> Plot:
    """From (number, title, supporters, score or None, band) for each idea; those without a score are left out."""
    points = [point for point in points if point[3] is not None]
    step = _step(max((supporters for _, _, supporters, *_ in points), default=0))
    most = step * max(1, ceil(max((supporters for _, _, supporters, *_ in points), default=1) / step))
    width, height = PLOT_WIDTH - LEFT - RIGHT, PLOT_HEIGHT - TOP - BOTTOM

    def x(supporters):
        return _length(LEFT + supporters / most * width)

    def y(score):
        return _length(TOP + (1 - float(score) / 100) * height)

    return Plot(
        width=PLOT_WIDTH,
        height=PLOT_HEIGHT,
        left=LEFT,
        right=PLOT_WIDTH - RIGHT,
        top=TOP,
        bottom=PLOT_HEIGHT - BOTTOM,
        across=[(x(tick), str(tick)) for tick in range(0, most + 1, step)],
        upwards=[(y(tick), str(tick)) for tick in range(0, 101, 25)],
        marks=[
            Mark(
                x(supporters),
                y(score),
                _shape(band),
                str(number) if len(points) <= MOST_LABELS else "",
                title,
            )
            for number, title, supporters, score, band in points
        ],
    )


def _cell(column, mean):
    left = LABEL_WIDTH + column * CELL_WIDTH
    return Cell(
        x=_length(left),
        middle=_length(left + CELL_WIDTH / 2),
        text=f"{float(mean):.2f}",
        shade=min(SHADES - 1, int(mean * SHADES)),
    )


def _shape(band):
    return {CLEAR_IN: "disc", CLEAR_OUT: "cross"}.get(band, "ring")


def _step(most):
    """1, 2 or 5 times a power of ten, so that four to ten of them reach `most`."""
    if most <= 5:
        return 1
    power = 10 ** int(log10(most / 5))
    return next(power * times for times in (1, 2, 5, 10) if most <= power * times * 10 / 2)


def _length(value) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
