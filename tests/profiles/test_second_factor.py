"""Nothing of the admin opens without a second factor where one is required, and there is a way back for who lost it."""

import time

import pytest
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from profiles.models import AuditEntry, Member
from tests.factories import PASSWORD, make_meeting

pytestmark = pytest.mark.django_db
SECRET = generate_totp_secret()


@pytest.fixture(autouse=True)
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True
    settings.ACCOUNT_RATE_LIMITS = False


def signed_in(member):
    """By password alone, or with the code that an app shows now."""
    client = Client()
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    if member.authenticator_set.exists():
        client.post(reverse("mfa_authenticate"), {"code": code_now()})
    return client


def code_now(periods_ago=0):
    counter = int(time.time()) // app_settings.TOTP_PERIOD - periods_ago
    return format_hotp_value(hotp_value(SECRET, counter))


@pytest.mark.parametrize(("periods_ago", "accepted"), [(0, True), (1, True), (3, False)])
def test_a_code_counts_a_little_longer_than_it_is_shown(administrator, periods_ago, accepted):
    TOTP.activate(administrator, SECRET)
    client = Client()
    client.post(reverse("account_login"), {"login": administrator.email, "password": PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": code_now(periods_ago)})
    assert ("_auth_user_id" in client.session) == accepted


@pytest.mark.parametrize("person", ["expert", "editor", "administrator"])
def test_staff_set_one_up_before_any_page_of_the_admin_opens(request, person):
    client = signed_in(request.getfixturevalue(person))
    meeting = make_meeting()
    for page in ("/admin/", "/admin/manifesto/round/", f"/admin/meetings/meeting/{meeting.pk}/change/"):
        assert client.get(page, follow=True).redirect_chain[-1][0] == reverse("mfa_index")
        assert client.post(page, {"title": "Mine"}).status_code == 302
    assert AuditEntry.objects.exclude(action="signed_in").count() == 0


def test_members_are_asked_for_none(member):
    client = signed_in(member)
    assert client.get("/account/you/").status_code == 200
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("person", ["expert", "editor", "administrator"])
def test_with_one_the_admin_opens(request, person):
    staff = request.getfixturevalue(person)
    TOTP.activate(staff, SECRET)
    assert signed_in(staff).get("/admin/").status_code == 200


def test_the_password_alone_signs_nobody_in_who_has_one(editor):
    TOTP.activate(editor, SECRET)
    client = Client()
    client.post(reverse("account_login"), {"login": editor.email, "password": PASSWORD})
    assert client.get("/admin/").status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "_auth_user_id" not in client.session


def test_a_recovery_code_lets_in_once(editor):
    TOTP.activate(editor, SECRET)
    code = RecoveryCodes.activate(editor).get_unused_codes()[0]
    for expected in (200, 302):
        client = Client()
        client.post(reverse("account_login"), {"login": editor.email, "password": PASSWORD})
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert client.get("/admin/").status_code == expected


def test_an_editor_without_one_has_no_power_on_the_sites_own_pages(editor):
    meeting = make_meeting(days=-3)
    assert signed_in(editor).get(reverse("meetings:note_edit", args=[meeting.slug])).status_code == 403


# Getting back in


def address_of(member):
    return reverse("admin:profiles_member_second_factor", args=[member.pk])


def proven(member):
    client = signed_in(member)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.fixture
def client_of_administrator(administrator):
    TOTP.activate(administrator, SECRET)
    return proven(administrator)


def test_an_administrator_lets_somebody_back_in(
    client_of_administrator, administrator, editor, mailoutbox, django_capture_on_commit_callbacks
):
    TOTP.activate(editor, SECRET)
    RecoveryCodes.activate(editor)
    theirs = signed_in(editor)
    assert "an authenticator app, since" in client_of_administrator.get(address_of(editor)).text
    with django_capture_on_commit_callbacks(execute=True):
        client_of_administrator.post(address_of(editor))
    assert not Authenticator.objects.filter(user=editor).exists()
    assert theirs.get("/account/you/").status_code == 302
    entry = AuditEntry.objects.get(action="second_factor_reset")
    assert (entry.actor_pk, entry.target_kind, entry.target_pk) == (
        administrator.pk,
        "profiles.member",
        str(editor.pk),
    )
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == ([editor.email], "Your two-step sign-in was switched off")
    assert "hello@example.org" in mail.body
    assert signed_in(editor).get("/admin/", follow=True).redirect_chain[-1][0] == reverse("mfa_index")


def test_the_mail_is_in_the_members_language(
    client_of_administrator, member, mailoutbox, django_capture_on_commit_callbacks
):
    member.choose_language("cy")
    TOTP.activate(member, SECRET)
    with django_capture_on_commit_callbacks(execute=True):
        client_of_administrator.post(address_of(member))
    assert mailoutbox[0].subject == "Diffoddwyd eich mewngofnodi dau gam"


def test_nobody_resets_their_own_or_what_is_not_there(client_of_administrator, administrator, member):
    client_of_administrator.post(address_of(administrator))
    assert administrator.has_second_factor
    client_of_administrator.post(address_of(member))
    assert not AuditEntry.objects.filter(action="second_factor_reset").exists()


@pytest.mark.parametrize("person", ["expert", "editor"])
def test_only_administrators_do_so(request, member, person):
    staff = request.getfixturevalue(person)
    for somebody in (staff, member):
        TOTP.activate(somebody, SECRET)
    client = proven(staff)
    assert [client.get(address_of(member)).status_code, client.post(address_of(member)).status_code] == [
        403
    ] * 2
    assert Authenticator.objects.filter(user=member).exists()


# Proving it once more


def test_what_gives_power_or_deletes_asks_who_is_there(administrator, member):
    TOTP.activate(administrator, SECRET)
    client = signed_in(administrator)
    pages = [
        "/admin/auth/group/add/",
        f"/admin/profiles/member/{member.pk}/change/",
        address_of(member),
        f"/admin/auth/group/{Group.objects.first().pk}/delete/",
    ]
    asked = f"{reverse('account_reauthenticate')}?next="
    assert [client.post(page, {"post": "yes"}).url.startswith(asked) for page in pages] == [True] * 4
    sent = {"action": "delete_selected", "_selected_action": [Group.objects.first().pk], "post": "yes"}
    assert client.post("/admin/auth/group/", sent).url.startswith(asked)
    assert Group.objects.count() == 2
    assert client.post("/admin/meetings/meeting/add/", {}).status_code == 200


def test_what_was_sent_is_done_once_that_is_proven(administrator):
    TOTP.activate(administrator, SECRET)
    client = signed_in(administrator)
    asked = client.post("/admin/auth/group/add/", {"name": "Translators"})
    client.post(asked.url, {"password": PASSWORD})
    assert Group.objects.filter(name="Translators").exists()


def test_demonstrations_ask_for_nothing(settings, administrator):
    settings.REQUIRE_SECOND_FACTOR = False
    client = signed_in(administrator)
    assert client.get("/admin/").status_code == 200
    client.post("/admin/auth/group/add/", {"name": "Translators"})
    assert Group.objects.filter(name="Translators").exists()
    assert Member.objects.get(pk=administrator.pk).has_second_factor
