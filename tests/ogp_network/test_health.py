"""What those who watch over the site ask it; with the database really away, tests/ogp_network/test_away.py asks."""

import pytest
from django.db import connection

LIVE, READY = "/health/live", "/health/ready"


@pytest.mark.parametrize("address", [LIVE, READY])
def test_who_watches_needs_no_name_session_or_https(visitor, db, address, settings):
    settings.ALLOWED_HOSTS = ["manifesto.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    response = visitor.get(address, headers={"host": "10.0.0.7:8000"})
    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert "no-store" in response["Cache-Control"]


def test_words_of_a_ready_site(visitor, db):
    assert [visitor.get(address).json() for address in (LIVE, READY)] == [
        {"status": "alive"},
        {"status": "ready"},
    ]


@pytest.mark.parametrize("address", [LIVE, READY])
def test_only_the_head_can_be_asked_for(visitor, db, address):
    response = visitor.head(address)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("address", [LIVE, READY])
def test_nothing_can_be_sent_there(visitor, db, address):
    assert visitor.post(address).status_code == 405


def test_being_alive_asks_the_database_nothing(visitor):
    """Without the mark of a test that uses the database, any question to it would fail."""
    assert visitor.get(LIVE).status_code == 200


def test_a_database_that_was_not_prepared_is_not_ready(visitor, db, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "template1")
    response = visitor.get(READY)
    assert (response.status_code, response.json()) == (
        503,
        {"status": "not ready", "missing": ["migrations", "cache table"]},
    )


def test_a_lost_cache_table_is_said(visitor, db, settings):
    settings.CACHES = {**settings.CACHES, "default": {**settings.CACHES["default"], "LOCATION": "elsewhere"}}
    assert visitor.get(READY).json()["missing"] == ["cache table"]


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_is_missing_is_said(visitor):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE django_migrations SET name = '0' WHERE (app, name) = ('profiles', '0001_initial')"
        )
        missing = visitor.get(READY).json()["missing"]
        cursor.execute("UPDATE django_migrations SET name = '0001_initial' WHERE name = '0'")
    assert (missing, visitor.get(READY).status_code) == (["migrations"], 200)


def test_robots_are_kept_away(visitor):
    assert "Disallow: /health/" in visitor.get("/robots.txt").text.splitlines()
