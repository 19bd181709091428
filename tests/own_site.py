"""The demonstration in processes and on a database of its own, as a newcomer starts it."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from django.conf import settings


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """`manage.py demo` in a process group of its own, on a database of its own."""

    def __init__(self, directory):
        self.port = free_port()
        self.directory = directory
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, settings.BASE_DIR / "manage.py", "demo", "--port", str(self.port)],
            cwd=self.directory.parent,
            env=self.environment(),
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        introduction = ""
        while "Stop with Ctrl-C" not in introduction:
            line = self.process.stdout.readline()
            assert line, introduction
            introduction += line
        self.wait_until_it_answers()
        return introduction

    def environment(self):
        """Not with the settings of tests: they wait for no disk."""
        others = ("SITE_MODE", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        environment = {name: value for name, value in os.environ.items() if name not in others}
        return {**environment, "EMBEDDED_POSTGRES_DIR": str(self.directory)}

    def migrate(self):
        """Begin what a first start does, in a quarter of the time; it has to go on with it."""
        environment = {**self.environment(), "DJANGO_SETTINGS_MODULE": "ogp_network.settings"}
        environment["SITE_MODE"] = "demonstration"
        command = [sys.executable, "-m", "tests.quick_migrations"]
        subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)

    def wait_until_it_answers(self):
        for _ in range(100):
            try:
                return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5).read()
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the site doesn't answer")

    def stop(self):
        """As with Ctrl-C; wait for the database to be at rest."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait()
        self.process.stdout.close()
        while list(self.directory.glob("*/postmaster.pid")):
            time.sleep(0.1)

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def kill_database(self):
        pid = next(self.directory.glob("*/postmaster.pid")).read_text().split()[0]
        os.kill(int(pid), signal.SIGKILL)


def started_before(shared):
    """The directory of a database that a newcomer's start has filled; one process starts it, others wait."""
    directory, done = shared / "own-site" / "postgres", shared / "own-site" / "done"
    directory.parent.mkdir(exist_ok=True)
    with open(directory.parent / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(directory, ignore_errors=True)
            site = Site(directory)
            site.migrate()
            site.start()
            site.stop()
            done.touch()
    return directory
