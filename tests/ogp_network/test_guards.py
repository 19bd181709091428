"""What every answer says to browsers, what is turned away at the door, and whom to tell of a hole."""

from datetime import date, timedelta

import pytest
from django.core.checks import run_checks
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from ogp_network.checks import security_txt_holds, staff_have_second_factors
from tests.headers import unguarded

SECURITY_TXT = "/.well-known/security.txt"
ADDRESSES = [
    "/",
    "/style/",
    "/api/v1/openapi.json",
    "/api/v1/nowhere",
    "/open-data/organisations.csv",
    "/robots.txt",
    "/sitemap.xml",
    "/stories.atom",
    "/meetings/calendar.ics",
    "/account/login/",
    "/admin/",
    "/admin/?q=%00",
    "/nowhere/at/all/",
    "/static/css/base.css",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_tells_browsers_what_to_refuse(visitor, db, address):
    answer = visitor.get(address)
    answer.close()
    assert unguarded(address, answer) == []


def test_over_https_browsers_are_told_to_stay_there(visitor, db, settings):
    settings.SECURE_HSTS_SECONDS = 31536000
    assert visitor.get("/robots.txt", secure=True)["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "a b", "testserver:80:80", ""])
def test_other_hosts_are_turned_away(visitor, db, host):
    answer = visitor.get("/", headers={"host": host})
    assert (answer.status_code, host in answer.text and bool(host)) == (400, False)


@pytest.mark.parametrize("length", ["50000000", "-1", "1e9", "٣"])
def test_a_body_larger_than_any_form_is_turned_away_unread(visitor, db, length):
    class Unread:
        def read(self, *args):
            raise AssertionError("It was read.")

        readline = read

    answer = visitor.post("/account/login/", **{"CONTENT_LENGTH": length, "wsgi.input": Unread()})
    assert answer.status_code == 400


def test_there_is_no_security_txt_until_there_is_a_contact(visitor, db):
    assert visitor.get(SECURITY_TXT).status_code == 404


def test_security_txt_says_whom_to_tell(visitor, db, settings):
    settings.SECURITY_CONTACT = ["mailto:safe@example.org", "https://example.org/holes"]
    settings.SECURITY_EXPIRES = timezone.localdate() + timedelta(days=30)
    answer = visitor.get(SECURITY_TXT)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:safe@example.org",
        "Contact: https://example.org/holes",
        f"Expires: {settings.SECURITY_EXPIRES}T00:00:00Z",
        "Preferred-Languages: en, cy",
        f"Canonical: {settings.SITE_URL}{SECURITY_TXT}",
    ]
    settings.SECURITY_EXPIRES = timezone.localdate()
    assert visitor.get(SECURITY_TXT).status_code == 404


def test_deployment_is_warned_of_what_makes_it_less_safe():
    unsafe = {"SECURITY_CONTACT": ["tel:1"], "SECURITY_EXPIRES": date(2020, 1, 1)}
    with override_settings(REQUIRE_SECOND_FACTOR=False, **unsafe):
        ids = {check.id for check in run_checks(include_deployment_checks=True)}
    assert {"ogp_network.W002", "ogp_network.W003"} <= ids
    with override_settings(REQUIRE_SECOND_FACTOR=True, SECURITY_CONTACT=[]):
        assert staff_have_second_factors(None) + security_txt_holds(None) == []


def test_the_page_of_an_error_holds_to_the_policy_too(visitor, db, monkeypatch):
    monkeypatch.setattr("ogp_network.views.Round", None)
    visitor.raise_request_exception = False
    answer = visitor.get(reverse("home"))
    assert answer.status_code == 500
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("address", ["/", "/rounds/", "/support/", "/admin/", "/account/login/", "/nowhere/"])
def test_nothing_but_reading_and_forms_is_answered(visitor, db, method, address):
    answer = visitor.generic(method, address)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")
