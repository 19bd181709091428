"""A database the migrations have made, for the tests' own to be copied from: running them takes far longer."""

import hashlib
from pathlib import Path

from django.apps import apps
from django.core.management import call_command

from .quick_migrations import quick_migrations

# One process makes it, the others wait.
LOCK = 20150507


def migrated_database(connection):
    """Its name. It is made once for the migrations as they are; those of earlier states are dropped."""
    real_name = connection.settings_dict["NAME"]
    prefix = f"{real_name}_migrated_"
    name, unfinished = f"{prefix}{_digest()}", f"{prefix}unfinished"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        there = {row[0] for row in cursor.fetchall()}
        if name not in there:
            for old in there:
                cursor.execute(f'DROP DATABASE "{old}"')
            cursor.execute(f'CREATE DATABASE "{unfinished}"')
            connection.settings_dict["NAME"] = unfinished
            try:
                with quick_migrations():
                    call_command("migrate", verbosity=0, interactive=False)
            finally:
                connection.close()
                connection.settings_dict["NAME"] = real_name
            cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


def _digest():
    """Of all migrations, and of the packages whose migrations are among them."""
    digest = hashlib.sha256()
    for config in apps.get_app_configs():
        for path in sorted(Path(config.path, "migrations").glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:20]
