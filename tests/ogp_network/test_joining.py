"""Joining with an address whose mailbox has an account, or of a service for throwing away."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from profiles.models import Inbox, Member
from tests.factories import PASSWORD, make_member

SIGNUP, EMAIL, CODE = "/account/signup/", "/account/email/", "/account/confirm-email/"


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.ACCOUNT_RATE_LIMITS = False


def join(client, email):
    data = {"display_name": "Mina", "email": email, "password1": PASSWORD, "consent": "on"}
    return client.post(SIGNUP, data, follow=True)


def mailed_code():
    return re.search(r"^\s*([A-Z0-9-]{6,})\s*$", mail.outbox[-1].body, re.M).group(1)


def said(response, *emails):
    """What the page says, without what differs by itself and the address that was typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())
    for email in emails:
        text = text.replace(email, "")
    return [chain[0] for chain in response.redirect_chain], text


def test_joining_again_with_another_spelling_looks_like_joining(client, db, django_user_model):
    make_member(email="mina@gmail.com")
    again = said(join(client, "m.i.n.a+x@googlemail.com"), "m.i.n.a+x@googlemail.com")
    client.cookies.clear()
    new = said(join(client, "otto@example.org"), "otto@example.org")
    assert re.sub(r"\s+", " ", str(again)) == re.sub(r"\s+", " ", str(new))
    assert not django_user_model.objects.filter(email__contains="googlemail").exists()
    assert mail.outbox[0].subject == "You are a member already"


def test_joining_with_a_domain_in_the_worlds_letters_and_signing_in_again(client, db):
    join(client, "mina@bücher.example")
    code = mailed_code()
    client.post(CODE, {"code": code})
    assert Inbox.objects.get().name == "mina@xn--bcher-kva.example"
    client.logout()
    client.post("/account/login/", {"login": "mina@bücher.example", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(Member.objects.get().pk)


def test_who_proves_a_mailbox_that_counts_for_somebody_else_is_told(sign_in, member):
    make_member(email="taken@example.org")
    client = sign_in(member)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.post(EMAIL, {"action_add": "", "email": "taken+me@example.org"})
    code = mailed_code()
    response = client.post(CODE, {"code": code}, follow=True)
    assert "There is another account with this mailbox" in response.content.decode()
    assert not EmailAddress.objects.filter(email="taken+me@example.org", verified=True).exists()


@pytest.mark.parametrize("domain", ["throw.example", "deep.below.throw.example"])
def test_no_new_address_of_a_blocked_domain(sign_in, client, settings, member, domain):
    settings.BLOCKED_EMAIL_DOMAINS = frozenset({"throw.example"})
    response = join(client, f"mina@{domain}")
    assert f"Addresses at {domain} are for using once" in response.content.decode()
    assert not Member.objects.filter(email__contains=domain).exists()
    response = sign_in(member).post(EMAIL, {"action_add": "", "email": f"mina@{domain}"})
    assert "for using once" in response.content.decode()


def test_a_domain_that_only_ends_alike_is_not_blocked(client, settings, db):
    settings.BLOCKED_EMAIL_DOMAINS = frozenset({"throw.example"})
    join(client, "mina@overthrow.example")
    assert Member.objects.filter(email="mina@overthrow.example").exists()


def test_members_of_a_blocked_domain_stay(client, settings, db):
    member = make_member(email="mina@throw.example")
    settings.BLOCKED_EMAIL_DOMAINS = frozenset({"throw.example"})
    client.post("/account/login/", {"login": member.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(member.pk)
    assert client.post("/account/password/reset/", {"email": member.email}).status_code == 302
