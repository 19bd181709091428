"""CSV that a spreadsheet opens without running any of it. A leaf, and pure, so every app may use it."""

import csv
from numbers import Number

# What makes a spreadsheet take a cell for a formula (OWASP, "CSV injection"), also in the width of Chinese and Japanese
# signs; and the apostrophe itself, so that an apostrophe at the beginning of a cell is always one that was put there,
# and reading can take it away again.
_BEGINNINGS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'")


def cell(value) -> str:
    """`value` as text; an apostrophe keeps a spreadsheet from calculating with it. Numbers stay numbers."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_BEGINNINGS) and not isinstance(value, Number) else text


def text(cell: str) -> str:
    """What `cell` made the cell of."""
    return cell.removeprefix("'")


class writer:
    """As csv.writer, with every cell made safe."""

    def __init__(self, file):
        self._writer = csv.writer(file)

    def writerow(self, row):
        return self._writer.writerow([cell(value) for value in row])


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text):
        return text


def lines(rows):
    """Each row as a line of CSV, one at a time."""
    safe = writer(_Echo())
    for row in rows:
        yield safe.writerow(row)
