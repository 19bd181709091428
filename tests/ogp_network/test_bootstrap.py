import fcntl
import os
import shutil
import subprocess
import sys
import venv

import pytest

from ogp_network import bootstrap
from ogp_network.bootstrap import Environment, python_problem

ROOT = bootstrap.BASE_DIR


@pytest.fixture
def clone(tmp_path):
    """What the set-up reads of a fresh clone."""
    (tmp_path / "ogp_network").mkdir()
    for name in ["manage.py", "requirements-dev.txt", "ogp_network/__init__.py", "ogp_network/bootstrap.py"]:
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def environment(clone):
    return Environment(clone)


def stamp(environment, text):
    environment.python.parent.mkdir(parents=True)
    environment.python.symlink_to(sys.executable)
    environment.stamp.write_text(text)


def environ(**more):
    kept = {name: os.environ[name] for name in ["PATH", "HOME"] if name in os.environ}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1"} | more


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 0), (3, 10, 14)])
def test_old_python_is_told_what_is_needed(version):
    assert python_problem(version, "linux") == (
        f"This needs Python 3.11 or newer, and this is {version[0]}.{version[1]}. Try python3.11."
    )


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 2), (4, 0, 0)])
def test_new_enough_python_is_welcome(version):
    assert python_problem(version, "linux") is None
    assert python_problem(version, "darwin") is None


def test_windows_is_told_of_wsl():
    assert (
        python_problem((3, 12, 0), "win32") == "This runs on Linux and macOS. On Windows, use it inside WSL."
    )


def test_environment_without_stamp_is_not_current(environment):
    stamp(environment, "")
    environment.stamp.unlink()
    assert not environment.is_current()


def test_environment_stamped_with_the_lock_is_current(environment):
    stamp(environment, environment.wanted + "\n")
    assert environment.is_current()


def test_environment_of_another_lock_is_not_current(environment):
    stamp(environment, environment.wanted + "\n")
    with environment.lock.open("a") as lock:
        lock.write("# changed\n")
    assert not environment.is_current()


def test_environment_whose_python_is_gone_is_not_current(environment):
    stamp(environment, environment.wanted + "\n")
    environment.python.unlink()
    environment.python.symlink_to("/nonexistent/python3")
    assert not environment.is_current()


def test_nothing_is_made_when_the_running_python_has_what_it_needs(clone):
    result = subprocess.run(
        [sys.executable, "manage.py", "version"], cwd=clone, capture_output=True, text=True, env=environ()
    )
    assert result.stdout.startswith("5.2.")
    assert sorted(path.name for path in clone.iterdir()) == [
        "manage.py",
        "ogp_network",
        "requirements-dev.txt",
    ]


def test_django_of_another_series_does_not_count(clone):
    lock = clone / "requirements-dev.txt"
    lock.write_text(lock.read_text().replace("\ndjango==5.2.", "\ndjango==6.7."))
    assert bootstrap.has_what_it_needs()
    assert not bootstrap.has_what_it_needs(clone)


def test_broken_environment_is_cleared_away_and_a_working_one_kept(environment):
    environment.python.parent.mkdir(parents=True)
    environment.python.symlink_to("/nonexistent/python3")
    assert not environment._works()
    assert not environment.path.exists()
    venv.create(environment.path, with_pip=False)
    assert environment._works()
    assert environment.python.exists()


def test_bare_python_makes_the_environment_and_says_why_it_can_not(clone):
    """With a lock that no index can serve: all the ways are tried, and the message says what to do."""
    (clone / "requirements-dev.txt").write_text("django==5.2.0 --hash=sha256:" + "0" * 64 + "\n")
    bare = clone / "bare"
    venv.create(bare, with_pip=False)
    result = subprocess.run(
        [bare / "bin/python", "manage.py", "check"],
        cwd=clone,
        capture_output=True,
        text=True,
        env=environ(PIP_NO_INDEX="1", UV_OFFLINE="1", PIP_FIND_LINKS="", PIP_CONFIG_FILE=os.devnull),
    )
    assert result.returncode == 1
    assert result.stderr.startswith("Setting up .venv (about a minute, once)…\n")
    assert result.stderr.strip().endswith(bootstrap.HOW_TO_HELP)
    assert not Environment(clone).is_current()


def test_two_commands_at_once_install_once(clone):
    """The second waits for the first, which holds the lock, and then has nothing to do."""
    bare = clone / "bare"
    venv.create(bare, with_pip=False)
    (clone / ".local").mkdir()
    with (clone / ".local/setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with subprocess.Popen(
            [bare / "bin/python", "-m", "ogp_network.bootstrap"],
            cwd=clone,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environ(),
        ) as second:
            assert second.stderr.readline() == "Waiting for another command to set up .venv…\n"
            environment = Environment(clone)
            stamp(environment, environment.wanted + "\n")
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert second.communicate(timeout=30) == (f"{environment.python}\n", "")
