"""The jobs that cron, systemd or the jobs' container starts."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from ogp_network.management.commands import run_jobs

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def done(monkeypatch, tmp_path):
    """Which jobs were started, in their order; `publish_due` fails, by what stands in for manage.py here."""
    log = tmp_path / "log"
    log.touch()
    (tmp_path / "manage.py").write_text(
        f"import sys\nopen({str(log)!r}, 'a').write(sys.argv[1] + ' ')\nsys.exit(sys.argv[1] == 'publish_due')\n"
    )
    return log


@pytest.mark.parametrize("job", [job for jobs in run_jobs.JOBS.values() for job in jobs])
def test_each_job_is_a_command_that_needs_nothing_said(job):
    command = load_command_class(get_commands()[job], job)
    options = command.create_parser("manage.py", job).parse_args([])
    assert options.verbosity == 1


def test_one_that_fails_keeps_no_other_from_its_work_and_is_named(done, settings):
    settings.BASE_DIR = done.parent
    with pytest.raises(CommandError, match=r"These failed: publish_due\."):
        call_command("run_jobs", "frequent")
    assert done.read_text().split() == run_jobs.JOBS["frequent"]


def test_nothing_fails_silently_where_all_goes_well(done, settings):
    settings.BASE_DIR = done.parent
    call_command("run_jobs", "daily")
    assert done.read_text().split() == run_jobs.JOBS["daily"]


def test_it_must_be_said_which():
    with pytest.raises(CommandError):
        call_command("run_jobs")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-27 02:00", "2026-11-27 03:15"),
        ("2026-11-27 03:15", "2026-11-28 03:15"),
        ("2026-11-27 23:59", "2026-11-28 03:15"),
        # The clocks go forward, and back.
        ("2026-03-28 12:00", "2026-03-29 03:15"),
        ("2026-10-24 12:00", "2026-10-25 03:15"),
    ],
)
def test_the_night_comes_once_a_day(now, due):
    now, due = (datetime.fromisoformat(text).replace(tzinfo=LONDON) for text in (now, due))
    assert run_jobs.next_night(now) == due
