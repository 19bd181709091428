"""The real site on a real database that goes away, is slow, or has no room left on its disk."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from ogp_network.embedded_postgres.server import PORT, Server
from ogp_network.load import stack
from tests.chaos import Person, Site

PREPARE = """
import django, json
django.setup()
from django.core.management import call_command
from django.test import Client
from tests.factories import make_idea, make_member, make_round, make_theme
call_command("createcachetable", verbosity=0)
round, client, member = make_round(slug="uk"), Client(), make_member(password=None)
make_theme(round=round)
ideas = [make_idea(round=round).pk for _ in range(3)]
client.force_login(member)
print(json.dumps({"session": client.cookies["sessionid"].value, "ideas": ideas, "member": member.pk}))
"""
SHUT = "LOCK TABLE manifesto_round IN ACCESS EXCLUSIVE MODE"


class Place:
    """A server of PostgreSQL in a directory, and the site on it; its tables are copied from the tests' own."""

    def __init__(self, directory):
        self.server = Server(directory, linger=1)
        self.address = {"host": self.server.ensure(), "port": PORT, "user": "postgres", "dbname": "site"}
        self.url = f"postgresql://postgres@{quote(self.address['host'], safe='')}:{PORT}/site"
        with self.connected(dbname="postgres") as connection:
            connection.execute("CREATE DATABASE site")
        self._copy(stack.reachable(connections["default"].settings_dict))
        environment = {
            **os.environ,
            "SITE_MODE": "demonstration",
            "DJANGO_SETTINGS_MODULE": "ogp_network.settings",
            "DATABASE_URL": self.url,
            "LOCK_SECONDS": "1",
        }
        prepare = [sys.executable, "-c", PREPARE]
        made = subprocess.run(prepare, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        self.known = json.loads(made.stdout)
        self.site = Site(Path(directory).parent, environment)
        self.site.start()
        self.site.wait_until_ready()
        self.member = Person(self.site, self.known["session"])

    def _copy(self, database):
        """Running the migrations would take longer than all the tests here."""
        origin = stack.database_url({**database, "NAME": database["TEST"]["TEMPLATE"]})
        copied = subprocess.run([self.server.programs / "pg_dump", origin], capture_output=True, check=True)
        fill = [self.server.programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", self.url]
        subprocess.run(fill, input=copied.stdout, check=True, stdout=subprocess.DEVNULL)

    def connected(self, **changes):
        return psycopg.connect(**{**self.address, **changes}, autocommit=True)

    def rows(self, query):
        with self.connected() as connection:
            return connection.execute(query).fetchall()

    def stop_database(self):
        self.server._run("pg_ctl", "stop", "-D", self.server.data, "-m", "immediate", "-w")

    def start_database(self):
        self.server.revive()
        self.site.wait_until_ready()

    def vote(self, idea):
        return self.member.told(
            "/support/", {"idea": self.known["ideas"][idea]}, "Thank you: you support this"
        )

    def write(self, title, text="Because."):
        """Keep a draft; the answer's status."""
        fields = {"title": title, "why": text, "key": str(uuid4()), "version": 0, "action": "save"}
        return self.member.ask("POST", "/rounds/uk/ideas/new/", fields)[0]

    def end(self):
        self.site.stop()
        self.stop_database()


@pytest.fixture(scope="module")
def place(django_db_setup, tmp_path_factory):
    directory = tmp_path_factory.mktemp("away")
    directory.chmod(0o711)
    place = Place(directory / "postgres")
    yield place
    place.end()


def test_while_the_database_is_away_pages_say_so_at_once_and_files_are_served(place):
    assert place.vote(0)
    place.stop_database()
    began = time.monotonic()
    answers = {
        path: place.member.ask("GET", path)
        for path in ("/", "/rounds/uk/", "/static/img/favicon.svg", "/health/live", "/health/ready")
    }
    sent = place.member.ask("POST", "/support/", {"idea": place.known["ideas"][1], "text": "A few words"})
    took = time.monotonic() - began
    place.start_database()
    assert {path: status for path, (status, _, _) in answers.items()} == {
        "/": 503,
        "/rounds/uk/": 503,
        "/static/img/favicon.svg": 200,
        "/health/live": 200,
        "/health/ready": 503,
    }
    assert json.loads(answers["/health/ready"][2]) == {"status": "not ready", "missing": ["database"]}
    assert "reach the database just now" in answers["/"][2]
    assert (sent[0], "A few words</textarea>" in sent[2], "it will count once" in sent[2]) == (
        503,
        True,
        True,
    )
    assert took < 20
    assert place.member.ask("GET", "/rounds/uk/")[0] == 200
    assert len(place.rows("SELECT FROM manifesto_vote")) == 1


def test_a_table_that_is_locked_holds_nobody_for_long(place):
    """More ask than there are threads; all are answered, and meanwhile the site shows that it is alive."""
    with place.connected() as other, other.transaction():
        other.execute(SHUT)
        began = time.monotonic()
        with ThreadPoolExecutor(20) as pool:
            asked = [pool.submit(place.member.ask, "GET", "/rounds/") for _ in range(20)]
            answers = [each.result()[0] for each in asked]
        took = time.monotonic() - began
    assert answers == [503] * 20
    assert took < 30
    assert place.member.ask("GET", "/rounds/")[0] == 200


def test_a_vote_counts_once_though_its_sender_left_and_sent_it_again_at_once(place):
    vote = {"idea": place.known["ideas"][2]}
    place.member.leave("/support/", vote)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(place.member.ask, "POST", "/support/", vote) for _ in range(4)]
        assert {each.result()[0] for each in asked} == {302}
    assert place.rows(f"SELECT count(*) FROM manifesto_vote WHERE idea_id = {vote['idea']}") == [(1,)]
    assert place.rows(f"SELECT supporters FROM manifesto_tally WHERE idea_id = {vote['idea']}") == [(1,)]


def test_limits_hold_where_pages_are_served_and_not_in_commands(place):
    code = "django.db.connection.cursor().execute('SHOW statement_timeout').fetchone()[0]"
    told = {}
    for name, start in {"pages": "import ogp_network.wsgi", "commands": "django.setup()"}.items():
        command = [sys.executable, "-c", f"import django, django.db; {start}; print({code})"]
        told[name] = subprocess.check_output(
            command, env=place.site.environment, cwd=settings.BASE_DIR, text=True, stderr=subprocess.DEVNULL
        ).strip()
    assert told == {"pages": "15s", "commands": "0"}


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own with little room."""
    directory = tmp_path / "disk"
    directory.mkdir()
    tmp_path.chmod(0o711)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=220m,mode=711", "tmpfs", directory],
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        pytest.skip(f"a small file system can’t be mounted here: {mounted.stderr.strip()}")
    yield directory
    subprocess.run(["umount", "--lazy", directory], check=True)


def test_a_full_disk_is_said_and_the_site_comes_back_when_there_is_room(django_db_setup, small_disk):
    place = Place(small_disk / "postgres")
    try:
        assert (place.vote(0), place.write("Before")) == (True, 302)
        ballast = small_disk / "ballast"
        fill(ballast)
        # Nothing may be answered as kept that isn't; sooner or later there is no room for another.
        kept = []
        for number in range(400):
            status = place.write(f"Draft {number}", f"{uuid4()} " * 100)
            if status == 302:
                kept.append(f"Draft {number}")
            else:
                assert status == 503
                break
        else:
            with pytest.raises(psycopg.OperationalError), place.connected() as connection:
                for _ in range(50):
                    connection.execute("CREATE TABLE more AS SELECT FROM generate_series(1, 2000000)")
                    connection.execute("SELECT pg_switch_wal()")
                    connection.execute("DROP TABLE more")
            assert place.write("No room") == 503
        assert place.member.ask("GET", "/static/img/favicon.svg")[0] == 200
        ballast.unlink()
        place.start_database()
        assert (place.vote(1), place.write("After")) == (True, 302)
        titles = {title for (title,) in place.rows("SELECT title FROM manifesto_draft")}
        assert {"Before", "After", *kept} - titles == set()
        assert place.rows("SELECT sum(supporters) FROM manifesto_tally") == place.rows(
            "SELECT count(*) FROM manifesto_vote"
        )
    finally:
        place.end()


def fill(ballast):
    """Take all the room there is."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 4096):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
