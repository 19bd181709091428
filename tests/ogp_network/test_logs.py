"""The log says what happened, and of nobody: members' ways through the site are walked and all lines searched."""

import io
import json
import logging
import re
import runpy
from datetime import timedelta
from logging.config import dictConfig

import pytest
from django.conf import settings as site_settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Vote
from ogp_network import logs
from ogp_network.models import Departure
from profiles.models import Member
from tests.factories import PASSWORD, make_idea, make_round, make_theme

FIELDS = {"timestamp", "level", "logger", "message", "request_id", "method", "route", "status", "duration_ms"}
ADDRESS, NAME = "nia.pritchard@example.org", "Nia Pritchard"
TYPED = "Walruses for weighing"
MEMBER, IDEA = 8_675_300, 7_654_300
WEEK = timedelta(days=7)
CODE = re.compile(r"^\s*([A-Z0-9-]{6,})\s*$", re.M)


@pytest.fixture(params=["json", "plain"])
def log(request, settings):
    """All that is written meanwhile, in a format fit for production."""
    stream = io.StringIO()
    configuration = logs.configuration(format=request.param, level="INFO")
    configuration["handlers"]["console"]["stream"] = stream
    dictConfig(configuration)
    yield stream
    dictConfig(settings.LOGGING)


def lines(log):
    return [json.loads(line) for line in log.getvalue().splitlines()]


def requests(log):
    return [line for line in lines(log) if line["logger"] == "ogp_network.requests"]


@pytest.mark.parametrize("log", ["json"], indirect=True)
def test_a_request_is_one_line_of_these_fields(visitor, db, log):
    idea = make_idea()
    response = visitor.get(f"{idea.get_absolute_url()}?q=walrus", headers={"X-Request-ID": "proxy-0123"})
    (line,) = requests(log)
    assert set(line) == FIELDS
    assert (line["method"], line["route"], line["status"]) == (
        "GET",
        "rounds/<slug:slug>/ideas/<int:number>/",
        200,
    )
    assert (line["request_id"], response["X-Request-ID"]) == ("proxy-0123", "proxy-0123")


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "nia@example.org", "two words here", 'x"},{"y":"z'])
def test_an_id_that_is_not_well_formed_is_replaced(visitor, given):
    made = visitor.get("/health/live", headers={"X-Request-ID": given})["X-Request-ID"]
    assert (re.fullmatch("[0-9a-f]{32}", made) is not None, made != given) == (True, True)


@pytest.mark.parametrize("log", ["json"], indirect=True)
def test_all_lines_of_a_request_have_its_id_and_none_after_it(db, log):
    client = Client(raise_request_exception=False)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE manifesto_round RENAME TO gone")
    response = client.get("/rounds/")
    logging.getLogger("elsewhere").warning("Later")
    ids = {line["logger"]: line["request_id"] for line in lines(log)}
    assert (response.status_code, ids) == (
        500,
        {
            "django.request": response["X-Request-ID"],
            "ogp_network.requests": response["X-Request-ID"],
            "elsewhere": "-",
        },
    )


@pytest.mark.parametrize("log", ["json"], indirect=True)
def test_what_failed_is_said_without_the_row_it_failed_on(db, log, member):
    """PostgreSQL puts the row into the words of its error: of a vote, the member and the idea."""
    idea = make_idea()
    row = {"member": member, "idea": idea, "revision": idea.revisions.get(), "cast_at": timezone.now()}
    try:
        with transaction.atomic():
            idea.votes.bulk_create([Vote(**row), Vote(**row)])
    except IntegrityError as error:
        assert f"({member.pk}, {idea.pk}) already exists" in str(error)
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/invitations/secret-key/")
    (line,) = lines(log)
    assert (line["message"], "already exists" in log.getvalue()) == (
        "Internal Server Error: (no route)",
        False,
    )
    assert "psycopg.errors.UniqueViolation" in line["exc_info"]
    assert re.search(r"test_logs\.py:\d+ in test_what_failed", line["exc_info"])


def test_gunicorn_writes_its_lines_as_the_site_does(log):
    """It names the whole address of a request that it couldn't finish, and sets itself a handler of its own."""
    gunicorn = logging.getLogger("gunicorn.error")
    gunicorn.propagate = False
    gunicorn.addHandler(logging.StreamHandler())
    conf = runpy.run_path(site_settings.BASE_DIR / "gunicorn.conf.py")
    conf["logconfig_dict"]["handlers"]["console"]["stream"] = log
    dictConfig(conf["logconfig_dict"])
    gunicorn.error("Error handling request %s", "/invitations/secret-key/?q=walrus")
    assert (gunicorn.handlers, conf["accesslog"]) == ([], None)
    assert "Error handling request (no route)" in log.getvalue()


def test_static_files_and_probes_that_go_well_are_not_worth_a_line(visitor, log):
    visitor.get("/health/live")
    visitor.get("/static/img/favicon.svg").close()
    assert log.getvalue() == ""


def test_nothing_of_a_member_is_in_the_log(db, log, mailoutbox):
    """Joining, voting, writing, commenting, being refused, failing, withdrawing, signing in with a code, leaving."""
    _count_from({"profiles_member": MEMBER, "manifesto_idea": IDEA})
    round = make_round(slug="walrus-round")
    make_theme(round=round)
    idea = make_idea(round=round, author=None)
    client = Client(raise_request_exception=False)
    _join(client, mailoutbox)
    member = Member.objects.get(email=ADDRESS)
    _take_part(client, idea)
    _be_refused(client, idea)
    _fail(client, idea)
    client.post(reverse("account_logout"))
    client.post(reverse("account_request_login_code"), {"email": ADDRESS})
    _leave(client, mailoutbox)
    assert not Member.objects.filter(pk=member.pk).exists()
    text = log.getvalue().lower()
    assert (text.count("post support/ answered"), text.count("internal server error")) == (5, 1)
    assert (str(member.pk)[:5], str(idea.pk)[:5]) == (str(MEMBER)[:5], str(IDEA)[:5])
    secrets = [ADDRESS, "nia", "pritchard", "walrus", PASSWORD, str(MEMBER)[:5], str(IDEA)[:5]]
    secrets += [code.lower() for mail in mailoutbox for code in CODE.findall(mail.body)]
    assert (len(secrets), [secret for secret in secrets if secret in text]) == (9, [])


def _count_from(firsts):
    """Give rows numbers that nothing else has."""
    with connection.cursor() as cursor:
        for table, first in firsts.items():
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first])


def _join(client, mailoutbox):
    joining = {"display_name": NAME, "email": ADDRESS, "password1": PASSWORD, "consent": "on"}
    client.post(reverse("account_signup"), joining)
    (code,) = CODE.findall(mailoutbox[-1].body)
    client.post(reverse("account_email_verification_sent"), {"code": code})


def _take_part(client, idea):
    client.post("/support/", {"idea": idea.pk})
    client.post("/support/", {"idea": idea.pk})
    client.post("/support/withdrawals/", {"idea": idea.pk})
    client.post(reverse("manifesto:comment_create", args=[idea.round.slug, idea.number]), {"text": TYPED})
    client.post(reverse("manifesto:draft_create", args=[idea.round.slug]), {"title": TYPED, "action": "save"})
    client.get(reverse("manifesto:idea_list", args=[idea.round.slug]), {"q": TYPED})
    client.get(f"/search/?q={TYPED}")
    client.get(reverse("manifesto:my_votes"))


def _leave(client, mailoutbox):
    """By the page for it; a week later the account is deleted."""
    (code,) = CODE.findall(mailoutbox[-1].body)
    client.post(reverse("account_confirm_login_code"), {"code": code})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("departure_create"), {"ideas": "stay", "comments": "go"})
    Departure.objects.update(asked_at=timezone.now() - WEEK, due_at=timezone.now())
    call_command("erase_departed")


def _be_refused(client, idea):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post("/support/", {"idea": idea.pk}).status_code == 403
    assert client.get(f"/invitations/{TYPED}/").status_code == 404
    assert client.get(f"/rounds/walrus-round/ideas/{idea.number}/?next=\0{ADDRESS}").status_code == 200


def _fail(client, idea):
    """The table of votes lets nobody in: PostgreSQL tells the row in its error."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        before = transaction.savepoint()
        cursor.execute("ALTER TABLE manifesto_vote ADD CONSTRAINT closed CHECK (member_id IS NULL) NOT VALID")
        assert client.post("/support/", {"idea": idea.pk}).status_code == 500
        connection.set_rollback(False)
        transaction.savepoint_rollback(before)
    client.post("/support/", {"idea": idea.pk})
