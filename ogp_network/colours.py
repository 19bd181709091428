"""The colours of the style sheets, and how well one can be read upon another.

Pure: takes the text of a sheet, gives colours and ratios.
"""

import re
from typing import NamedTuple

# WCAG 2.2: for text, and for large text and what isn't text (1.4.3, 1.4.11).
TEXT, SHAPES = 4.5, 3.0
TOKEN = re.compile(r"--([\w-]+):\s*(?:light-dark\((#\w{6}),\s*(#\w{6})\)|(#\w{6}));")


class Colour(NamedTuple):
    """A token with its values in the light and in the dark scheme, as #rrggbb."""

    name: str
    light: str
    dark: str


class Contrast(NamedTuple):
    """How one colour stands upon another in both schemes, as ratios, and the least they should reach."""

    upper: Colour
    lower: Colour
    light: float
    dark: float
    least: float

    @property
    def is_enough(self):
        return min(self.light, self.dark) >= self.least


def colours_in(sheet: str) -> dict[str, Colour]:
    """The tokens of a sheet that are written as light-dark(#…, #…) or as one colour for both."""
    return {
        name: Colour(name, light or both, dark or both) for name, light, dark, both in TOKEN.findall(sheet)
    }


def contrasts(colours: dict[str, Colour], pairs) -> list[Contrast]:
    """For (name, name of what lies below, least ratio)."""
    return [
        Contrast(
            colours[upper],
            colours[lower],
            round(contrast(colours[upper].light, colours[lower].light), 1),
            round(contrast(colours[upper].dark, colours[lower].dark), 1),
            least,
        )
        for upper, lower, least in pairs
    ]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour):
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share):
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
