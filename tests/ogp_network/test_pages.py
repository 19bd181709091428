"""What every page has in common: headers, error pages, and an answer when the database is away."""

import pytest
from django.core.cache import cache
from django.core.checks import run_checks
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path, reverse

from ogp_network import markdown
from ogp_network.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401
from tests.factories import make_idea, make_member, make_votes


def fail(error):
    def view(request):
        raise error

    return view


urlpatterns = [
    path("away/", fail(OperationalError("connection refused"))),
    path("mail/", fail(ConnectionRefusedError())),
    path("broken/", fail(ZeroDivisionError())),
    path("suspicious/", fail(SuspiciousOperation())),
    *urlpatterns,
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/away/", 503, "reach the database"),
        ("/mail/", 503, "send e-mail"),
        ("/broken/", 500, ""),
        ("/suspicious/", 400, ""),
        ("/nowhere/", 404, ""),
    ],
)
def test_error_pages_are_the_sites_own(db, address, status, words):
    response = Client(raise_request_exception=False).get(address)
    page = response.content.decode()
    assert (response.status_code, '<html lang="en-GB">' in page, words in page) == (status, True, True)


@pytest.mark.urls(__name__)
def test_an_unreachable_database_asks_to_come_back(db):
    assert Client(raise_request_exception=False).get("/away/")["Retry-After"] == "30"


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_error_templates_need_no_database(status):
    assert "</html>" in render_to_string(f"{status}.html")


def test_pages_allow_no_inline_code_and_no_third_party(client, db):
    policy = client.get(reverse("home"))["Content-Security-Policy"]
    assert ("default-src 'none'" in policy, "unsafe" in policy, "http" in policy) == (True, False, False)


def test_addresses_stay_out_of_the_referer(client, db):
    assert client.get(reverse("home"))["Referrer-Policy"] == "strict-origin"


def test_markdown_is_cleaned():
    html = markdown.render(
        "# Title\n\n<img src=x onerror=alert(1)> [a](javascript:x) [b](https://example.org)"
    )
    assert html == (
        "<h3>Title</h3>\n<p>&lt;img src=x onerror=alert(1)&gt; [a](javascript:x) "
        '<a href="https://example.org" rel="noopener noreferrer">b</a></p>\n'
    )


def test_the_database_log_is_quiet_here(db):
    assert run_checks(databases=["default"], tags=["database"]) == []


def test_a_talkative_database_log_is_warned_of(db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL log_min_error_statement = 'error'")
    assert [warning.id for warning in run_checks(databases=["default"], tags=["database"])] == [
        "ogp_network.W001"
    ]


def test_no_log_line_ties_a_member_to_a_vote(client, db, caplog):
    caplog.set_level("DEBUG", logger="django.request")
    member, idea = make_member(), make_idea()
    make_votes(idea=idea)
    client.force_login(member)
    for name in ("manifesto:support_create", "manifesto:support_withdraw"):
        client.post(reverse(name), {"idea": idea.pk})
        client.post(reverse(name), {"idea": "not an idea"})
    lines = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert [line for line in lines if member.email in line or f"idea={idea.pk}" in line] == []


def test_a_nul_in_an_admin_address_is_a_bad_request(sign_in, administrator):
    client = sign_in(administrator)
    assert client.get("/admin/manifesto/idea/?level=%00").status_code == 400


def test_rate_limits_outlive_many_other_cache_entries(db):
    cache.set("rl:login:192.0.2.1", "counted")
    for number in range(1000):
        cache.set(f"other-{number}", number)
    assert cache.get("rl:login:192.0.2.1") == "counted"
