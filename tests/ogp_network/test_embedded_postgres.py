"""Real servers, real processes, real kills."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

import ogp_network
from ogp_network.embedded_postgres.server import Server, postmaster_pid, stop

ROOT = Path(ogp_network.__file__).resolve().parent.parent
LINGER = "0.2"

# Prints the socket's directory, then stays a user until its input ends.
USER = """
import sys
from pathlib import Path
from ogp_network.embedded_postgres.server import Server
server = Server.from_environment(None)
print(server.ensure(), flush=True)
sys.stdin.read()
"""

DJANGO = """
import os, signal, sys, time
from pathlib import Path
from django.conf import settings
database = {"ENGINE": "ogp_network.embedded_postgres", "NAME": "site", "USER": "postgres"}
settings.configure(BASE_DIR=Path(os.environ["EMBEDDED_POSTGRES_DIR"]), DATABASES={"default": database})
from django.db import OperationalError, connection
def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can work as somebody else")


@pytest.fixture
def place():
    """A directory that every account may enter, for the directories of servers."""
    path = Path(tempfile.mkdtemp(prefix="ogp-"))
    path.chmod(0o755)
    yield path
    for directory in path.iterdir():
        for home in [directory, *elsewhere(directory)]:
            for data in home.glob("[0-9]*"):
                stop(data, Server(directory).programs)
        for home in elsewhere(directory):
            shutil.rmtree(home)
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """The data directory of a new server that has been stopped: a copy is quicker than another."""
    directory = tmp_path_factory.mktemp("new")
    with user(directory):
        pass
    wait_until(lambda: not postmaster(directory))
    return next(path for path in directory.glob("[0-9]*") if path.name.isdigit())


@pytest.fixture
def directory(place, data):
    shutil.copytree(data, place / "postgres" / data.name)
    return place / "postgres"


def elsewhere(directory):
    """Where a server keeps its files that can't have them in its directory."""
    name = f"ogp-network-{Server(directory)._digest}"
    return [path for path in [Path("/var/lib") / name, Path(tempfile.gettempdir()) / name] if path.exists()]


def launch(program, directory, *, python=sys.executable, environment=None, **options):
    more = {"EMBEDDED_POSTGRES_DIR": str(directory), "EMBEDDED_POSTGRES_LINGER": LINGER} | (environment or {})
    return subprocess.Popen(
        [python, "-c", program],
        env=os.environ | more,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@contextlib.contextmanager
def user(directory, program=USER, **options):
    """A process that uses the server while the block runs; yields it and what it said first."""
    with launch(program, directory, **options) as process:
        said = process.stdout.readline().strip()
        assert said, process.stderr.read()
        try:
            yield process, said
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.wait(timeout=30)


def output(program, directory, **options):
    process = launch(program, directory, **options)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return out.split()


def connect(socket):
    return psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True)


def postmaster(directory):
    """The process id of the directory's server, or None."""
    pids = [postmaster_pid(data) for data in directory.glob("[0-9]*") if data.name.isdigit()]
    return next(filter(None, pids), None)


def wait_until(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def reaper(directory):
    """The process id of the directory's reaper, or None."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            arguments = path.read_bytes().split(b"\0")
            if os.fsencode(directory) in arguments and any(name.endswith(b"server.py") for name in arguments):
                return int(path.parent.name)
    return None


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def test_racing_starts_share_one_server_and_database(place):
    directory = place / "postgres"
    program = DJANGO + "print(run('SELECT pg_postmaster_start_time()::text, current_database()'))"
    processes = [launch(program, directory) for _ in range(8)]
    results = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 8, results
    assert len({out for out, _ in results}) == 1
    assert "'site')" in results[0][0]


def test_server_stops_after_its_last_user_and_keeps_the_data(directory):
    with user(directory) as (_, socket), user(directory):
        with connect(socket) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            (version,) = connection.execute("SELECT current_setting('server_version')").fetchone()
        assert (directory / version.split(".")[0]).is_dir()
    wait_until(lambda: not postmaster(directory))
    with user(directory) as (_, socket), connect(socket) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (1,)


def test_killed_user_leaves_the_server_to_the_others(directory):
    with user(directory) as (first, _), user(directory) as (_, socket):
        server = postmaster(directory)
        first.kill()
        first.wait()
        time.sleep(3 * float(LINGER))
        assert postmaster(directory) == server
        with connect(socket) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    wait_until(lambda: not postmaster(directory))


@on_linux
def test_killed_reaper_is_replaced_by_the_next_user(directory):
    with user(directory):
        old = reaper(directory)
        os.kill(old, signal.SIGKILL)
        wait_until(lambda: reaper(directory) is None)
        with user(directory):
            assert reaper(directory) not in (None, old)
    wait_until(lambda: not postmaster(directory) and not reaper(directory))


def test_killed_server_loses_no_committed_row_and_the_next_connection_finds_it(directory):
    program = DJANGO + (
        """
run("CREATE TABLE vote (number int)")
number = 0
print("ready", flush=True)
while True:
    try:
        run(f"INSERT INTO vote VALUES ({number})")
    except OperationalError:
        break
    print(number, flush=True)
    number += 1
connection.close()
print(*run("SELECT count(*) FROM vote"), flush=True)
"""
    )
    with user(directory) as (_, socket):
        busy = subprocess.Popen(
            [sys.executable, "-c", BUSY, socket], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        with busy, user(directory, program) as (process, _):
            busy.stdout.readline()
            lines = [process.stdout.readline() for _ in range(50)]
            os.kill(postmaster(directory), signal.SIGKILL)
            # To its end: communicate() would leave out what was read ahead with the last line.
            lines += process.stdout.readlines()
            errors = process.stderr.read()
            *committed, counted = map(int, lines)
            assert committed == list(range(len(committed))), errors
            # One more may be stored than was answered for.
            assert counted - len(committed) in (0, 1)
            busy.kill()


# A worker at a long statement outlives its killed server for a while; nobody else may write to the data then.
BUSY = """
import sys, psycopg
connection = psycopg.connect(host=sys.argv[1], user="postgres", dbname="postgres", autocommit=True)
connection.execute("SET max_parallel_workers_per_gather = 0")
print("ready", flush=True)
connection.execute("SELECT count(*) FROM generate_series(1, 10000000)")
"""


def test_two_directories_have_servers_of_their_own(place):
    with user(place / "one") as (_, one):
        with user(place / "other") as (_, other):
            with connect(one) as connection:
                connection.execute("CREATE TABLE only_here (number int)")
            with connect(other) as connection:
                assert connection.execute("SELECT to_regclass('only_here')").fetchone() == (None,)
        wait_until(lambda: not postmaster(place / "other"))
        with connect(one) as connection:
            assert connection.execute("SELECT to_regclass('only_here')").fetchone() == ("only_here",)


@pytest.mark.parametrize("age", [0, 60])
def test_stale_pid_file_harms_neither_the_start_nor_the_process_it_names(directory, data, age):
    data = directory / data.name
    with user(directory):
        lines = (data / "postmaster.pid").read_text().splitlines(keepends=True)
    wait_until(lambda: not postmaster(directory))
    with subprocess.Popen(["sleep", "60"]) as unrelated:
        path = data / "postmaster.pid"
        path.write_text("".join([f"{unrelated.pid}\n", *lines[1:]]))
        path.chmod(0o600)
        (Path(lines[4].strip()) / ".s.PGSQL.5432.lock").write_text(path.read_text())
        os.utime(path, (time.time() - age,) * 2)
        with user(directory) as (_, socket), connect(socket) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        wait_until(lambda: not postmaster(directory))
        assert unrelated.poll() is None
        unrelated.kill()


def test_long_path_still_has_a_socket_in_a_private_directory(place):
    directory = place / ("long and spaced " * 6)
    with user(directory) as (_, socket), connect(socket) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert not Path(socket).is_relative_to(directory)
        assert Path(socket).stat().st_mode & 0o777 == 0o700
    wait_until(lambda: not postmaster(directory))
    shutil.rmtree(socket)


def test_forked_child_is_a_user_only_once_it_connects(directory):
    program = """
import os, sys, time
from ogp_network.embedded_postgres.server import Server
server = Server.from_environment(None)
server.ensure()
if not os.fork():
    if sys.stdin.readline() == "use\\n":
        server.ensure()
        print("used", flush=True)
    sys.stdin.read()
    os._exit(0)
print("ready", flush=True)
os._exit(0)
"""
    with user(directory, program) as (parent, _):
        parent.wait()
        wait_until(lambda: not postmaster(directory))
        parent.stdin.write("use\n")
        parent.stdin.flush()
        assert parent.stdout.readline() == "used\n"
        time.sleep(3 * float(LINGER))
        assert postmaster(directory)
    wait_until(lambda: not postmaster(directory))


def test_log_ties_nobody_to_a_vote(directory):
    with user(directory) as (_, socket):
        with connect(socket) as connection:
            connection.execute("CREATE TABLE vote (member text UNIQUE)")
            connection.execute("INSERT INTO vote VALUES ('marian')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO vote VALUES (%s)", ["marian"])
            with pytest.raises(psycopg.errors.InvalidTextRepresentation):
                connection.execute("SELECT %s::text::int", ["marian"])
        # A worker that dies in the middle of a vote.
        with connect(socket) as connection:
            kill = f"COPY (SELECT 1) TO PROGRAM 'kill -9 {connection.info.backend_pid} # marian'"
            with pytest.raises(psycopg.OperationalError):
                connection.execute(kill)
    wait_until(lambda: not postmaster(directory))
    log = (directory / "server.log").read_text()
    assert "terminated by signal 9" in log
    assert "marian" not in log


def test_failure_is_an_operational_error_with_the_end_of_the_log(directory, data):
    (directory / data.name / "postgresql.conf").write_text("no_such_setting = 1\n")
    program = DJANGO + (
        """
try:
    run("SELECT 1")
except OperationalError as error:
    print(error)
"""
    )
    said = output(program, directory)
    assert {"PostgreSQL", "didn't", "start:", '"no_such_setting"'} <= set(said)


def can_run(python, uid):
    """Whether this account can run this Python on the project's code."""
    command = [python, "-c", "import ogp_network.embedded_postgres.server"]
    with contextlib.suppress(OSError):
        return subprocess.run(command, user=uid, cwd="/", env={"PYTHONPATH": str(ROOT)}).returncode == 0
    return False


@as_root
def test_ordinary_user_runs_it_and_root_joins_in_as_that_user(place):
    directory = place / "postgres"
    nobody = pwd.getpwnam("nobody")
    pythons = [python for python in [sys.executable, "/usr/bin/python3"] if can_run(python, nobody.pw_uid)]
    if not pythons:
        pytest.skip("an ordinary user can reach neither a Python nor this checkout")
    directory.mkdir(mode=0o700)
    os.chown(directory, nobody.pw_uid, nobody.pw_gid)
    account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "python": pythons[0]}
    environment = {
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
        "HOME": "/nonexistent",
    }
    # Root first, so that it's root who makes the files which the user has to lock.
    for options in [{}, account, {}]:
        with user(directory, environment=environment, **options) as (_, socket), connect(socket):
            assert os.stat(f"/proc/{postmaster(directory)}").st_uid == nobody.pw_uid
        wait_until(lambda: not postmaster(directory))


@as_root
@pytest.mark.parametrize("home", ["in reach", "out of reach"])
def test_root_without_user_namespaces_runs_it_as_nobody(place, home):
    directory = place / "postgres"
    forbidden = {"EMBEDDED_POSTGRES_USER_NAMESPACES": "off"}
    if home == "out of reach":  # and so are the programs
        place.chmod(0o700)
        packages = Path(psycopg.__file__).parent.parent
        for package in packages.glob("embedded_postgres*"):
            (place / package.name).symlink_to(package)
        forbidden["PYTHONPATH"] = str(place)
    for _ in range(2):
        with user(directory, environment=forbidden) as (_, socket), connect(socket) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
            connection.execute("INSERT INTO kept VALUES (1)")
            (count,) = connection.execute("SELECT count(*) FROM kept").fetchone()
            (where,) = [directory] if home == "in reach" else elsewhere(directory)
            assert os.stat(f"/proc/{postmaster(where)}").st_uid == pwd.getpwnam("nobody").pw_uid
        wait_until(lambda where=where: not postmaster(where))
    assert count == 2
    assert any(where.glob("programs-*/*/*/bin/postgres")) == (home == "out of reach")
