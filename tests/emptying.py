"""The database as migrations left it, to which it comes back after each test that commits.

Django's own way is to empty every table and to save anew, one after the other, the hundreds of rows that migrations had
put there. A test writes to a few tables: those alone are emptied, and filled with what they had.
"""

from django.db import connection, transaction
from psycopg import sql

TABLES = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'django_migrations' ORDER BY tablename
"""
# A digest tells rows that a test changed from those that were there.
STATE = "SELECT {name}, (SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {table} t)"


class Beginning:
    """What was in each table."""

    def __init__(self):
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            self.tables = {name: sql.Identifier(name) for (name,) in cursor.fetchall()}
            states = [sql.SQL(STATE).format(name=name, table=table) for name, table in self.tables.items()]
            self.asking = sql.SQL(" UNION ALL ").join(states)
            self.states = self._states(cursor)
            self.rows = {
                name: self._copied(cursor, name) for name, state in self.states.items() if state is not None
            }

    def come_back(self):
        """Triggers stay out of it: some keep counts, and that of the audit log forbids to empty it."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            # Whatever a thread of the test still writes is there before the tables are looked at.
            everything = sql.SQL(", ").join(self.tables.values())
            cursor.execute(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(everything))
            for name, state in self._states(cursor).items():
                if state != self.states[name]:
                    self._bring_back(cursor, name)

    def _states(self, cursor):
        cursor.execute(self.asking)
        return dict(cursor.fetchall())

    def _copied(self, cursor, name):
        with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(self.tables[name])) as copy:
            return b"".join(bytes(part) for part in copy)

    def _bring_back(self, cursor, name):
        cursor.execute(sql.SQL("DELETE FROM {}").format(self.tables[name]))
        if name in self.rows:
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(self.tables[name])) as copy:
                copy.write(self.rows[name])
