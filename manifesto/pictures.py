"""The pictures of a panel's ranking, as SVG that goes into a page; style sheets colour it by its classes."""

from html import escape
from math import ceil, log10

from .panel import BORDERLINE, CLEAR_IN, CLEAR_OUT
from .ranking import fixed

SHADES = 5
CELL_WIDTH, CELL_HEIGHT, LABEL_WIDTH = 48, 24, 40
PLOT_WIDTH, PLOT_HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 420, 48, 24, 16, 48
# More labels than these would lie on one another.
MOST_LABELS = 40
SHAPES = {
    CLEAR_IN: ("disc", '<circle r="5"/>'),
    BORDERLINE: ("ring", '<circle r="4.5"/>'),
    CLEAR_OUT: ("cross", '<path d="M-4-4 4 4M-4 4 4-4"/>'),
    None: ("dot", '<circle r="2"/>'),
}


class Markup(str):
    """Text that is HTML already, whatever came from people being escaped in it."""

    def __html__(self):
        return self


def mark(band) -> Markup:
    """A band's shape, the same as in the plot, to stand beside its name."""
    name, shape = SHAPES[band]
    return Markup(
        f'<svg class="mark plot-{name}" viewBox="-7 -7 14 14" aria-hidden="true" focusable="false">{shape}</svg>'
    )


def interval(certainty, rank, *, ideas, places, label) -> Markup | None:
    """A bar from the best to the worst rank, with the rank itself and the end of the first places; None without."""
    if certainty.low_rank is None:
        return None
    step = 100 / ideas
    start, width = (certainty.low_rank - 1) * step, (certainty.high_rank - certainty.low_rank + 1) * step
    top, height = (4, 2) if certainty.band == CLEAR_OUT else (2, 6)
    return Markup(
        f'<svg class="interval-bar interval-{certainty.band}" viewBox="0 0 100 10" preserveAspectRatio="none"'
        f' role="img" aria-label="{escape(label)}" focusable="false">'
        f'<line class="interval-scale" x1="0" y1="5" x2="100" y2="5"/>'
        f"{_upright('interval-cut', min(places, ideas) * step)}"
        f'<rect class="interval-span" x="{start:.2f}" y="{top}" width="{width:.2f}" height="{height}"/>'
        f"{_upright('interval-halo', (rank - 0.5) * step)}{_upright('interval-tick', (rank - 0.5) * step)}</svg>"
    )


def _upright(kind, x):
    return f'<line class="{kind}" x1="{x:.2f}" y1="0" x2="{x:.2f}" y2="10"/>'


def heat_map(rows, *, label) -> Markup:
    """From pairs of an idea's number and the means of its criteria, from 0 to 1 or None: criteria across."""
    columns = max((len(means) for _, means in rows), default=0)
    width, height = LABEL_WIDTH + columns * CELL_WIDTH, (len(rows) + 1) * CELL_HEIGHT
    # Letters stand for the criteria, in every language the same: “zxx” is what is in none.
    heads = "".join(
        _text("heat-head", LABEL_WIDTH + (c + 0.5) * CELL_WIDTH, CELL_HEIGHT / 2, letter(c))
        for c in range(columns)
    )
    lines = "".join(_line(at, number, means) for at, (number, means) in enumerate(rows, start=1))
    return Markup(
        f'<svg class="heat-map" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{escape(label)}" focusable="false"><g lang="zxx">{heads}</g>{lines}</svg>'
    )


def letter(column) -> str:
    """A, B, C … for the criteria in their order."""
    return chr(ord("A") + column) if column < 26 else str(column + 1)


def _line(at, number, means):
    cells = "".join(_cell(column, at, mean) for column, mean in enumerate(means) if mean is not None)
    return _text("heat-label", LABEL_WIDTH - 8, (at + 0.5) * CELL_HEIGHT, number, "end") + cells


def _cell(column, at, mean):
    x, y, shade = LABEL_WIDTH + column * CELL_WIDTH, at * CELL_HEIGHT, min(SHADES - 1, int(mean * SHADES))
    box = f'<rect class="heat-{shade}" x="{x}" y="{y}" width="{CELL_WIDTH - 1}" height="{CELL_HEIGHT - 1}"/>'
    return box + _text(f"heat-text-{shade}", x + CELL_WIDTH / 2, y + CELL_HEIGHT / 2, fixed(mean, 2))


def _text(kind, x, y, text, anchor="middle"):
    return (
        f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}"'
        f' dominant-baseline="central">{escape(str(text))}</text>'
    )


def scatter(points, *, label, across, upwards) -> Markup:
    """Public support across, the experts' score upwards, and ideas as marks with the shape of their band.

    From (number, title, supporters, score or None, band) for each; those without a score are left out. `across` and
    `upwards` name the axes.
    """
    points = [point for point in points if point[3] is not None]
    largest = max((supporters for _, _, supporters, *_ in points), default=0)
    step = _step(largest)
    most = step * max(1, ceil(largest / step))
    width, height = PLOT_WIDTH - LEFT - RIGHT, PLOT_HEIGHT - TOP - BOTTOM

    def x(supporters):
        return LEFT + supporters / most * width

    def y(score):
        return TOP + (1 - float(score) / 100) * height

    places = [(x(supporters), y(score)) for _, _, supporters, score, _ in points]
    labels = _labels([str(number) for number, *_ in points], places)
    grid = "".join(_upwards(y(tick), tick) for tick in range(0, 101, 25))
    grid += "".join(_across(x(tick), tick) for tick in range(0, most + 1, step))
    marks = "".join(
        _mark(place, title, band, text)
        for place, (_, title, *_, band), text in zip(places, points, labels, strict=True)
    )
    return Markup(
        f'<svg class="scatter" viewBox="0 0 {PLOT_WIDTH} {PLOT_HEIGHT}" role="img" aria-label="{escape(label)}"'
        f' focusable="false">{grid}'
        f"{_text('axis', PLOT_WIDTH - RIGHT, PLOT_HEIGHT - 10, f'{across} →', 'end')}"
        f"{_text('axis', LEFT + 6, TOP + 10, f'↑ {upwards}', 'start')}{marks}</svg>"
    )


def _across(x, tick):
    line = f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{PLOT_HEIGHT - BOTTOM}"/>'
    return line + _text("tick", round(x, 1), PLOT_HEIGHT - BOTTOM + 14, tick)


def _upwards(y, tick):
    line = f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{PLOT_WIDTH - RIGHT}" y2="{y:.1f}"/>'
    return line + _text("tick", LEFT - 8, round(y, 1), tick, "end")


def _mark(place, title, band, text):
    name, shape = SHAPES[band]
    return (
        f'<g class="plot-{name}" transform="translate({place[0]:.1f} {place[1]:.1f})">'
        f"<title>{escape(title)}</title>{shape}{text}</g>"
    )


def _labels(texts, places):
    """For each mark its label, right of it, left, above or below, where nothing is yet; none where all are taken."""
    if len(texts) > MOST_LABELS:
        return [""] * len(texts)
    taken, labels = [(x - 6, y - 6, x + 6, y + 6) for x, y in places], []
    for text, (x, y) in zip(texts, places, strict=True):
        size = 7 * len(text)
        tried = [
            ((8, 0, "start"), (x + 7, y - 6, x + 8 + size, y + 6)),
            ((-8, 0, "end"), (x - 8 - size, y - 6, x - 7, y + 6)),
            ((0, -13, "middle"), (x - size / 2, y - 19, x + size / 2, y - 7)),
            ((0, 13, "middle"), (x - size / 2, y + 7, x + size / 2, y + 19)),
        ]
        free = [pair for pair in tried if not any(_meet(pair[1], box) for box in taken)]
        labels.append(_text("plot-label", *free[0][0][:2], text, free[0][0][2]) if free else "")
        taken += [box for _, box in free[:1]]
    return labels


def _meet(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _step(most):
    """1, 2 or 5 times a power of ten, so that four to ten of them reach `most`."""
    if most <= 5:
        return 1
    power = 10 ** int(log10(most / 5))
    return next(power * times for times in (1, 2, 5, 10) if most <= power * times * 5)
