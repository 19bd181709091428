"""How often something may be done, and what the page says of it."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from manifesto.models import NetworkKey, Vote, VoteTrace
from profiles.limits import network_of
from profiles.models import Allowance
from tests.factories import make_idea, make_member, make_votes

SUPPORT = "/support/"
PER_ACCOUNT = {"vote": {"account": {"minute": 2}, "network": {"minute": 100}}}


def address(of):
    return {"REMOTE_ADDR": of}


def test_one_too_many_is_told_when_to_come_back(client, settings, member):
    settings.RATE_LIMITS = PER_ACCOUNT
    idea = make_idea()
    client.force_login(member)
    codes = [client.post(SUPPORT, {"idea": idea.pk}).status_code for _ in range(2)]
    response = client.post(SUPPORT, {"idea": idea.pk})
    assert (codes, response.status_code) == ([302, 302], 429)
    assert 0 < int(response["Retry-After"]) <= 60
    assert "no-store" in response["Cache-Control"]
    assert "Come back in a minute" in response.content.decode()


def test_when_the_time_is_over_it_goes_on(client, settings, member):
    settings.RATE_LIMITS = PER_ACCOUNT
    idea = make_idea()
    client.force_login(member)
    for _ in range(3):
        client.post(SUPPORT, {"idea": idea.pk})
    Allowance.objects.update(ends_at=timezone.now())
    assert client.post(SUPPORT, {"idea": idea.pk}).status_code == 302


def test_other_accounts_of_the_same_network_go_on(client, settings, member, other_member):
    settings.RATE_LIMITS = PER_ACCOUNT
    idea = make_idea()
    for person, codes in ((member, [302, 302, 429]), (other_member, [302, 302, 429])):
        client.force_login(person)
        assert [client.post(SUPPORT, {"idea": idea.pk}).status_code for _ in range(3)] == codes
    assert Vote.objects.count() == 2


def test_a_workshop_of_two_hundred_behind_one_address_is_let_in(settings):
    """The limits of the site itself, whatever they are: each of 200 supports 5 ideas within a minute."""
    from ogp_network import settings as own

    assert own.RATE_LIMITS["vote"]["network"]["minute"] >= 200 * 5
    assert all(
        limits["network"][period] >= 10 * most
        for limits in own.RATE_LIMITS.values()
        if "network" in limits
        for period, most in limits["account"].items()
        if period in limits["network"]
    )


def test_a_network_with_many_accounts_is_slowed_down_too(client, settings, db):
    settings.RATE_LIMITS = {"vote": {"account": {"minute": 9}, "network": {"minute": 3}}}
    idea = make_idea()
    codes = []
    for _ in range(4):
        client.force_login(make_member())
        codes.append(client.post(SUPPORT, {"idea": idea.pk}, **address("2001:db8:1:2::1")).status_code)
    elsewhere = client.post(SUPPORT, {"idea": idea.pk}, **address("2001:db8:1:3::1")).status_code
    assert (codes, elsewhere) == ([302, 302, 302, 429], 302)


@pytest.mark.parametrize(
    ("addresses", "network"),
    [
        (["192.0.2.1", "::ffff:192.0.2.1"], "192.0.2.1"),
        (["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:DB8:1:2:0:0:0:1"], "2001:db8:1:2::"),
    ],
)
def test_addresses_of_one_network(addresses, network):
    assert {network_of(RequestFactory().get("/", REMOTE_ADDR=one)) for one in addresses} == {network}


def test_without_limits_nothing_is_counted(client, settings, member):
    settings.RATE_LIMITS = {}
    client.force_login(member)
    client.post(SUPPORT, {"idea": make_idea().pk})
    assert not Allowance.objects.exists()


def test_with_limits_a_vote_costs_one_statement_more(
    client, settings, member, other_member, django_assert_num_queries
):
    idea = make_idea()
    for person in (member, other_member):
        client.force_login(person)
        client.post(SUPPORT, {"idea": idea.pk})
    for person, limits, number in ((member, {}, 4), (other_member, PER_ACCOUNT, 5)):
        settings.RATE_LIMITS = limits
        idea.withdraw_support(person, now=timezone.now())
        client.force_login(person)
        with django_assert_num_queries(number):
            client.post(SUPPORT, {"idea": idea.pk})


def test_reading_is_never_limited(client, settings, member):
    settings.RATE_LIMITS = {"comment": {"account": {"minute": 0}, "network": {"minute": 0}}}
    client.force_login(member)
    idea = make_idea()
    where = reverse("manifesto:comment_create", args=[idea.round.slug, idea.number])
    assert (client.get(where).status_code, client.post(where, {"text": "x"}).status_code) == (200, 429)


def test_what_was_typed_is_kept_and_can_be_sent_again(client, settings, member):
    settings.RATE_LIMITS = {"comment": {"account": {"minute": 0}}}
    client.force_login(member)
    idea = make_idea()
    where = reverse("manifesto:comment_create", args=[idea.round.slug, idea.number])
    typed = "I wonder whether <b>councils</b>\nwould publish these at all."
    form = client.get(where).context["form"]
    response = client.post(where, {"text": typed, "key": form["key"].value(), "password": "secret word"})
    page = response.content.decode()
    assert "&lt;b&gt;councils&lt;/b&gt;" in page
    assert ("secret word" in page, f'value="{form["key"].value()}"' in page) == (False, True)
    assert f'<form class="form" method="post" action="{where}">' in page
    settings.RATE_LIMITS = {}
    again = {"text": typed, "key": form["key"].value()}
    assert (client.post(where, again).status_code, idea.comments.get().text) == (302, typed)


def test_drafts_are_saved_without_limit_and_sent_with_one(client, settings, member):
    settings.RATE_LIMITS = {"idea": {"account": {"hour": 0}}}
    client.force_login(member)
    idea = make_idea()
    where = reverse("manifesto:draft_create", args=[idea.round.slug])
    assert client.post(where, {"action": "save", "title": "Open diaries"}).status_code != 429
    assert client.post(where, {"action": "submit", "title": "Open diaries"}).status_code == 429


@pytest.mark.parametrize("name", ["manifesto_importbatch", "meetings_noteimport"])
def test_imports_are_limited_and_looking_at_their_page_is_not(sign_in, settings, editor, name):
    settings.RATE_LIMITS = {"import": {"account": {"hour": 1}}}
    client, where = sign_in(editor), reverse(f"admin:{name}_add")
    assert [client.post(where, {"text": ""}).status_code for _ in range(2)] == [422, 429]
    assert client.get(where).status_code == 200


def test_signing_in_too_often_keeps_no_password(client, settings, db):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    data = {"login": "mina@example.org", "password": "a quiet afternoon"}
    codes = [client.post("/account/login/", data).status_code for _ in range(2)]
    response = client.post("/account/login/", data)
    page = response.content.decode()
    assert (codes[0], response.status_code) == (200, 429)
    assert ("mina@example.org" in page, "quiet afternoon" in page, bool(response["Retry-After"])) == (
        True,
        False,
        True,
    )


def test_changing_a_password_too_often_shows_neither_the_old_one_nor_the_new(client, settings, member):
    settings.ACCOUNT_RATE_LIMITS = {"change_password": "1/m/user"}
    client.force_login(member)
    data = {
        "oldpassword": "a quiet afternoon",
        "password1": "a louder evening",
        "password2": "a louder evening",
    }
    answers = [client.post("/account/password/change/", data) for _ in range(3)]
    assert answers[-1].status_code == 429
    assert [word for word in ("quiet", "louder") if word in answers[-1].text] == []


def test_a_long_text_comes_back_whole(client, settings, member):
    settings.RATE_LIMITS = {"comment": {"account": {"minute": 0}}}
    client.force_login(member)
    idea = make_idea()
    where = reverse("manifesto:comment_create", args=[idea.round.slug, idea.number])
    assert "and the end" in client.post(where, {"text": f"{'word ' * 5000} and the end"}).text


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_get_through_than_may(at_once):
    now = timezone.now()
    rates = [("vote account 1", 5, 60), ("vote network 192.0.2.1", 100, 60)]
    answers = at_once(*[lambda: Allowance.objects.use(rates, now=now)] * 12)
    assert sum(answer is None for answer in answers) == 5


def test_no_table_holds_an_address(client, settings, member):
    """Limits of ours and of django-allauth's, marks of votes and their keys, all while they are fresh."""
    settings.RATE_LIMITS = PER_ACCOUNT
    settings.ACCOUNT_RATE_LIMITS = {"login": "10/m/ip"}
    where, idea = address("198.51.100.77"), make_idea()
    client.post("/account/login/", {"login": "nobody@example.org", "password": "wrong"}, **where)
    client.force_login(member)
    client.post(SUPPORT, {"idea": idea.pk}, **where)
    assert (VoteTrace.objects.count(), Allowance.objects.count()) == (1, 2)
    with connection.cursor() as cursor:
        for table in ("cache", "profiles_allowance", "manifesto_votetrace", "manifesto_networkkey"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows = cursor.fetchall()
            assert rows
            assert [row for row in rows if "198.51" in row[0] or "nobody@" in row[0]] == []


def test_what_is_known_of_networks_is_forgotten(settings, db):
    settings.DAYS_TO_KEEP_NETWORKS = 30
    now = timezone.now()
    old, new = make_votes(idea=make_idea(), number=2)
    for vote in (old, new):
        VoteTrace.objects.create(vote=vote, network=NetworkKey.objects.mark("192.0.2.1", now=now))
    Vote.objects.filter(pk=old.pk).update(cast_at=now - timedelta(days=30, minutes=1))
    NetworkKey.objects.update(day=timezone.localdate(now) - timedelta(days=1))
    Allowance.objects.create(key="a", used=1, ends_at=now)
    Allowance.objects.create(key="b", used=1, ends_at=now + timedelta(hours=1))
    for _ in range(2):
        call_command("forget_networks", verbosity=0)
        left = (list(VoteTrace.objects.values_list("vote", flat=True)), NetworkKey.objects.count())
        assert (*left, Allowance.objects.get().key) == ([new.pk], 0, "b")


def test_two_votes_of_one_network_have_one_mark_for_a_day_and_no_longer(db):
    now = timezone.now()
    votes = make_votes(idea=make_idea(), number=3)
    for vote in votes[:2]:
        VoteTrace.objects.create(vote=vote, network=NetworkKey.objects.mark("192.0.2.1", now=now))
    VoteTrace.objects.create(
        vote=votes[2], network=NetworkKey.objects.mark("192.0.2.1", now=now + timedelta(days=1))
    )
    first, second, third = VoteTrace.objects.order_by("pk").values_list("network", flat=True)
    assert (first == second, first == third) == (True, False)
    assert re.fullmatch("[0-9a-f]{16}", first)


@pytest.fixture(autouse=True)
def empty_cache(db):
    yield
    cache.clear()
