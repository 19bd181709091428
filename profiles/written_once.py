"""Statements that are asked for all the time, which took longer to write and to plan than to run.

Of a queryset the SQL is written once by each process. The database plans each such statement once for a connection,
where nothing that pools connections stands in between.
"""

import copy
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor

LARGEST = 2**31 - 1
# Of each type, values that nobody asks for; those of one queryset differ.
SAMPLES = {
    str: lambda at: f"written-once-{at}",
    int: lambda at: 1_900_000_000 + at,
    date: lambda at: date(1901, 1, 1) + timedelta(days=at),
    datetime: lambda at: datetime(1902, 1, 1, tzinfo=UTC) + timedelta(days=at),
}


class WrittenOnce:
    """What `make` makes of values by name: `WrittenOnce(lambda pk: Idea.objects.filter(pk=pk), pk=int)`.

    Each value must go into the SQL as it is, as a parameter of its own; no other may depend on when it is made.
    """

    def __init__(self, make, **types):
        self.make = make
        self.types = types

    def rows(self, **values):
        """A list of what the queryset has for these values."""
        if any(not 0 <= values[name] <= LARGEST for name, kind in self.types.items() if kind is int):
            # Django knows what no column can hold.
            return list(self.make(**values))
        queryset = self._queryset.all()
        compiler = self._compiler(values, queryset.db)
        # Only for this one time: it goes with the queryset, of which nobody makes another.
        queryset.query.get_compiler = lambda *args, **options: compiler
        return list(queryset)

    def first(self, **values):
        """The first of them, or None."""
        return next(iter(self.rows(**values)), None)

    def _compiler(self, values, alias):
        written, sql, parameters = self._written
        compiler = copy.copy(written)
        compiler.connection = Planned(alias)
        compiler.get_converters = lambda expressions: self._converters
        filled = tuple(_as(kind, values[name]) if name else value for name, kind, value in parameters)
        compiler.as_sql = lambda *args, **options: (sql, filled)
        return compiler

    @cached_property
    def _samples(self):
        return {name: SAMPLES[kind](at) for at, (name, kind) in enumerate(self.types.items())}

    @cached_property
    def _queryset(self):
        return self.make(**self._samples)

    @cached_property
    def _converters(self):
        compiler, _sql, _parameters = self._written
        return compiler.get_converters(
            expression for expression, _sql, _alias in compiler.select[: compiler.col_count]
        )

    @cached_property
    def _written(self):
        compiler = self._queryset.query.get_compiler(self._queryset.db)
        sql, parameters = compiler.as_sql()
        names = {value: name for name, value in self._samples.items()}
        named = [
            (names.get(value) if isinstance(value, tuple(SAMPLES)) else None, type(value), value)
            for value in parameters
        ]
        if missing := self._samples.keys() - {name for name, _, _ in named}:
            raise ValueError(f"Not in the SQL as it is: {', '.join(sorted(missing))}")
        return compiler, sql, named


class Planned:
    """A connection, whose cursors have the database keep the plan of what they execute often.

    Where its `prepare_threshold` is None they are like all others: a pool would take a statement to a server that has
    no plan of it. Types of parameters are what the server makes of them, so not any SQL will do.
    """

    def __init__(self, alias=DEFAULT_DB_ALIAS):
        self._usual = connections[alias]

    def __getattr__(self, name):
        return getattr(self._usual, name)

    def cursor(self):
        self._usual.ensure_connection()
        link = self._usual.connection
        if link.prepare_threshold is None or self._usual.queries_logged:
            # Django couldn't log what was executed by its plan.
            return self._usual.cursor()
        before, link.cursor_factory = link.cursor_factory, ServerBindingCursor
        try:
            return self._usual.cursor()
        finally:
            link.cursor_factory = before


def _as(kind, value):
    """Django tells the driver by a type of its own how many bytes a number has."""
    return kind(value) if issubclass(kind, int) else value
