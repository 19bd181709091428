"""The site as it runs for real: gunicorn with production settings, two servers of it, and PgBouncer in between.

What is asked comes from the load that `manage.py benchmark_site` makes, so that it works is tested here, too.
"""

import csv
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from manifesto.models import CountRegister, Vote
from ogp_network.demonstration.crowd import load_crowd
from ogp_network.demonstration.electorate import load_voters, load_votes
from ogp_network.embedded_postgres.base import SERVER
from ogp_network.load import mixed, stack
from ogp_network.load.client import Connection, asking
from ogp_network.load.visits import TOKEN, Site, Voter, holds

IDEAS, VOTES, VOTERS = 30, 600, 16
PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
POOL = """
[databases]
* = host={socket} port=5432 user=postgres

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_client_conn = 100
logfile = {directory}/log
unix_socket_dir =
"""


@pytest.fixture
def round(transactional_db):
    round = load_crowd(ideas=IDEAS, now=timezone.now(), tallies=False)
    load_votes(round, votes=VOTES, now=timezone.now())
    return round


@pytest.fixture(scope="module")
def static_files(django_db_setup):
    stack.collect_static(stack.reachable(connection.settings_dict))


@pytest.fixture
def env(round, static_files):
    # Few voters vote far more often than people may.
    return stack.environment(stack.reachable(connection.settings_dict), RATE_LIMITS="off")


@pytest.fixture
def voters(round, env):
    cookie = stack.setting(env, "SESSION_COOKIE_NAME")
    site = Site(round)
    signed_in = load_voters(VOTERS, now=timezone.now())
    return [Voter(site, *one, cookie=cookie, number=number) for number, one in enumerate(signed_in)]


@pytest.fixture
def pooled(env, tmp_path):
    """The environment of a site that reaches the database through PgBouncer, which has two connections in all."""
    if PGBOUNCER is None:
        assert not os.environ.get("CI"), "PgBouncer is required here: apt install pgbouncer"
        pytest.skip("needs PgBouncer: apt install pgbouncer")
    port = stack.free_port()
    database = stack.reachable(connection.settings_dict)
    with _pgbouncer(port, database["HOST"]):
        url = stack.database_url(database, host="127.0.0.1", port=port)
        yield env | {"DATABASE_URL": url, "DATABASE_POOLING": "transaction"}


@contextmanager
def _pgbouncer(port, host):
    # In a place that the server's account may enter, which PgBouncer runs under: it refuses to be root, too.
    account, directory = SERVER.account, Path(host) / f"pgbouncer-{port}"
    directory.mkdir()
    path = directory / "pgbouncer.ini"
    path.write_text(POOL.format(socket=host, port=port, directory=directory))
    as_account = {}
    if os.geteuid() == 0 and account.uid:
        as_account = {"user": account.uid, "group": account.gid, "extra_groups": []}
        for entry in (directory, path):
            os.chown(entry, account.uid, account.gid)
    process = subprocess.Popen([*account.prefix, PGBOUNCER, "-q", path], cwd="/", **as_account)
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(directory)


def _wait_for(port, process):
    for _ in range(200):
        assert process.poll() is None, "PgBouncer ended; what it said is above."
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"Nothing answers at port {port}.")


def manage(env, *arguments):
    command = [sys.executable, "-m", "django", *arguments]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_crowds_votes_are_counted_as_if_they_had_come_one_by_one(round):
    assert Vote.objects.filter(idea__round=round).count() == VOTES
    assert list(mixed.faults(round, [], VOTES, [], now=timezone.now())) == []


def test_voter_who_supports_everything_withdraws_from_something():
    site = SimpleNamespace(ideas=[(1, 10), (2, 20)], address="/rounds/uk/ideas/")
    voter = Voter(site, None, "session", cookie="sessionid", number=0)
    voter.token, voter.supports = "token", {10, 20}
    assert voter.vote().sent.startswith(b"POST /support/withdrawals/ ")


def test_many_at_once_lose_no_vote_behind_pgbouncer(round, voters, pooled):
    with stack.serving(pooled) as port:
        for voter in voters:
            voter.sign_in(port)
        found, written = mixed.people_at_work(voters[0].site, voters, 3 / 60, port)
    assert found.errors == []
    assert written
    assert sum(len(voter.supports) for voter in voters) > 0
    assert list(mixed.faults(round, voters, VOTES, written, now=timezone.now())) == []


def test_pgbouncer_has_two_connections_for_all_of_them(voters, pooled):
    """Or the tests above would show nothing: with a connection for each thread nothing is passed on."""
    options = {"autocommit": True, "prepare_threshold": None}
    clients = [psycopg.connect(pooled["DATABASE_URL"], **options) for _ in range(6)]
    backends = {client.execute("SELECT pg_backend_pid()").fetchone() for client in clients * 3}
    for client in clients:
        client.close()
    assert 1 <= len(backends) <= 2


def test_exports_are_whole_behind_pgbouncer(round, pooled):
    register = CountRegister.objects.make(round, now=timezone.now())
    with stack.serving(pooled) as port:
        table = list(csv.DictReader(_streamed(port, reverse("open_data_csv", args=["ideas"]))))
        rows = json.loads("".join(_streamed(port, reverse("open_data_json", args=["ideas"]))))["rows"]
        codes = list(csv.DictReader(_streamed(port, f"{register.get_absolute_url()}codes.csv")))
    assert [row["number"] for row in table] == [str(row["number"]) for row in rows]
    assert len(rows) == IDEAS
    assert sum(row["statement"] == "counted" for row in codes) == VOTES


def _streamed(port, path):
    """The lines of what is sent as it is made, which doesn't say how long it is as the load generator needs it."""
    client = HTTPConnection("127.0.0.1", port, timeout=60)
    client.request("GET", path, headers={"X-Forwarded-Proto": "https"})
    answer = client.getresponse()
    assert answer.status == 200
    lines = answer.read().decode().splitlines(keepends=True)
    client.close()
    return lines


def test_no_statement_of_ours_outlives_its_transaction():
    """What the tests above may not come by: locks and settings of a session, cursors, and waiting to be notified."""
    lasting = re.compile(
        r"pg_(?:try_)?advisory_lock|set_config\([^)]*false\)|\bSET (?:SESSION|TIME ZONE)|\bLISTEN\b"
        r"|CREATE TEMP|\.iterator\("
    )
    found = [
        f"{path.relative_to(settings.BASE_DIR)}: {match[0]}"
        for app in ("ogp_network", "manifesto", "meetings", "profiles")
        for path in (settings.BASE_DIR / app).rglob("*.py")
        for match in lasting.finditer(path.read_text())
    ]
    assert found == []
    assert connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]


def test_jobs_do_their_work_behind_pgbouncer(round, pooled):
    for job in (
        "rebuild_lexemes",
        "make_registers",
        "publish_open_data",
        "announce_phases",
        "send_notifications",
    ):
        manage(pooled, job)
    assert "agree" in manage(pooled, "verify_counts")
    assert round.registers.count() == 1


def test_two_servers_share_nothing_but_the_database(round, voters, env):
    """Who signed in at one is signed in at the other, which takes forms of the first, and both show the vote."""
    with stack.serving(env, workers=1) as one, stack.serving(env, workers=1) as other:
        voter = voters[0]
        voter.sign_in(one)
        with closing(Connection(other)) as there:
            there.ask(voter.page())
            there.ask(voter.vote())
        [idea] = voter.supports
        number = dict((key, number) for number, key in voter.site.ideas)[idea]
        again = voter.ask(f"{voter.site.address}{number}/", holds(b"Withdraw my support"))
        with closing(Connection(one)) as here:
            here.ask(again)
    assert Vote.objects.filter(member=voter.member).count() == 1


def test_two_servers_count_wrong_passwords_together(env):
    env = env | {"RATE_LIMITS": "on"}
    with stack.serving(env, workers=1) as one, stack.serving(env, workers=1) as other:
        refused = [_is_refused(port) for port in (one, other, one, other, one, other)]
    assert refused == [False] * 5 + [True]


def _is_refused(port):
    """Whether somebody who doesn't know a password is told that they have tried too often."""
    path, form = reverse("account_login"), {"login": "somebody@example.org", "password": "wrong horse"}
    with closing(Connection(port)) as client:
        page = client.ask(asking(path, is_right=holds(b"csrfmiddlewaretoken")))
        form["csrfmiddlewaretoken"] = TOKEN.search(page.body)[1].decode()
        sent = asking(path, is_right=lambda answer: True, cookies=page.cookies, form=form)
        return b"Too many" in client.ask(sent).body
