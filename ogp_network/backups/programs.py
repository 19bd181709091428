"""pg_dump and pg_restore: the embedded server's own, otherwise those on the PATH."""

import os
import re
import subprocess
from pathlib import Path

from django.db import connection

from .databases import server_version


class Failed(Exception):
    """A program is missing, too old, or failed; the message says which and why."""


def dump(*options):
    """pg_dump at work on the database; read its standard output, then `finish` it."""
    *arguments, database = _connecting()
    return _start("pg_dump", "--format=custom", *options, *arguments, database, stdout=subprocess.PIPE)


def restore(*options):
    """pg_restore at work; write the dump to its standard input, then `finish` it."""
    *arguments, database = _connecting()
    whole = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments"]
    return _start("pg_restore", *whole, *options, *arguments, f"--dbname={database}", stdin=subprocess.PIPE)


def finish(process):
    """Wait for it; raise Failed with its own words if it failed."""
    _, words = process.communicate()
    if process.returncode:
        raise Failed(f"{Path(process.args[0]).name} failed: {words.decode(errors='replace').strip()}")


def require(name):
    """The version of the program. Raise Failed where there is none, or one older than the server."""
    try:
        said = subprocess.run([_path(name), "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise Failed(f"{name} isn't on the PATH: install PostgreSQL's client programs.") from None
    version = re.search(r"(\d+)(\.\d+)?", said)
    server = server_version()
    if int(version[1]) < server:
        raise Failed(f"{name} is of version {version[0]}, and the server of {server}: install a newer one.")
    return version[0]


def _start(name, *arguments, **pipes):
    environment = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])[1]
    return subprocess.Popen(
        [_path(name), *arguments],
        env={**os.environ, **(environment or {})},
        stderr=subprocess.PIPE,
        **pipes,
    )


def _connecting():
    """The options that psql would be called with, the database last."""
    return connection.client.settings_to_cmd_args_env(connection.settings_dict, [])[0][1:]


def _path(name):
    psql = Path(connection.client.settings_to_cmd_args_env(connection.settings_dict, [])[0][0])
    return str(psql.with_name(name)) if psql.is_absolute() else name
