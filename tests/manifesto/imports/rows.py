"""Rows of spreadsheets of ideas, as people send them."""

import csv
import io

HEADERS = ["id", "title", "why", "how", "difference", "theme", "level", "areas"]
COLUMNS = ["reference", *HEADERS[1:]]


def row(reference, title, why="So that people see.", theme="Open data", **cells):
    values = {"id": str(reference), "title": title, "why": why, "how": "A list.", "theme": theme}
    values |= {"difference": "We know.", "level": "uk", "areas": "Wales", **cells}
    return [values[name] for name in HEADERS]


def table(*rows, headers=HEADERS):
    text = io.StringIO()
    csv.writer(text).writerows([headers, *rows])
    return text.getvalue().encode()
