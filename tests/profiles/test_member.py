import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from profiles.models import Consent, Member
from profiles.models.member import CONSENT_VERSION
from tests.factories import PASSWORD, make_idea, make_member

JOINING = {
    "email": "New@Example.org",
    "password1": "a quiet afternoon",
    "display_name": "Nia Newcomer",
    "consent": "on",
}


def code_in(mail):
    return re.search(r"^\s*([A-Z0-9-]{6,})\s*$", mail.body, re.M).group(1)


def test_joining_records_consent_with_its_version_and_time(client, db):
    before = timezone.now()
    client.post(reverse("account_signup"), JOINING)
    member = Member.objects.get()
    consent = member.consents.get()
    assert (member.email, member.display_name, consent.version) == (
        "new@example.org",
        "Nia Newcomer",
        CONSENT_VERSION,
    )
    assert before <= consent.given_at <= timezone.now()


def test_joining_ends_with_the_code_from_the_mail(client, db, mailoutbox):
    client.post(reverse("account_signup"), JOINING)
    assert client.get(reverse("manifesto:my_ideas")).status_code == 302
    client.post(reverse("account_email_verification_sent"), {"code": code_in(mailoutbox[0])})
    assert EmailAddress.objects.get().verified
    assert client.get(reverse("manifesto:my_ideas")).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("consent", ""),
        ("display_name", ""),
        ("display_name", "x" * 81),
        ("email", "not an address"),
        ("password1", "short"),
        ("password1", "new@example.org"),
    ],
)
def test_joining_says_what_is_wrong_beside_the_field(client, db, field, value):
    response = client.post(reverse("account_signup"), {**JOINING, field: value})
    assert (list(response.context["form"].errors), Member.objects.count()) == ([field], 0)


def test_joining_with_a_known_address_does_not_give_it_away(client, db, mailoutbox):
    make_member(email="new@example.org")
    known = client.post(reverse("account_signup"), JOINING)
    fresh = client.post(reverse("account_signup"), {**JOINING, "email": "other@example.org"})
    assert (known.status_code, known.url) == (fresh.status_code, fresh.url)


def test_signing_in_by_password(client, db):
    member = make_member()
    client.post(reverse("account_login"), {"login": member.email.upper(), "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(member.pk)


def test_signing_in_by_mailed_code(client, db, mailoutbox):
    member = make_member(password=None)
    client.post(reverse("account_request_login_code"), {"email": member.email})
    client.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[0])})
    assert client.session["_auth_user_id"] == str(member.pk)


def test_guessing_passwords_is_slowed_down(client, db):
    member = make_member()
    for _ in range(6):
        response = client.post(reverse("account_login"), {"login": member.email, "password": "wrong"})
    assert response.status_code == 429 or "Too many failed login attempts" in response.content.decode()
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_a_second_factor_is_offered_to_everyone(client, member):
    client.force_login(member)
    assert client.get(reverse("mfa_index")).status_code == 200


def test_addresses_differing_in_case_are_one(db):
    make_member(email="someone@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(email="someone@example.org")
    with pytest.raises(IntegrityError, match="member_email_is_lower_case"), transaction.atomic():
        Member.objects.create(email="Someone@example.org")


def test_consent_is_recorded_once_per_version(db, member):
    member.give_consent(now=timezone.now())
    with pytest.raises(IntegrityError, match="consent_given_once_per_version"), transaction.atomic():
        Consent.objects.create(member=member, version=CONSENT_VERSION, given_at=timezone.now())


def test_consent_of_an_older_version_no_longer_counts(db, member):
    member.consents.update(version="2014-10")
    assert not member.has_current_consent


def test_withdrawn_consent_no_longer_counts_and_can_be_given_anew(db, member):
    member.consents.update(withdrawn_at=timezone.now())
    assert not member.has_current_consent
    member.give_consent(now=timezone.now())
    assert member.has_current_consent


def test_groups_have_what_they_need_and_nothing_that_shows_members_or_votes(db):
    permissions = {
        group.name: set(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()
    }
    assert permissions["Experts"] == {"view_round", "score_round"}
    forbidden = {codename for codename in permissions["Editors"] if "member" in codename.split("_")[1:]}
    # Editors suspend whose comment they read; the page for it shows a public name and no more.
    assert (set(permissions), forbidden) == ({"Editors", "Experts"}, {"suspend_member"})
    assert not {
        codename for codename in permissions["Editors"] if codename.endswith(("_vote", "_score", "_draft"))
    }


def test_a_new_version_asks_everybody_again_and_keeps_what_they_agreed_to(client, member, monkeypatch):
    idea = make_idea()
    before = member.consents.get()
    monkeypatch.setattr("profiles.models.member.CONSENT_VERSION", "2030-01")
    client.force_login(member)
    assert client.post("/support/", {"idea": idea.pk}).url == "/account/consent/"
    client.post("/account/consent/", {"consent": "on"})
    client.post("/support/", {"idea": idea.pk})
    earlier, _later = member.consents.order_by("pk")
    assert (earlier.version, earlier.given_at, earlier.withdrawn_at) == (
        before.version,
        before.given_at,
        None,
    )
    assert (member.consents.current().count(), member.votes.count()) == (1, 1)


def test_each_agreement_and_withdrawal_stays_on_record(member):
    for _ in range(2):
        member.withdraw_consent(now=timezone.now())
        member.give_consent(now=timezone.now())
    assert [consent.withdrawn_at is None for consent in member.consents.order_by("pk")] == [
        False,
        False,
        True,
    ]


def test_what_was_agreed_to_before_stands_until_it_is_withdrawn_too(client, member):
    idea = make_idea()
    idea.support(member, now=timezone.now())
    client.force_login(member)
    client.post("/account/consent/withdrawals/")
    assert (idea.tally.supporters, member.has_current_consent) == (1, False)
    client.post("/my/votes/withdrawals/", {"round": "all"})
    idea.tally.refresh_from_db()
    assert idea.tally.supporters == 0
