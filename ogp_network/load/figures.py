"""What was measured, as tables and as data, beside what is aimed at."""

from dataclasses import dataclass

from .client import Measured

# Requests a second at 20,000 ideas that are aimed at on a machine where the bare view answers 1,860: as ratios, they
# hold on any machine. Each with the bare view it is compared with.
BARE = "bare view"
BARE_VOTE = "bare vote"
BARE_ON_THAT_MACHINE = 1860
AIMS = {"newest": 300, "most supported": 300, "filtered search": 200, "idea page": 300, "vote": 400}
AIMED_SHARE_OF_BARE_VOTE = 0.4
AIMED_GROWTH = 1.3
# The same page for each who asks, by a site that keeps none for visitors: all of a page's work each time.
ANEW = ", made anew"
# An idea's page has a form for everybody, so that none is ever kept.
KEPT = ("newest", "most supported", "filtered search")
GROWING = (*(f"{name}{ANEW}" for name in KEPT), "idea page")


class WorthNothing(Exception):
    """Figures that can't be compared."""


@dataclass
class Figure:
    """One row: a kind of request at a number of ideas."""

    ideas: int
    name: str
    measured: Measured
    cold: float | None = None
    raw: Measured | None = None

    def as_data(self, bare):
        measured, raw = self.measured, self.raw
        return {
            "ideas": self.ideas,
            "name": self.name,
            "per_second": round(measured.per_second, 1),
            "ratio_to_bare_view": _rounded(measured.per_second, bare),
            "aimed_ratio": aimed_ratio(self.name),
            "median_ms": round(measured.median, 2),
            "p95_ms": round(measured.p95, 2),
            "cold_ms": self.cold and round(self.cold, 1),
            "raw_sql_per_second": raw and round(raw.per_second, 1),
            "raw_sql_median_ms": raw and round(raw.median, 2),
            "raw_sql_p95_ms": raw and round(raw.p95, 2),
            "ratio_to_raw_sql": raw and _rounded(measured.per_second, raw.per_second),
            "answers": len(measured.times),
            "errors": len(measured.errors),
            "generator_share_of_core": round(measured.share_of_core, 2),
        }


def aimed_ratio(name):
    name = name.removesuffix(ANEW)
    return round(AIMS[name] / BARE_ON_THAT_MACHINE, 3) if name in AIMS else None


def by_name(figures, name):
    return next(figure for figure in figures if figure.name == name)


def rows(figures):
    """All of one number of ideas, as data. Raise WorthNothing if the bare view didn't answer."""
    measured = by_name(figures, BARE).measured
    bare = measured.per_second
    if not bare:
        raise WorthNothing(f"The bare view gave no right answer: {', '.join(measured.errors[:1])}")
    return [figure.as_data(bare) for figure in figures]


def table(rows):
    """Lines of text."""
    yield (
        f"{'':28}{'req/s':>9}{'of bare':>9}{'aim':>7}{'median':>9}{'95th %':>9}{'cold':>9}"
        f"{'raw SQL':>10}{'of it':>8}{'errors':>8}"
    )
    for row in rows:
        yield (
            f"{row['name']:28}{row['per_second']:9,.0f}{row['ratio_to_bare_view']:9.3f}"
            f"{_or_blank(row['aimed_ratio'], 7, 3)}{row['median_ms']:9.1f}{row['p95_ms']:9.1f}"
            f"{_or_blank(row['cold_ms'], 9, 1)}{_or_blank(row['raw_sql_per_second'], 10, 0)}"
            f"{_or_blank(row['ratio_to_raw_sql'], 8, 3)}{row['errors']:8}"
        )


def comparisons(rows):
    """What is aimed at, what was measured, and whether it is reached: of all numbers of ideas together."""
    for row in rows:
        if row["aimed_ratio"] and row["ideas"] == 20_000:
            yield _compared(f"{row['name']}, of the bare view", row["ratio_to_bare_view"], row["aimed_ratio"])
    sizes = sorted({row["ideas"] for row in rows})
    found = {(row["ideas"], row["name"]): row for row in rows}
    for size in sizes:
        bare = found[size, BARE_VOTE]["per_second"]
        share = found[size, "vote"]["per_second"] / bare if bare else 0.0
        yield _compared(f"vote, of the bare vote, {size:,} ideas", share, AIMED_SHARE_OF_BARE_VOTE)
    for size in sizes[1:]:
        for name in GROWING:
            for key, words in (("median_ms", "warm"), ("cold_ms", "cold")):
                before, after = found[sizes[0], name][key], found[size, name][key]
                if before and after:
                    what = f"{name}, {words}, {size:,} ideas against {sizes[0]:,}"
                    yield _compared(what, after / before, AIMED_GROWTH, at_most=True)


def _compared(what, measured, aim, at_most=False):
    reached = measured <= aim if at_most else measured >= aim
    return {
        "what": what,
        "measured": round(measured, 3),
        "aim": round(aim, 3),
        "at_most": at_most,
        "reached": reached,
    }


def _rounded(number, whole):
    return round(number / whole, 3)


def _or_blank(value, width, digits):
    return " " * width if value is None else f"{value:{width},.{digits}f}"
