"""Gets a bare clone ready to run: makes `.venv` from the lock and goes on inside it.

Standard library only, and readable by any Python 3, since it tells an old one that it's too old.
`python3 -m ogp_network.bootstrap` prints the path of the Python that runs the project.
"""

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
NEEDED = ["django", "allauth", "psycopg"]
HOW_TO_HELP = """\
The packages of requirements-dev.txt can't be installed into .venv.
If the lines above speak of the network, try again when it's there.
Otherwise install one of these and run the command again:
  Python's venv module (Debian and Ubuntu: apt install python3-venv)
  uv (https://docs.astral.sh/uv/)"""


class SetupError(Exception):
    """`.venv` can't be made; the message says what to do."""


def python_problem(version, platform=sys.platform):
    """What to tell somebody whose Python or system won't do, or None."""
    if platform == "win32":
        return "This runs on Linux and macOS. On Windows, use it inside WSL."
    if tuple(version[:2]) < OLDEST_PYTHON:
        return f"This needs Python 3.11 or newer, and this is {version[0]}.{version[1]}. Try python3.11."
    return None


class Environment:
    """The project's own virtual environment, of `base_dir`."""

    def __init__(self, base_dir):
        self.base_dir = Path(base_dir)
        self.path = self.base_dir / ".venv"
        self.python = self.path / "bin" / "python"
        self.lock = self.base_dir / "requirements-dev.txt"
        self.stamp = self.path / "requirements-dev.sha256"
        self._held = []

    @property
    def wanted(self):
        return hashlib.sha256(self.lock.read_bytes()).hexdigest()

    def is_current(self):
        """Whether all of the lock was installed. The stamp comes last: an interrupted set-up has none."""
        with contextlib.suppress(OSError):
            return self.stamp.read_text().strip() == self.wanted and os.access(self.python, os.X_OK)
        return False

    def is_running(self):
        return Path(sys.prefix).resolve() == self.path.resolve()

    def prepare(self):
        """Make or update it unless it's current; a second command meanwhile waits for the first."""
        import fcntl  # not on the system that won't do

        local = self.base_dir / ".local"
        local.mkdir(exist_ok=True)
        with (local / "setup.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Waiting for another command to set up .venv…")
                fcntl.flock(lock, fcntl.LOCK_EX)
            if self.is_current():
                return
            self._held = [lock.fileno()]
            say("Updating .venv…" if self.python.exists() else "Setting up .venv (about a minute, once)…")
            self._install()
            self.stamp.write_text(self.wanted + "\n")

    def _install(self):
        problems = []
        for install in [self._install_with_uv, self._install_with_own_pip, self._install_with_outer_pip]:
            try:
                if install():
                    self._run([self.python, "-c", "import " + ", ".join(NEEDED)])
                    return
            except subprocess.CalledProcessError as error:
                problems.append(f"{' '.join(error.cmd[:6])} …\n{error.output.strip()[-2000:]}")
        raise SetupError("\n\n".join([*problems, HOW_TO_HELP]))

    def _install_with_uv(self):
        uv = shutil.which("uv")
        if not uv:
            return False
        if not self._works():
            self._run([uv, "venv", "--quiet", "--python", sys.executable, self.path])
        self._run([uv, "pip", "install", "--quiet", "--python", self.python, *self._from_lock])
        return True

    def _install_with_own_pip(self):
        if importlib.util.find_spec("ensurepip") is None:
            return False
        if not self._works():
            self._run([sys.executable, "-m", "venv", self.path])
        elif not answers([self.python, "-m", "pip", "--version"]):
            self._run([self.python, "-m", "ensurepip"])
        self._run([self.python, "-m", "pip", "install", *self._quiet_pip, *self._from_lock])
        return True

    def _install_with_outer_pip(self):
        """Debian splits pip and ensurepip off from Python: take any pip there is."""
        pips = [[sys.executable, "-m", "pip"], ["pip3"], ["pip"]]
        pip = next((pip for pip in pips if answers([*pip, "--version"])), None)
        if pip is None:
            return False
        if not self._works():
            self._run([sys.executable, "-m", "venv", "--without-pip", self.path])
        self._run([*pip, "--python", self.python, "install", *self._quiet_pip, *self._from_lock])
        return True

    _quiet_pip = ["--quiet", "--no-input", "--disable-pip-version-check"]

    @property
    def _from_lock(self):
        return ["--require-hashes", "-r", self.lock]

    def _works(self):
        """Whether there's an environment to build on; clears away one that's broken, half made or too old."""
        if answers([self.python, "-c", f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"]):
            return True
        if self.path.exists():
            shutil.rmtree(self.path)
        return False

    def _run(self, command):
        subprocess.run(
            list(map(str, command)),
            check=True,
            cwd=self.base_dir,
            env=clean_environ("PYTHONPATH", "VIRTUAL_ENV"),
            pass_fds=self._held,  # an installer that outlives us keeps others waiting until it's done
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def clean_environ(*more):
    """Our environment without what would lead another Python astray."""
    misleading = {"PYTHONHOME", "__PYVENV_LAUNCHER__", *more}
    return {name: value for name, value in os.environ.items() if name not in misleading}


def answers(command):
    try:
        return (
            subprocess.run(list(map(str, command)), env=clean_environ(), capture_output=True).returncode == 0
        )
    except OSError:
        return False


def say(line):
    print(line, file=sys.stderr, flush=True)


def has_what_it_needs(base_dir=BASE_DIR):
    """Whether the running Python can run the site: a container's, or an environment of one's own."""
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        return False
    from importlib import metadata  # not in the Python that's too old

    # An operating system's Django may be importable and years old.
    locked = re.search(r"^django==(\d+\.\d+)\.", (Path(base_dir) / "requirements-dev.txt").read_text(), re.M)
    return metadata.version("django").startswith(locked.group(1) + ".")


def ensure_environment(base_dir=BASE_DIR):
    """Return the Python to go on with: None for the running one, otherwise the path of `.venv`'s."""
    environment = Environment(base_dir)
    if environment.is_running():
        if environment.is_current():
            return None
    elif has_what_it_needs(base_dir):
        return None
    if not environment.is_current():
        environment.prepare()
    return str(environment.python)


def go_on(arguments):
    """Go on in the right environment: return when this is it, otherwise start again inside `.venv`."""
    try:
        python = ensure_environment()
    except (SetupError, OSError) as error:
        sys.exit(str(error))
    if python:
        os.execve(python, [python, *arguments], clean_environ())


# A process for each core, but for many-cored machines: each needs a database of its own first. In the order that
# tests/conftest.py puts them in: the longest come first.
ALL_TESTS = ["--numprocesses=auto", "--maxprocesses=4", "--dist=loadgroup", "--no-loadscope-reorder"]


def run_tests(arguments):
    """Become pytest, from the project's root: all the tests, several at once, or what `arguments` choose."""
    os.chdir(BASE_DIR)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *(arguments or ALL_TESTS)])


if __name__ == "__main__":
    if python_problem(sys.version_info):
        sys.exit(python_problem(sys.version_info))
    print(ensure_environment() or sys.executable)
