"""Answers remembered by all that was asked of the database for them: where that is answered as before, so is the page.

A page follows from its address, from who asks, and from what the database answers. So it isn't made anew where each of
its queries, asked again, gets the same rows: the first would be the same, so what follows from it too, and so on. An
answer that wrote something, or was refused something, is asked for whole each time.
"""

import re

from django.db import DatabaseError, connection

READING = re.compile(
    r"\s*(SELECT|WITH)\b(?!.*\bFOR (UPDATE|NO KEY|SHARE|KEY)\b)(?!.*\b(INSERT|UPDATE|DELETE)\b )", re.S
)
# They say nothing, and get no rows.
BRACKETS = re.compile(r"(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT|SET LOCAL)\b")


class Remembering:
    """Gives what `ask` of an address gives, for one who asks, as long as the database is asked the same by it."""

    def __init__(self, ask, *, whatever=()):
        """Without comparing what is in the tables `whatever`, of which the tests must see to it themselves."""
        self.ask, self.whatever, self.answers, self.now = ask, whatever, {}, {}
        self.made = 0

    def the_database_changed(self):
        """What it was asked so far has to be asked again."""
        self.now = {}

    def __call__(self, address):
        for queries, answer in self.answers.get(address, []):
            if all(self._is_told_again(*query, rows) for query, rows in queries):
                return answer
        self.made += 1
        seen = Seen()
        with connection.execute_wrapper(seen):
            answer = self.ask(address)
        if seen.is_all:
            self.answers.setdefault(address, []).append((seen.queries, answer))
        return answer

    def _is_told_again(self, sql, parameters, rows):
        return (
            any(f'FROM "{table}" ' in sql for table in self.whatever) or self._rows(sql, parameters) == rows
        )

    def _rows(self, sql, parameters):
        key = sql, repr(parameters)
        if key not in self.now:
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                self.now[key] = cursor.fetchall()
        return self.now[key]


class Seen:
    """The queries of an answer with their rows, and whether those are all that it did."""

    def __init__(self):
        self.queries, self.is_all = [], True

    def __call__(self, execute, sql, parameters, many, context):
        try:
            result = execute(sql, parameters, many, context)
        except DatabaseError:
            self.is_all = False
            raise
        if BRACKETS.match(sql):
            return result
        if many or not READING.match(sql):
            self.is_all = False
            return result
        cursor = context["cursor"].cursor
        rows = cursor.fetchall()
        self.queries.append(((sql, parameters), rows))
        if rows:
            cursor.scroll(0, mode="absolute")
        return result
