"""The settings, each in a process of its own with an environment of its own."""

import os
import subprocess
import sys

import pytest

from ogp_network import settings

PRODUCTION = {
    "SITE_MODE": "production",
    "SECRET_KEY": "k3y-" + "abcdefghij0123456789" * 3,
    "ALLOWED_HOSTS": "manifesto.example.org",
    "SITE_URL": "https://manifesto.example.org",
    "DATABASE_URL": "postgresql://app@db.example.org/manifesto",
    "EMAIL_URL": "smtp://mail.example.org:25",
    "DEFAULT_FROM_EMAIL": "hello@example.org",
}
KEEP = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def start(environment, code="print('started')"):
    """Load the settings under `environment`; the process's exit code and what it printed."""
    run = subprocess.run(
        [sys.executable, "-c", f"import django; from ogp_network import settings; {code}"],
        env={**KEEP, **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout.strip() or run.stderr.strip().splitlines()[-1]


def test_production_starts_with_everything_it_needs():
    assert start(PRODUCTION) == (0, "started")


@pytest.mark.parametrize(("pooling", "threshold"), [("none", "5"), ("transaction", "None")])
def test_the_database_keeps_plans_unless_connections_are_pooled(pooling, threshold):
    code = "print(settings.DATABASES['default']['OPTIONS']['prepare_threshold'])"
    assert start({**PRODUCTION, "DATABASE_POOLING": pooling}, code) == (0, threshold)


def test_without_any_setting_it_takes_itself_for_production_and_refuses():
    code, words = start({})
    assert (code, "SECRET_KEY" in words) == (1, True)


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"SITE_MODE"}))
def test_production_refuses_to_start_without_each(name):
    code, words = start({key: value for key, value in PRODUCTION.items() if key != name})
    assert (code, name in words) == (1, True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("DEBUG", "1"),
        ("DEBUG", "perhaps"),
        ("SITE_MODE", "staging"),
        ("SITE_URL", "http://manifesto.example.org"),
        ("SITE_URL", "https://manifesto.example.org/path"),
        ("DATABASE_URL", "sqlite:///db.sqlite3"),
        ("DATABASE_URL", "mysql://app@db/x"),
        ("EMAIL_URL", "carrier-pigeon://"),
        ("DATABASE_POOLING", "session"),
        ("VISITOR_PAGES_SECONDS", "-1"),
        ("VISITOR_PAGES_SECONDS", "3600"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("HSTS_SECONDS", "soon"),
        ("REQUIRE_SECOND_FACTOR", "perhaps"),
        ("SECURITY_CONTACT", "safe@example.org"),
        ("SECURITY_CONTACT", "mailto:safe@example.org"),
        ("SECURITY_EXPIRES", "soon"),
    ],
)
def test_bad_values_are_refused_by_name(name, value):
    code, words = start({**PRODUCTION, name: value})
    assert (code, name in words) == (1, True)


def test_production_ignores_nothing_that_demonstrations_relax():
    code = "print(settings.DEMO_MODE, settings.SESSION_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT)"
    assert start(PRODUCTION, code) == (0, "False True True")


def test_with_a_database_address_that_server_is_used():
    code = "print(settings.DATABASES['default']['ENGINE'], settings.DATABASES['default']['HOST'])"
    environment = {"SITE_MODE": "development", "DATABASE_URL": "postgresql://app@db.example.org/manifesto"}
    assert start(environment, code) == (0, "django.db.backends.postgresql db.example.org")


def test_without_one_the_embedded_server_is_used():
    code = "print(settings.DATABASES['default']['ENGINE'])"
    assert start({"SITE_MODE": "development"}, code) == (0, "ogp_network.embedded_postgres")
