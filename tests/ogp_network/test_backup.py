"""Backup, destroy, restore, verify: on databases of their own, with PostgreSQL's own programs."""

import io
import json
import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from manifesto.models import CountRegister, Idea, Vote
from ogp_network.backups import archive, databases
from ogp_network.backups.contents import contents
from ogp_network.embedded_postgres.base import SERVER
from ogp_network.embedded_postgres.server import PORT
from ogp_network.models import Departure
from profiles.models import Member
from tests.factories import (
    make_comment,
    make_idea,
    make_member,
    make_note,
    make_profile,
    make_round,
    make_votes,
)

NAME = "backed_up"
WEEK = timedelta(days=7)
TITLE = "Ïdeas — “quoted”, \U0001f333 and a \\ backslash"


@pytest.fixture
def site(transactional_db):
    """A site with something in it, in a database that a test may destroy."""
    template = connection.settings_dict["TEST"]["TEMPLATE"]
    connection.close()
    # Taken back here: whatever ends after this fixture is about the tests' own database again.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "NAME", NAME)
        clear_away()
        databases._on_server(f"CREATE DATABASE {NAME} TEMPLATE {template}")
        call_command("createcachetable", verbosity=0)
        fill()
        connection.close()
        yield
        connection.close()
        clear_away()


def fill():
    round = make_round(slug="uk")
    idea = make_idea(round=round, title=TITLE)
    make_votes(idea=idea, number=3)
    make_votes(idea=make_idea(round=round))
    make_comment(idea=idea)
    make_profile()
    make_note(key_points=[TITLE])
    CountRegister.objects.make(round, now=timezone.now())
    Client().force_login(make_member(email="nia@example.org"))


def ours():
    """The databases that are there of the site and beside it."""
    names = databases._on_server("SELECT datname FROM pg_database WHERE datname LIKE %s", values=[f"{NAME}%"])
    return sorted(name for (name,) in names)


def clear_away():
    for name in ours():
        databases._on_server(f"DROP DATABASE {name} WITH (FORCE)")


def run(command, *arguments):
    told = io.StringIO()
    try:
        call_command(command, *map(str, arguments), stdout=told)
    finally:
        connection.close()
    return told.getvalue()


@pytest.fixture
def backup(site, tmp_path):
    file = tmp_path / "site.backup"
    assert "1 count registers" in run("backup", file)
    return file


def refused(*arguments):
    """The words a restore is refused with; nothing may have changed."""
    before = contents()
    connection.close()
    with pytest.raises(CommandError) as refusal:
        run("restore", *arguments)
    assert (ours(), contents()) == ([NAME], before)
    connection.close()
    return str(refusal.value)


def test_what_was_destroyed_is_restored_to_the_row(backup):
    before = contents()
    connection.close()
    clear_away()
    assert ours() == []
    told = run("restore", backup)
    assert ("are as they were" in told, "is restored" in told, ours()) == (True, True, [NAME])
    assert contents() == before
    assert (Idea.objects.filter(title=TITLE).count(), Vote.objects.count()) == (1, 4)
    run("verify_counts")
    assert make_idea().pk > Idea.objects.get(title=TITLE).pk


def test_it_is_restored_where_the_database_is_gone_by_the_programs_on_the_path(backup):
    """As on a server of one's own, where nothing makes a database that is asked for."""
    server = f"postgresql://postgres@{quote(SERVER.ensure(), safe='')}:{PORT}/{NAME}"
    path = f"{SERVER.programs}:{os.environ['PATH']}"
    mode = {"SITE_MODE": "demonstration", "DJANGO_SETTINGS_MODULE": "ogp_network.settings"}
    clear_away()
    run = subprocess.run(
        [sys.executable, "-m", "django", "restore", backup],
        env={**os.environ, **mode, "DATABASE_URL": server, "PATH": path},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert (run.returncode, ours(), Vote.objects.count()) == (0, [NAME], 4), run.stderr


def test_only_its_owner_can_read_the_file(backup):
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in backup.parent.iterdir()] == ["site.backup"]


def test_nobody_stays_signed_in_and_settings_of_the_database_stay(backup):
    assert Session.objects.count() == 1
    connection.close()
    databases._on_server(f"ALTER DATABASE {NAME} SET log_min_error_statement = 'panic'")
    run("restore", "--replace", backup)
    with connection.cursor() as cursor:
        cursor.execute("SHOW log_min_error_statement")
        assert (cursor.fetchone(), Session.objects.count()) == (("panic",), 0)


def test_a_database_with_anything_in_it_is_kept_unless_told_and_even_then(backup):
    assert "There are tables in" in refused(backup)
    make_member(email="later@example.org")
    connection.close()
    told = run("restore", "--replace", backup)
    new, former = ours()
    assert (new, former in told) == (NAME, True)
    assert not Member.objects.filter(email="later@example.org").exists()
    with databases.working_in(former):
        assert Member.objects.filter(email="later@example.org").exists()


def test_nothing_is_restored_under_a_site_that_runs(backup):
    with connection.Database.connect(**{**connection.get_connection_params(), **address()}):
        assert "in use by 1 connections" in refused("--replace", backup)


def address():
    """Where the embedded server is."""
    connection.ensure_connection()
    info = connection.connection.info
    found = {"host": info.host, "port": info.port, "user": info.user, "dbname": NAME}
    connection.close()
    return found


def test_a_file_is_checked_without_restoring_it(backup):
    before = ours()
    assert ("is whole" in run("restore", "--check", backup), ours()) == (True, before)


def cut_short(data):
    return data[: len(data) // 2]


def one_bit_flipped(data):
    middle = bytearray(data)
    middle[len(data) // 2] ^= 1
    return bytes(middle)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (cut_short, "cut short or damaged"),
        (one_bit_flipped, "damaged"),
        (lambda data: b"", "cut short or damaged"),
        (lambda data: b"SELECT 1;", "isn't a backup"),
    ],
)
def test_a_damaged_file_is_refused(backup, change, words):
    backup.write_bytes(change(backup.read_bytes()))
    assert words in refused("--replace", backup)


def rewrite(path, *, manifest=None, dump=None):
    """The file with another manifest or dump, whole in itself."""
    with zipfile.ZipFile(path) as file:
        told, held = json.loads(file.read(archive.MANIFEST)), file.read(archive.DUMP)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(archive.DUMP, held if dump is None else dump)
        file.writestr(archive.MANIFEST, json.dumps({**told, **(manifest or {})}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dump": b"PGDMP"}, "the file was changed"),
        ({"manifest": {"format": "Something else"}}, "isn't a backup of this software"),
        ({"manifest": {"version": 2}}, "version 2 of the format"),
        ({"manifest": {"migrations": [["manifesto", "9999_future"]]}}, "newer version of this software"),
        ({"manifest": {"server": 990000}}, "PostgreSQL 99"),
        ({"manifest": {"registers": {"uk 2026-01-01": "0"}}}, "isn't what was backed up"),
        ({"manifest": {"tables": {"manifesto_vote": [5, "0"]}}}, "isn't what was backed up"),
    ],
)
def test_what_is_not_what_it_should_be_is_refused_and_leaves_nothing(backup, changes, words):
    rewrite(backup, **changes)
    assert words in refused("--replace", backup)


def test_a_restore_that_fails_later_leaves_nothing(backup, settings):
    settings.AFTER_RESTORE = ["no_such_command"]
    assert "no_such_command" in refused("--replace", backup)


def test_commands_run_in_the_restored_database_before_it_is_the_sites(backup, settings):
    """As the one that deletes again whom the backup has brought back."""
    settings.AFTER_RESTORE = ["clearsessions", "make_registers"]
    told = run("restore", "--replace", backup)
    assert told.index("clearsessions…") < told.index("make_registers…") < told.index("is restored")


def test_who_deleted_their_account_since_the_backup_does_not_come_back(backup, settings, tmp_path):
    settings.ERASURES_FILE = str(tmp_path / "erasures.jsonl")
    settings.AFTER_RESTORE = ["replay_erasures"]
    nia = Member.objects.get(email="nia@example.org")
    Departure.objects.ask(nia, now=timezone.now() - WEEK, takes_ideas=False, takes_comments=False)
    run("erase_departed")
    told = run("restore", "--replace", backup)
    assert "1 accounts were deleted again" in told
    assert Member.objects.filter(email="nia@example.org").count() == 0
    assert Vote.objects.count() == 4
    connection.close()


def test_a_site_that_lists_erasures_replays_them_after_a_restore():
    mode = {"SITE_MODE": "demonstration", "DJANGO_SETTINGS_MODULE": "ogp_network.settings"}
    code = "from django.conf import settings; print(settings.AFTER_RESTORE)"
    told = {
        file: subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **mode, "ERASURES_FILE": file},
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for file in ["", "/srv/erasures.jsonl"]
    }
    assert told == {"": "[]", "/srv/erasures.jsonl": "['replay_erasures']"}


def test_no_backup_is_left_of_one_that_failed(site, tmp_path):
    with pytest.raises(CommandError, match="No backup was made"):
        run("backup", tmp_path / "nowhere" / "site.backup")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_of_one_moment_though_people_go_on(site, tmp_path):
    """Votes are cast all the while: tallies, votes and the register of the file agree nevertheless."""
    idea = Idea.objects.get(title=TITLE)
    members = [make_member(password=None) for _ in range(60)]
    file = tmp_path / "busy.backup"

    def vote(member):
        idea.support(member, now=timezone.now())
        connection.close()

    with ThreadPoolExecutor(3) as pool:
        votes = [pool.submit(vote, member) for member in members]
        run("backup", file)
        for each in votes:
            each.result()
    assert "are as they were" in run("restore", "--replace", file)
    assert Vote.objects.count() <= 64


def test_nothing_of_the_site_is_kept_outside_the_database():
    """A field for files would need the backup to take them along."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    assert [field for field in fields if isinstance(field, models.FileField)] == []
