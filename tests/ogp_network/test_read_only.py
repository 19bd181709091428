"""Where nothing can be written everything can be read, and what people send is shown back to them."""

import re

import pytest
from django.conf import settings as site_settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from manifesto.models import Comment, Idea, Vote
from profiles.models import Member
from tests.addresses import Addresses, routes
from tests.factories import (
    PASSWORD,
    make_comment,
    make_criterion,
    make_idea,
    make_member,
    make_note,
    make_round,
    make_theme,
    make_votes,
)

BANNER = "Nothing can be saved just now:"
TYPED = "Zebras <b>count</b>\nand so do “words”."
WRITING = re.compile(r"^\s*(INSERT|UPDATE|DELETE|SELECT .* FOR (UPDATE|NO KEY|SHARE|KEY))", re.I | re.S)


def close_database():
    """Have PostgreSQL refuse to write from here to the end of the test, as it does on a standby."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET default_transaction_read_only = on")
        cursor.execute("SET TRANSACTION READ ONLY")
    with pytest.raises(InternalError, match="read-only transaction"), transaction.atomic():
        Member.objects.update(is_active=True)


@pytest.fixture
def signed_in(client, member):
    client.force_login(member)
    return client


@pytest.fixture
def full_round(db):
    """A round with all that pages show, and a note that the search hasn't written down yet."""
    round = make_round(slug="uk")
    make_theme(round=round)
    make_criterion(round=round)
    make_votes(idea=make_idea(round=round), number=2)
    make_comment(idea=make_idea(round=round))
    make_note()
    return round


def unreadable(client, addresses):
    """Those of the addresses that can't be answered, with what was answered instead."""
    answers = {address: client.get(address).status_code for address in addresses}
    assert len([status for status in answers.values() if status == 200]) > 40
    return {address: status for address, status in answers.items() if status >= 500}


@pytest.mark.parametrize("is_member", [False, True])
def test_every_page_can_be_read_on_a_database_that_is_read_only(full_round, client, is_member):
    if is_member:
        client.force_login(full_round.ideas.first().authorships.get().member)
    known = Addresses(full_round)
    addresses = [a for route in routes() if not route.startswith("admin/") for a in known.of(route)]
    close_database()
    client.raise_request_exception = False
    assert unreadable(client, addresses) == {}
    assert BANNER in client.get("/").text


def test_no_page_tries_to_write_while_the_site_is_set_to_be_read_only(full_round, signed_in, settings):
    known = Addresses(full_round)
    addresses = [a for route in routes() if not route.startswith("admin/") for a in known.of(route)]
    settings.READ_ONLY = True
    with CaptureQueriesContext(connection) as queries:
        unreadable(signed_in, addresses)
        signed_in.get("/search/?q=walrus")
        signed_in.get("/meetings/notes/?q=walrus")
    assert [query["sql"] for query in queries if WRITING.search(query["sql"])] == []


def test_pages_say_nothing_of_it_otherwise(visitor, db):
    assert BANNER not in visitor.get("/").text


@pytest.mark.parametrize("by_setting", [False, True])
def test_what_was_sent_is_shown_back_and_can_be_sent_again(full_round, signed_in, settings, by_setting):
    idea = full_round.ideas.first()
    address = reverse("manifesto:comment_create", args=["uk", idea.number])
    before = Comment.objects.count()
    if by_setting:
        settings.READ_ONLY = True
    else:
        close_database()
    sent = {"text": TYPED, "key": "0b7a1c8e-0000-4000-8000-000000000001", "language": "en"}
    response = signed_in.post(address, sent)
    assert (response.status_code, response["Retry-After"], Comment.objects.count()) == (503, "30", before)
    assert "no-store" in response["Cache-Control"]
    again = dict(re.findall(r'<input type="hidden" name="(key|language)" value="([^"]*)">', response.text))
    assert again == {"key": sent["key"], "language": "en"}
    assert (
        'name="text" rows="5" dir="auto">\nZebras &lt;b&gt;count&lt;/b&gt;\nand so do “words”.</textarea>'
        in response.text
    )
    assert f'<form method="post" action="{address}"' in response.text


def test_a_vote_is_answered_so_too_and_nothing_is_counted(full_round, signed_in):
    idea = full_round.ideas.last()
    close_database()
    response = signed_in.post("/support/", {"idea": idea.pk})
    assert (response.status_code, "Nothing can be saved just now" in response.text) == (503, True)
    assert (idea.votes.count(), "Send it again" in response.text) == (0, True)


def test_a_password_is_never_shown_and_has_to_be_given_again(db, client, member):
    close_database()
    response = client.post(reverse("account_login"), {"login": "mina m@example.org", "password": PASSWORD})
    assert (response.status_code, PASSWORD in response.text, "mina m@" in response.text) == (503, False, True)
    assert ("Send it again" in response.text, "have to be given anew" in response.text) == (False, True)


def test_words_that_come_from_another_site_are_never_shown(db, member):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    close_database()
    response = client.post("/support/", {"text": TYPED})
    assert (response.status_code, "Zebras" in response.text) == (403, False)


def test_messages_wait_until_they_can_be_taken_off_the_list(full_round, signed_in, settings):
    """They are in the session, which isn't changed meanwhile."""
    signed_in.post("/support/withdrawals/", {"idea": full_round.ideas.last().pk})
    settings.READ_ONLY = True
    assert ["You no longer support" in signed_in.get("/").text for _ in range(2)] == [True, True]
    settings.READ_ONLY = False
    assert ["You no longer support" in signed_in.get("/").text for _ in range(2)] == [True, False]


def test_nobody_gets_the_cookie_of_a_session_that_cannot_be_kept(full_round, visitor, settings):
    settings.READ_ONLY = True
    visitor.get(reverse("manifesto:comment_report", args=["uk", 2, Comment.objects.get().pk]))
    assert (site_settings.SESSION_COOKIE_NAME in visitor.cookies, Session.objects.count()) == (False, 0)


def test_a_session_that_ended_elsewhere_signs_out_without_being_deleted(signed_in, member, settings):
    """Another password ends all sessions; Django would delete each where it comes by."""
    member.set_password("another one")
    member.save()
    settings.READ_ONLY = True
    assert "Sign in" in signed_in.get("/").text
    assert Session.objects.count() == 1


def test_the_cache_can_be_read_and_is_left_as_it_is(db):
    cache.set("kept", 1)
    cache.set("gone", 2, timeout=-1)
    close_database()
    cache.set("kept", 3)
    assert (cache.get("kept"), cache.get("gone"), cache.add("new", 4), cache.get("new")) == (
        1,
        None,
        False,
        None,
    )
    cache.clear()
    assert cache.get("kept") == 1


@pytest.mark.django_db(transaction=True)
def test_a_database_set_to_be_read_only_is_noticed_by_itself():
    """As its administrator sets it, and without anything being asked of it; and it's noticed that it's over."""
    idea, member, client = make_idea(), make_member(), Client()
    client.force_login(member)
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    try:
        connection.close()
        answers = [client.post("/support/", {"idea": idea.pk}).status_code, BANNER in client.get("/").text]
        assert (answers, Vote.objects.count()) == ([503, True], 0)
    finally:
        run(
            "SET default_transaction_read_only = off",
            f"ALTER DATABASE {name} RESET default_transaction_read_only",
        )
        connection.close()
    answers = [client.post("/support/", {"idea": idea.pk}).status_code, BANNER in client.get("/").text]
    assert (answers, Vote.objects.count(), Idea.objects.count()) == ([302, False], 1, 1)


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
