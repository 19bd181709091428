"""Open data, each kind of it declared once by the app that owns its rows. A leaf, and pure.

From a declaration come the CSV and the JSON, both of them in pieces, however many rows there are; the CSVW metadata
that describes the CSV; the page that explains the columns; and what the API answers.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from itertools import chain, islice
from operator import attrgetter
from typing import Any

from .safe_csv import lines as safe_lines

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
SEPARATOR = " | "
READ_AT_ONCE = 200
LINES_AT_ONCE = 100
SAFE_CELLS = (
    "Where a cell of text begins with =, +, -, @, a tab, the end of a line or an apostrophe, one more apostrophe is "
    "put before it, so that no spreadsheet calculates with it. Take the first apostrophe of a cell away to have the "
    "text as it was written. Numbers, dates and true or false are never changed."
)


class Kind(StrEnum):
    """What stands in a column, as CSVW calls it."""

    TEXT = "string"
    ADDRESS = "anyURI"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    MOMENT = "dateTimeStamp"


@dataclass(frozen=True)
class Column:
    """One fact of each row: `of` is where an object has it, a path of attributes or a function; else the name.

    Personal is what names somebody who may want it taken back: it is in what is made when you ask, never in kept files.
    """

    name: str
    words: str
    kind: Kind = Kind.TEXT
    of: str | Callable[[Any], Any] = ""
    choices: tuple[str, ...] = ()
    is_required: bool = False
    is_list: bool = False
    is_personal: bool = False

    @property
    def value(self) -> Callable[[Any], Any]:
        return self.of if callable(self.of) else attrgetter(self.of or self.name)

    def described(self) -> dict:
        """The column as CSVW describes it."""
        datatype = (
            {"base": str(self.kind), "format": "|".join(self.choices)} if self.choices else str(self.kind)
        )
        facts = {
            "name": self.name,
            "titles": self.name,
            "dc:description": str(self.words),
            "datatype": datatype,
            "required": self.is_required,
        }
        return facts | {"separator": SEPARATOR} if self.is_list else facts


@dataclass(frozen=True)
class Dataset:
    """Rows that everybody may have: `public` gives a queryset of the objects that are public at a moment.

    `expand` makes several rows of an object. `key` names the columns that tell one row from the others. `version` gives
    a word that is another as soon as a row is, where one query can tell. `is_kept`: nothing in it can be taken back, so
    files of earlier days may stay.
    """

    name: str
    title: str
    words: str
    columns: tuple[Column, ...]
    public: Callable[[datetime], Any]
    key: tuple[str, ...] = ()
    expand: Callable[[Any], Iterable] | None = None
    version: Callable[[], str] | None = None
    is_kept: bool = True

    def without_people(self) -> "Dataset":
        """The same without the columns that name people."""
        return replace(self, columns=tuple(column for column in self.columns if not column.is_personal))

    def record(self, thing) -> dict:
        """A row by column, of what JSON knows: None where there is nothing, a list in a column of lists."""
        return {column.name: _plain(column.value(thing), column) for column in self.columns}

    def records(self, objects) -> Iterator[dict]:
        """The rows of a queryset, read a few at a time."""
        for thing in few_at_a_time(objects):
            for part in self.expand(thing) if self.expand else [thing]:
                yield self.record(part)

    def csv(self, records: Iterable[dict]) -> Iterator[str]:
        rows = (map(_cell, record.values()) for record in records)
        return _joined(safe_lines(chain([[column.name for column in self.columns]], rows)))

    def json(self, records: Iterable[dict]) -> Iterator[str]:
        """One object, in which each of `rows` has a line of its own."""
        head = {"title": str(self.title), "licence": LICENCE}
        rows = (json.dumps(record, ensure_ascii=False) for record in records)
        lines = (f"{',' if number else ''}\n{row}" for number, row in enumerate(rows))
        return _joined(chain([json.dumps(head, ensure_ascii=False)[:-1], ', "rows": ['], lines, ["\n]}\n"]))

    def metadata(self, address: str) -> dict:
        """What CSVW says of the file at `address`."""
        schema = {"columns": [column.described() for column in self.columns]}
        return {
            "url": address,
            "dc:title": str(self.title),
            "dc:description": str(self.words),
            "dc:license": {"@id": LICENCE},
            "rdfs:comment": SAFE_CELLS,
            "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n"]},
            "tableSchema": schema | {"primaryKey": list(self.key)} if self.key else schema,
        }


def few_at_a_time(objects, number=READ_AT_ONCE) -> Iterator:
    """The objects of a queryset in its order, read by their keys, so many at once.

    Unlike a cursor on the server this keeps no connection to itself, so PgBouncer may pass it on in between. What was
    deleted or taken back meanwhile isn't among them.
    """
    keys = list(objects.prefetch_related(None).values_list("pk", flat=True))
    for start in range(0, len(keys), number):
        yield from objects.filter(pk__in=keys[start : start + number])


def csvw(**description) -> dict:
    """A description of one table, or of several as `tables`, as a document of its own."""
    return {"@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}], **description}


def _plain(value, column):
    if column.is_list:
        return [str(item) for item in value or ()]
    match value:
        case None | "":
            return None
        case bool() | int():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
    return str(value)


def _cell(value):
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return SEPARATOR.join(value)
    return value


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """The lines in pieces that are worth a write each."""
    lines = iter(lines)
    while piece := "".join(islice(lines, LINES_AT_ONCE)):
        yield piece
