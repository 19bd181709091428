"""Every word of the pages that members come to in the course of something, forms' answers among them, is translatable.

The sweep in tests/ogp_network/test_languages.py visits each address as it is at first; here are the steps after that.
"""

from datetime import timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from profiles.mail import signer
from profiles.models import OrganisationProposal, Profile
from tests.factories import (
    PASSWORD,
    make_call,
    make_member,
    make_membership,
    make_organisation,
    make_profile,
)
from tests.pseudo_locale import untranslated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pseudo_locale")]

ANSWERS = ["Ανοιχτά", "βιβλία", "για", "όλους"]


def welsh(name, *args):
    with override("cy"):
        return reverse(name, args=args)


def left_out(*responses):
    """What the pages say that can't be translated, by their addresses."""
    found = {response.request["PATH_INFO"]: untranslated(response.text) for response in responses}
    assert {response.status_code for response in responses} & {404, 500} == set()
    return {address: texts for address, texts in found.items() if texts}


@pytest.fixture
def insider():
    return make_member(name="Μίνα")


@pytest.fixture
def organisation(insider):
    organisation = make_organisation(name="Ποτάμι", slug="potami", summary="Νερά.", areas=["W92000004"])
    make_membership(member=insider, organisation=organisation)
    return organisation


@pytest.fixture
def call():
    return make_call(title="Κλήση", slug="klisi", introduction="Πείτε.")


@pytest.fixture
def edition(organisation, call, insider):
    return make_profile(
        organisation=organisation,
        call=call,
        author=insider,
        speaker_name="Μίνα",
        answers=ANSWERS,
        published=False,
        begun=False,
    )


@pytest.fixture
def client_of(client):
    def client_of(member):
        client.force_login(member)
        return client

    return client_of


def survey_page(client, **posted):
    address = welsh("profiles:survey", "klisi", "potami")
    return client.post(address, posted) if posted else client.get(address)


def test_survey_as_it_is_answered(client_of, insider, organisation, call):
    client = client_of(insider)
    assert left_out(survey_page(client), survey_page(client, action="submit", evidence_link="x y")) == {}
    client.post(welsh("profiles:survey", "klisi", "potami"), {"answer_1": "Α", "action": "save"})
    clash = survey_page(client, answer_1="Β", opened="{}", action="save")
    report = client.post(
        welsh("profiles:survey", "klisi", "potami"),
        {"answer_1": "Γ", "opened": "{}"},
        headers={"accept": "application/json"},
    ).json()
    assert (clash.status_code, left_out(clash, survey_page(client))) == (409, {})
    assert untranslated(f"<p>{report['saved']} {report['trouble']}</p>") == []
    call.close(by=None, now=timezone.now())
    assert left_out(survey_page(client), survey_page(client, answer_1="Δ", action="save")) == {}


def test_survey_after_it_was_sent(client_of, insider, organisation, call, edition, editor):
    client, now = client_of(insider), timezone.now()
    pages = [survey_page(client)]
    edition.begin(by=editor, now=now)
    pages += [survey_page(client), client.get(welsh("profiles:approval_detail", edition.pk))]
    edition.send_for_approval(by=editor, now=now)
    pages += [survey_page(client), client.get(welsh("profiles:my_stories"))]
    assert left_out(*pages) == {}


def test_survey_begins_with_a_place_in_an_organisation(client_of, insider, organisation, call):
    asking = make_member(name="Άννα")
    make_membership(member=asking, organisation=organisation, confirmed=False)
    several = make_member(name="Εύα")
    for name in ("Δάσος", "Βουνό"):
        make_membership(member=several, organisation=make_organisation(name=name))
    pages = [client_of(member).get(welsh("profiles:survey_begin", "klisi")) for member in (asking, several)]
    assert left_out(*pages, client_of(several).get(welsh("profiles:call_detail", "klisi"))) == {}


def test_approval_at_every_step(client_of, insider, organisation, edition):
    editor, now = make_member(name="Έλλη", groups=["Editors"]), timezone.now()
    colleague = make_member(name="Λία")
    make_membership(member=colleague, organisation=organisation)
    address = welsh("profiles:approval_detail", edition.pk)
    edition.begin(by=editor, now=now)
    approval = edition.send_for_approval(by=editor, now=now)
    pages = [client_of(member).get(address) for member in (insider, colleague)]
    refused = client_of(colleague).post(
        welsh("profiles:approval_create", edition.pk), {"fingerprint": approval.fingerprint}, follow=True
    )
    empty = client_of(insider).post(welsh("profiles:approval_return", edition.pk))
    approved = client_of(insider).post(
        welsh("profiles:approval_create", edition.pk), {"fingerprint": approval.fingerprint}, follow=True
    )
    Profile.objects.get().schedule(now + timedelta(days=1), by=editor, now=now)
    scheduled = [client_of(insider).get(page) for page in (address, welsh("profiles:my_stories"))]
    returned = client_of(insider).post(
        welsh("profiles:approval_return", edition.pk), {"words": "Όχι"}, follow=True
    )
    assert left_out(*pages, refused, empty, approved, *scheduled, returned) == {}


def test_story_is_taken_down(client_of, insider, organisation, call):
    profile = make_profile(
        organisation=organisation, call=call, author=insider, speaker_name="Μίνα", answers=ANSWERS
    )
    client = client_of(insider)
    address = welsh("profiles:profile_withdraw", profile.pk)
    pages = [client.get(welsh("profiles:my_stories")), client.get(address), client.post(address, follow=True)]
    pages += [client.get(address), client.get(welsh("profiles:profile_detail", profile.slug))]
    assert left_out(*pages) == {}


def test_joining_and_leaving_an_organisation(client_of, insider, organisation):
    asking = make_member(name="Άννα")
    client = client_of(asking)
    join = welsh("profiles:membership_create", "potami")
    asked = client.post(join, {"role": "Μέλος", "note": "Γεια"}, follow=True)
    request = asking.memberships.get()
    end = welsh("profiles:membership_end", request.pk)
    pages = [client.post(join), asked, client.get(join), client.get(end)]
    client = client_of(insider)
    pages += [client.get(welsh("profiles:people", "potami")), client.get(end), client.post(end)]
    confirm = welsh("profiles:membership_confirm", request.pk)
    pages += [
        client.post(confirm, follow=True),
        client.get(end),
        client.post(end, {"reason": "Α"}, follow=True),
    ]
    own = welsh("profiles:membership_end", insider.memberships.get().pk)
    pages += [client.get(own), client.post(own, follow=True), client.get(welsh("profiles:people", "potami"))]
    assert left_out(*pages) == {}


def test_finding_and_adding_an_organisation(client_of, insider, organisation):
    client = client_of(insider)
    find, add = welsh("profiles:organisation_find"), welsh("profiles:proposal_create")
    fields = {"name": "Ποτάμι", "kind": "charity", "role": "Μέλος", "summary": "Νερά."}
    pages = [client.get(find, {"text": text}) for text in ("", "Ποτάμι", "Χχχ")]
    pages += [
        client.post(add),
        client.post(add, fields),
        *(
            client.post(add, {**fields, "scheme": scheme, "number": "!"})
            for scheme in ("GB-CHC", "GB-SC", "GB-NIC", "GB-COH")
        ),
        client.post(add, {**fields, "number": "1130568"}),
        client.post(add, {**fields, "none_of_these": "1"}, follow=True),
        client.post(add, {**fields, "none_of_these": "1"}),
    ]
    assert (left_out(*pages), OrganisationProposal.objects.count()) == ({}, 1)


def test_logo_is_sent_and_refused(client_of, insider, organisation):
    client, address = client_of(insider), welsh("profiles:logo_edit", "potami")
    text = SimpleUploadedFile("logo.png", "Όχι".encode(), content_type="image/png")
    pages = [client.get(address), client.post(address), client.post(address, {"logo": text})]
    stranger = client_of(make_member(name="Άννα")).get(address, follow=True)
    assert left_out(*pages, stranger) == {}


def test_joining_and_signing_in(client, insider):
    signup, login = welsh("account_signup"), welsh("account_login")
    fields = {"display_name": "Νία", "email": "nia@example.org", "consent": "on"}
    pages = [
        client.post(signup),
        client.post(signup, {**fields, "password1": "password"}),
        client.post(login),
        client.post(login, {"login": insider.email, "password": "another"}),
        client.post(welsh("account_request_login_code")),
        client.post(welsh("account_request_login_code"), {"email": insider.email}, follow=True),
        client.post(welsh("account_confirm_login_code"), {"code": "WRONG"}),
        client.post(welsh("account_reset_password")),
        client.post(welsh("account_reset_password"), {"email": insider.email}, follow=True),
        client.post(welsh("account_confirm_password_reset_code"), {"code": "WRONG"}),
    ]
    joined = client.post(signup, {**fields, "password1": "a quiet afternoon"}, follow=True)
    wrong = client.post(welsh("account_email_verification_sent"), {"code": "WRONG"})
    assert left_out(*pages, joined, wrong) == {}


def test_e_mails_of_an_account(insider, mailoutbox):
    joining = {"display_name": "Νία", "password1": "a quiet afternoon", "consent": "on"}
    for name, fields in [
        ("account_request_login_code", {"email": insider.email}),
        ("account_request_login_code", {"email": "nobody@example.org"}),
        ("account_reset_password", {"email": insider.email}),
        ("account_signup", {**joining, "email": insider.email}),
        ("account_signup", {**joining, "email": "nia@example.org"}),
    ]:
        Client().post(welsh(name), fields)
    said = [line for mail in mailoutbox for line in [mail.subject, *mail.body.splitlines()]]
    codes = ("example.org", "127.0.0.1", "testserver")
    words = [
        line for line in said if untranslated(f"<p>{line}</p>") and not any(code in line for code in codes)
    ]
    assert (len(mailoutbox), [line for line in words if " " in line or line.isalpha()]) == (5, [])


def test_name_agreement_and_news(client_of, insider):
    client = client_of(insider)
    you, news = welsh("account_you"), welsh("profiles:notification_settings")
    pages = [
        client.post(you, {"display_name": ""}),
        client.post(you, {"display_name": "Μίνα"}, follow=True),
        client.post(news, {"email_frequency": "hourly"}),
        client.post(news, {"email_frequency": "off"}, follow=True),
        client.get(welsh("consent")),
        client.get(welsh("consent_withdraw")),
        client.post(welsh("consent_withdraw"), follow=True),
        client.get(welsh("consent")),
        client.post(welsh("consent")),
        client.post(welsh("consent"), {"consent": "on"}, follow=True),
    ]
    assert left_out(*pages[:-1]) == {}


def test_stopping_e_mails(client, insider):
    address = welsh("profiles:unsubscribe", signer.sign(f"member-{insider.pk}"))
    assert left_out(client.get(address), client.post(address)) == {}


def test_password_addresses_and_two_steps(client, insider):
    client.post(reverse("account_login"), {"login": insider.email, "password": PASSWORD})
    email, password = welsh("account_email"), welsh("account_change_password")
    pages = [
        client.post(email, {"action_add": "", "email": "x"}),
        client.post(email, {"action_add": "", "email": "other@example.org"}, follow=True),
        client.get(email),
        client.post(email, {"action_remove": "", "email": insider.email}, follow=True),
        client.post(password),
        client.post(password, {"oldpassword": PASSWORD, "password1": "password", "password2": "x"}),
        client.get(welsh("mfa_index")),
        client.get(welsh("mfa_activate_totp")),
        client.post(welsh("mfa_activate_totp"), {"code": "1"}),
        client.get(welsh("mfa_add_webauthn")),
        client.get(welsh("mfa_list_webauthn")),
    ]
    TOTP.activate(insider, generate_totp_secret())
    RecoveryCodes.activate(insider)
    pages += [
        client.get(welsh(name))
        for name in (
            "mfa_index",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
        )
    ]
    client.logout()
    pages += [
        client.post(welsh("account_login"), {"login": insider.email, "password": PASSWORD}, follow=True),
        client.post(welsh("mfa_authenticate"), {"code": "1"}),
    ]
    assert left_out(*pages) == {}


def test_who_they_are_is_asked_again(client_of, insider):
    client = client_of(insider)
    page = client.get(welsh("mfa_activate_totp"), follow=True)
    assert left_out(page, client.post(welsh("account_reauthenticate"), {"password": "x"})) == {}
