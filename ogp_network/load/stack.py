"""The site as it runs in production, on this machine: gunicorn with production settings, and its PostgreSQL."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import quote

from django.conf import settings
from django.db import connections

WORKERS, THREADS = 2, 4
START_SECONDS = 60


class DidNotStart(Exception):
    """A server isn't there in time, or ended; the message has what it said."""


def environment(database, **changes):
    """The environment of production for a site on `database`, as `settings_dict` has it."""
    made_up = {
        "DJANGO_SETTINGS_MODULE": "ogp_network.settings",
        "SITE_MODE": "production",
        # The same as ours, for sessions that we make are signed with it.
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": "https://127.0.0.1",
        "DATABASE_URL": database_url(database),
        "EMAIL_URL": "console://",
        "DEFAULT_FROM_EMAIL": "hello@example.org",
        "TRUSTED_PROXY_COUNT": "1",
        "LOG_LEVEL": "WARNING",
    }
    return {name: value for name, value in os.environ.items() if name != "DEBUG"} | made_up | changes


def database_url(database, *, host=None, port=None):
    user = quote(database["USER"] or "", safe="")
    password = f":{quote(database['PASSWORD'], safe='')}" if database.get("PASSWORD") else ""
    host = quote(str(host or database["HOST"] or ""), safe="")
    port = f":{port or database['PORT']}" if port or database["PORT"] else ""
    return f"postgresql://{user}{password}@{host}{port}/{quote(database['NAME'], safe='')}"


def reachable(database):
    """`settings_dict` with the address that other programs reach the database at."""
    if not is_embedded(database):
        return database
    from ogp_network.embedded_postgres.base import SERVER
    from ogp_network.embedded_postgres.server import PORT

    return database | {"HOST": str(SERVER.ensure()), "PORT": PORT, "PASSWORD": ""}


def is_embedded(database):
    return database["ENGINE"] == "ogp_network.embedded_postgres"


def restart_database():
    """Restart the embedded server, whose own caches are empty then. The system still has its files in memory."""
    from ogp_network.embedded_postgres.base import SERVER
    from ogp_network.embedded_postgres.server import stop

    connections.close_all()
    stop(SERVER.data, SERVER.programs)
    SERVER.revive()


def collect_static(database):
    command = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment(database), check=True)


def setting(env, name):
    """What a setting is in that environment, as text."""
    code = f"from django.conf import settings; print(settings.{name})"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@contextmanager
def serving(env, application="ogp_network.wsgi", *, workers=WORKERS, threads=THREADS):
    """Have gunicorn serve the site, or another application, in that environment; give the port once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--threads", str(threads), "--worker-class", "gthread"]
    command += ["--log-level", "warning"]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=env, start_new_session=True)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port, process):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DidNotStart(f"It ended with {process.returncode}; what it said is above.")
        try:
            return _answers(port)
        except OSError:
            time.sleep(0.05)
    raise DidNotStart(f"Nothing answers at port {port}.")


def _answers(port):
    """Ask what the site answers without a page, a template or the database, so that it is as cold as before."""
    connection = HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    try:
        connection.request("OPTIONS", "/open-data/", headers={"X-Forwarded-Proto": "https"})
        connection.getresponse().read()
    finally:
        connection.close()
