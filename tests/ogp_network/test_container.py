"""What can be said of the container files without running a container."""

import re
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.conf import settings

from ogp_network import health_probe
from ogp_network.load.stack import free_port
from ogp_network.management.commands.run_jobs import JOBS

ROOT = Path(settings.BASE_DIR)
UNITS = ROOT / "docs/deploy/systemd"


@pytest.fixture
def asked():
    """What a server was asked for, which is alive as long as it is asked under its own name; and its port."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            self.send_response(200 if self.headers["Host"] == "manifesto.example.org" else 400)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield seen, server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_probe_asks_under_the_sites_own_name(asked):
    seen, port = asked
    assert health_probe.is_alive(port, "manifesto.example.org")
    assert not health_probe.is_alive(port, "127.0.0.1")
    assert seen == ["/health/live"] * 2


def test_the_probe_says_no_where_nothing_listens():
    assert not health_probe.is_alive(free_port(), "manifesto.example.org")


def test_everything_the_image_is_made_of_is_there_and_not_ignored():
    text = (ROOT / "Containerfile").read_text()
    copied = {word for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.M) for word in line.split()[:-1]}
    allowed = {line[1:] for line in (ROOT / ".containerignore").read_text().split() if line.startswith("!")}
    assert copied == allowed
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_both_names_of_the_list_of_what_is_ignored_say_the_same():
    assert (ROOT / ".containerignore").read_text() == (ROOT / ".dockerignore").read_text()


def test_timers_start_the_jobs_there_are():
    started = {re.search(r"manifesto-jobs@(\w+)", path.read_text())[1] for path in UNITS.glob("*.timer")}
    assert started == set(JOBS)


@pytest.mark.parametrize("name", ["Containerfile", "compose.yaml"])
def test_container_files_are_as_linters_would_have_them(name):
    programs = Path(sys.executable).parent
    command = {
        "Containerfile": [programs / "hadolint", "Containerfile"],
        "compose.yaml": [
            programs / "check-jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            "compose.yaml",
        ],
    }[name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_units_are_as_systemd_would_have_them(tmp_path):
    """Where they run, the programs are in /opt/manifesto; here they are in this environment."""
    if (analyze := shutil.which("systemd-analyze")) is None:
        pytest.skip("needs systemd-analyze")
    programs = Path(sys.executable).parent
    for path in UNITS.iterdir():
        text = path.read_text().replace("/opt/manifesto/bin", str(programs))
        (tmp_path / path.name).write_text(text)
    names = sorted(map(str, tmp_path.glob("*.*")))
    done = subprocess.run(
        [analyze, "verify", "--man=no", *names], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
