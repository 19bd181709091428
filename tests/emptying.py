"""The database as migrations left it, to which it comes back after each test that commits.

Django's own way is to empty every table and to save anew, one after the other, the hundreds of rows that migrations had
put there. A test writes to a few tables: those alone are emptied, and filled with what they had.
"""

from contextlib import contextmanager

from django.db import connection, transaction
from psycopg import sql

TABLES = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'django_migrations' ORDER BY tablename
"""
# A digest tells rows that a test changed from those that were there.
STATE = "SELECT {name}, (SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {table} t)"
NUMBERS = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value > 0"
GO_ON = "SELECT setval(quote_ident(name)::regclass, value) FROM unnest(%s::text[], %s::bigint[]) AS s (name, value)"


class Beginning:
    """What was in each table."""

    def __init__(self):
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            self.tables = {name: sql.Identifier(name) for (name,) in cursor.fetchall()}
            states = [sql.SQL(STATE).format(name=name, table=table) for name, table in self.tables.items()]
            self.asking = sql.SQL(" UNION ALL ").join(states)
            self.states = self._states(cursor)
            self.rows = self._copies(cursor, [name for name, state in self.states.items() if state])

    def come_back(self):
        with _alone() as cursor:
            # Whatever a thread of the test still writes is there before the tables are looked at.
            everything = sql.SQL(", ").join(self.tables.values())
            cursor.execute(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(everything))
            self._fill(cursor, {name: self.rows.get(name) for name in self._changed(cursor)})

    def changes(self):
        """What there is beyond this, to be brought in elsewhere: the rows of changed tables, and the last numbers."""
        with connection.cursor() as cursor:
            rows = dict.fromkeys(self._changed(cursor)) | self._copies(cursor, self._changed(cursor))
            cursor.execute(NUMBERS)
            return rows, dict(cursor.fetchall())

    def bring_in(self, rows, numbers):
        with _alone() as cursor:
            assert self._changed(cursor) == [], "What is there already would be lost."
            self._fill(cursor, rows)
            cursor.execute(GO_ON, [list(numbers), list(numbers.values())])

    def _states(self, cursor):
        cursor.execute(self.asking)
        return dict(cursor.fetchall())

    def _changed(self, cursor):
        return [name for name, state in self._states(cursor).items() if state != self.states[name]]

    def _copies(self, cursor, names):
        copies = {}
        for name in names:
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(self.tables[name])) as copy:
                copies[name] = b"".join(map(bytes, copy))
        return copies

    def _fill(self, cursor, rows):
        for name, copied in rows.items():
            cursor.execute(sql.SQL("DELETE FROM {}").format(self.tables[name]))
            if copied:
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(self.tables[name])) as copy:
                    copy.write(copied)


@contextmanager
def _alone():
    """Triggers stay out of it: some keep counts, which come along, and that of the audit log forbids to empty it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")
