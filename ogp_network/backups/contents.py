"""What a database holds, in figures that a restored one must have too."""

import csv
import hashlib

from django.conf import settings
from django.db import connection, transaction

from manifesto.models import CountRegister

# What is only of the day: people sign in again, and caches fill by themselves.
FLEETING = ("django_session", settings.CACHES["default"]["LOCATION"])
# How rows are written as text, whatever the server, the role and the connection say.
WRITTEN = {"timezone": "UTC", "datestyle": "ISO, YMD", "bytea_output": "hex", "extra_float_digits": "1"}


def contents() -> dict:
    """Rows and a checksum of each table, the migrations, and the digest of each count register as it is published."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name, value in WRITTEN.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        tables = {name: _table(cursor, name) for name in _tables(cursor) if name not in FLEETING}
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = [list(row) for row in cursor.fetchall()]
    return {"tables": tables, "migrations": migrations, "registers": registers()}


def differences(wanted, found):
    """Where what was found isn't what was wanted, in words."""
    for kind, noun in {"tables": "table", "registers": "count register"}.items():
        for name in sorted(wanted[kind].keys() | found[kind].keys()):
            there, here = wanted[kind].get(name), found[kind].get(name)
            if there != here:
                yield f"{noun} {name}: the backup has {_told(there)}, the database {_told(here)}"
    if wanted["migrations"] != found["migrations"]:
        yield "the migrations differ"


def _told(value):
    if value is None:
        return "none"
    return f"{value[0]} rows ({value[1]})" if isinstance(value, list) else value


def _tables(cursor):
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema::regnamespace ORDER BY 1"
    )
    return [name for (name,) in cursor.fetchall()]


def _table(cursor, name):
    """The number of its rows, and a sum of their hashes: the same in whatever order they are stored."""
    table = connection.ops.quote_name(name)
    cursor.execute(
        f"SELECT count(*), coalesce(sum(hashtextextended(row::text, 0)::numeric), 0)::text FROM {table} row"
    )
    return list(cursor.fetchone())


def registers() -> dict[str, str]:
    """SHA-256 of each register's published file: who kept the file can compare it too."""
    found = CountRegister.objects.select_related("round").order_by("pk")
    return {f"{register.round.slug} {register.made_on}": _digest(register.lines()) for register in found}


class _Hashed:
    """A file that keeps nothing of what is written but its digest."""

    def __init__(self):
        self.digest = hashlib.sha256()

    def write(self, text):
        self.digest.update(text.encode())


def _digest(rows):
    file = _Hashed()
    csv.writer(file).writerows(rows)
    return file.digest.hexdigest()
