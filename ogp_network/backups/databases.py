"""Databases of the server: one made anew beside the site's own, which it takes the place of when it is complete."""

import time
from contextlib import contextmanager

from django.db import connection
from psycopg import sql

TRIES, SECONDS_BETWEEN = 25, 0.2


def server_version() -> int:
    """The server's major version, also where the site's database is gone."""
    return int(_on_server("SHOW server_version_num")[0][0]) // 10000


def exists(name):
    return bool(_on_server("SELECT 1 FROM pg_database WHERE datname = %s", values=[name]))


def is_empty():
    """Whether the site's database has no table."""
    return not connection.introspection.table_names()


def others_connected(name) -> int:
    """How many are connected to a database, those who have just left not counted: PostgreSQL takes a moment."""
    question = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
    for _ in range(TRIES):
        (others,) = _on_server(question, values=[name])[0]
        if not others:
            break
        time.sleep(SECONDS_BETWEEN)
    return others


def make_like(name, model):
    """Make an empty database that sorts as `model` does, if there is that."""
    found = _on_server("SELECT datcollate, datctype FROM pg_database WHERE datname = %s", values=[model])
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
    if found:
        statement += sql.SQL(" LC_COLLATE {} LC_CTYPE {}").format(*map(sql.Literal, found[0]))
    _on_server(statement)


def drop(name):
    _on_server(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def take_settings_over(name, model):
    """Give a database the settings that `model` has of its own; those that we may not set are returned."""
    found = _on_server(
        "SELECT unnest(setconfig) FROM pg_db_role_setting JOIN pg_database ON oid = setdatabase"
        " WHERE datname = %s AND setrole = 0",
        values=[model],
    )
    refused = []
    for (setting,) in found:
        key, _, value = setting.partition("=")
        statement = sql.SQL("ALTER DATABASE {} SET {} TO {}")
        try:
            _on_server(
                statement.format(sql.Identifier(name), sql.Identifier(*key.split(".")), sql.Literal(value))
            )
        except connection.Database.errors.InsufficientPrivilege:
            refused.append(key)
    return refused


def put_in_place(new, name, former):
    """Call the new database by the site's name and, if there is one of that name, that `former`; both or neither."""
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    pairs = [(name, former), (new, name)] if exists(name) else [(new, name)]
    _on_server("BEGIN", *(rename.format(*map(sql.Identifier, pair)) for pair in pairs), "COMMIT")


@contextmanager
def working_in(name):
    """Have all of this process work in another database meanwhile."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def _on_server(*statements, values=None):
    """Run statements outside of any of our databases, none of them in a transaction of ours; the rows of the last."""
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
