"""Where one is signed in, ending that, and what a session that was stolen or foisted on somebody is worth."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profiles import devices
from profiles.browsers import browser_and_system
from tests.factories import PASSWORD, make_member

pytestmark = pytest.mark.django_db
DEVICES = "/account/sessions/"
YOU = "/account/you/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


def signed_in(member, agent=FIREFOX):
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR="198.51.100.7")
    answer = client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def is_in(client):
    return client.get(YOU).status_code == 200


def with_cookie(value):
    client = Client()
    client.cookies["sessionid"] = value
    return client


def cookie(client):
    return client.cookies["sessionid"].value


@pytest.mark.parametrize(
    ("agent", "names"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        (IPHONE, ("Safari", "iPhone")),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
            "Safari/537.36 Edg/140.0.0.0",
            ("Edge", "Windows"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 "
            "Chrome/130.0.0.0 Mobile Safari/537.36",
            ("Samsung Internet", "Android"),
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Safari/537.36",
            ("Chrome", "macOS"),
        ),
        ("curl/8.5.0", ("", "")),
        ("", ("", "")),
    ],
)
def test_browsers_are_known_by_what_they_say_of_themselves(agent, names):
    assert browser_and_system(agent) == names


def test_a_session_is_listed_without_network_address_or_details(member):
    client = signed_in(member)
    (session,) = UserSession.objects.all()
    assert (session.ip, session.user_agent) == ("0.0.0.0", "Firefox · Linux")
    session.save()
    assert UserSession.objects.get().user_agent == "Firefox · Linux"
    page = client.get(DEVICES).text
    assert ("Firefox · Linux" in page, "This device" in page, "198.51.100.7" in page) == (True, True, False)


def test_a_browser_that_says_nothing_known_is_another_one(member):
    assert "Another browser" in signed_in(member, agent="<b>strange</b>/1").get(DEVICES).text


def test_one_other_session_is_ended(member):
    here, phone = signed_in(member), signed_in(member, IPHONE)
    tablet = signed_in(member, IPHONE.replace("iPhone", "iPad"))
    there = UserSession.objects.get(session_key=cookie(phone))
    here.post(reverse("profiles:session_end", args=[there.pk]))
    assert [is_in(client) for client in (here, phone, tablet)] == [True, False, True]


def test_all_other_sessions_are_ended(member):
    here, phone, tablet = (signed_in(member) for _ in range(3))
    here.post(DEVICES)
    assert [is_in(client) for client in (here, phone, tablet)] == [True, False, False]


def test_ones_own_session_is_ended_by_signing_out_only(member):
    here = signed_in(member)
    here.post(reverse("profiles:session_end", args=[UserSession.objects.get().pk]))
    assert is_in(here)


def test_nobody_ends_or_sees_somebody_elses_session(member, other_member):
    theirs, mine = signed_in(other_member, IPHONE), signed_in(member)
    session = UserSession.objects.get(user=other_member)
    assert mine.post(reverse("profiles:session_end", args=[session.pk])).status_code == 404
    assert "iPhone" not in mine.get(DEVICES).text
    assert is_in(theirs)


def test_a_new_password_ends_all_other_sessions(member):
    here, phone = signed_in(member), signed_in(member, IPHONE)
    before, new = cookie(here), "a much better one 77"
    # Proven just now, which changing a password asks for.
    here.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert [is_in(client) for client in (here, phone, with_cookie(before))] == [True, False, False]


def test_the_first_second_factor_ends_all_other_sessions(rf, editor):
    here, phone = signed_in(editor), signed_in(editor)
    authenticator = TOTP.activate(editor, generate_totp_secret()).instance
    from allauth.core import context

    request = rf.get("/")
    request.session, request.user = here.session, editor
    with context.request_context(request):
        authenticator_added.send(Authenticator, request=request, user=editor, authenticator=authenticator)
    assert [is_in(client) for client in (here, phone)] == [True, False]


def test_a_stolen_cookie_is_worthless_once_its_owner_signs_out(member):
    owner = signed_in(member)
    thief = with_cookie(cookie(owner))
    assert is_in(thief)
    owner.post(reverse("account_logout"))
    assert (is_in(thief), is_in(owner)) == (False, False)


def test_a_stolen_cookie_is_worthless_once_the_account_is_closed(member):
    thief = with_cookie(cookie(signed_in(member)))
    type(member).objects.filter(pk=member.pk).update(is_active=False)
    assert not is_in(thief)


def test_a_session_foisted_on_somebody_is_not_theirs_after_signing_in(member):
    attacker = Client()
    # Keeps what was typed for whoever signs in, and so begins a session.
    attacker.get(f"/account/consent/?next={YOU}")
    session = attacker.session
    session["planted"] = "yes"
    session.save()
    attacker.cookies["sessionid"] = session.session_key
    victim = with_cookie(session.session_key)
    victim.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    assert (is_in(victim), cookie(victim) == session.session_key) == (True, False)
    assert not is_in(attacker)
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_a_key_nobody_was_given_begins_nothing(member):
    client = with_cookie("a" * 32)
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    assert cookie(client) != "a" * 32


def test_scripts_and_other_sites_get_no_cookie(member):
    client = signed_in(member)
    flags = {name: (bool(morsel["httponly"]), morsel["samesite"]) for name, morsel in client.cookies.items()}
    assert flags == dict.fromkeys(flags, (True, "Lax"))
    assert "sessionid" in flags


def test_when_a_session_was_used_is_kept_to_the_hour(member, django_assert_num_queries, monkeypatch):
    client = signed_in(member)
    long_ago = timezone.now() - timedelta(days=3)
    UserSession.objects.update(last_seen_at=long_ago)
    client.get(YOU)
    assert UserSession.objects.get().last_seen_at == long_ago
    monkeypatch.setattr(devices, "EXACTNESS", 0)
    client.get(YOU)
    assert timezone.now() - UserSession.objects.get().last_seen_at < timedelta(minutes=1)


def test_a_session_from_before_it_was_kept_is_listed_once_it_is_used(member, monkeypatch):
    client = Client(headers={"user-agent": FIREFOX})
    client.force_login(member)
    monkeypatch.setattr(devices, "EXACTNESS", 0)
    client.get(YOU)
    assert "Firefox · Linux" in client.get(DEVICES).text


def test_the_list_is_as_long_as_there_are_sessions(member):
    clients = [signed_in(member) for _ in range(3)]
    Session.objects.filter(session_key=cookie(clients[1])).delete()
    assert clients[0].get(DEVICES).text.count('class="ledger-item"') == 2


def test_visitors_are_asked_to_sign_in(visitor):
    make_member()
    assert [visitor.get(DEVICES).status_code, visitor.post("/account/sessions/1/ends/").status_code] == [
        302
    ] * 2
