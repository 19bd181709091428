"""A member's own pages: name, agreement, e-mail addresses, and the words of signing in."""

import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.account import app_settings
from allauth.account.models import EmailAddress
from django.urls import reverse

from manifesto.models import Idea, Vote
from profiles.models import Member
from tests.factories import PASSWORD, make_idea, make_member, make_round, make_theme, make_votes

YOU = "/account/you/"
CONSENT = "/account/consent/"
WITHDRAWALS = "/account/consent/withdrawals/"
AGREED_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def page(response):
    return response.content.decode()


@pytest.mark.parametrize("address", [YOU, CONSENT, WITHDRAWALS])
def test_account_pages_are_for_members(visitor, db, address):
    answers = [visitor.get(address), visitor.post(address)]
    assert [answer.url for answer in answers] == [f"/account/login/?next={address}"] * 2


def test_account_leads_to_name_and_agreement(sign_in, member):
    assert f'<a href="{YOU}">Account</a>' in page(sign_in(member).get("/"))


def test_changing_the_name_shown(sign_in, member):
    response = sign_in(member).post(YOU, {"display_name": "  Mina M. "})
    member.refresh_from_db()
    assert (response.url, member.display_name) == (YOU, "Mina M.")


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\0b"])
def test_a_name_that_cannot_be_shown_is_refused(sign_in, member, name):
    response = sign_in(member).post(YOU, {"display_name": name})
    member.refresh_from_db()
    assert (response.status_code, member.display_name) == (422, "Mina Member")


def test_a_name_with_markup_is_shown_as_typed(sign_in, member):
    client = sign_in(member)
    client.post(YOU, {"display_name": "<b>Mina</b>"})
    assert ("&lt;b&gt;Mina" in page(client.get(YOU)), "<b>Mina" in page(client.get(YOU))) == (True, False)


def test_the_day_of_the_agreement_is_shown(sign_in, db):
    member = make_member(consents=False)
    member.give_consent(now=AGREED_AT)
    assert "You agreed on" in page(sign_in(member).get(YOU))
    assert "23 November 2026" in page(sign_in(member).get(YOU))


def test_withdrawing_the_agreement_asks_first(sign_in, member):
    response = sign_in(member).get(WITHDRAWALS)
    assert (response.status_code, member.has_current_consent) == (200, True)
    assert "stays counted" in page(response)
    assert f'href="{reverse("manifesto:my_votes")}"' in page(response)


def test_withdrawing_the_agreement_keeps_on_record_that_it_was_given(member, now=AGREED_AT):
    member.withdraw_consent(now=now)
    member.withdraw_consent(now=AGREED_AT.replace(year=2027))
    assert (member.has_current_consent, member.consents.get().withdrawn_at) == (False, now)


def test_after_withdrawing_support_stays_and_new_support_asks_again(sign_in, member):
    supported, other = make_idea(), make_idea()
    client = sign_in(member)
    client.post("/support/", {"idea": supported.pk})
    client.post(WITHDRAWALS)
    response = client.post("/support/", {"idea": other.pk})
    assert (response.url, list(Vote.objects.values_list("idea", flat=True))) == (CONSENT, [supported.pk])
    client.post("/support/withdrawals/", {"idea": supported.pk})
    assert Vote.objects.count() == 0


def test_agreeing_again_after_withdrawing(sign_in, member):
    client = sign_in(member)
    client.post(WITHDRAWALS)
    assert f'href="{CONSENT}"' in page(client.get(YOU))
    client.post(CONSENT, {"consent": "on"})
    assert (member.has_current_consent, member.consents.count()) == (True, 2)


def test_withdrawing_what_was_never_given_leads_back(sign_in, db):
    client = sign_in(make_member(consents=False))
    assert client.get(WITHDRAWALS).url == YOU


def test_nobody_is_asked_twice_for_their_agreement(sign_in, member):
    response = page(sign_in(member).get(CONSENT))
    assert ("You have agreed already" in response, 'name="consent"' in response) == (True, False)


def test_the_pages_of_an_agreement_name_no_idea(sign_in, db):
    idea = make_idea()
    make_votes(idea=idea)
    client = sign_in(make_member(consents=False))
    client.post("/support/", {"idea": idea.pk})
    assert str(idea) not in page(client.get(YOU))


@pytest.mark.parametrize(
    ("primary", "verified", "offered"),
    [
        (True, True, set()),
        (False, True, {"action_primary", "action_remove"}),
        (False, False, {"action_send", "action_remove"}),
    ],
)
def test_an_address_offers_only_what_can_be_done_with_it(sign_in, member, primary, verified, offered):
    if not primary:
        EmailAddress.objects.create(user=member, email="other@example.org", verified=verified)
    buttons = re.findall(r'name="(action_\w+)"', page(sign_in(member).get(reverse("account_email"))))
    assert set(buttons) == offered | {"action_add"}


def test_an_unconfirmed_address_can_be_removed(sign_in, member):
    EmailAddress.objects.create(user=member, email="other@example.org")
    client = sign_in(member)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": "other@example.org", "action_remove": ""})
    assert [address.email for address in member.emailaddress_set.all()] == [member.email]


def join(client, address=None, **changed):
    form = {
        "display_name": "Nia",
        "email": "nia@example.org",
        "password1": "a quiet afternoon",
        "consent": "on",
    }
    return client.post(address or reverse("account_signup"), {**form, **changed})


def test_joining_asks_for_agreement_last(client, db):
    form = client.get(reverse("account_signup")).context["form"]
    assert list(form.fields) == ["display_name", "email", "password1", "consent"]


def test_joining_says_what_a_password_needs_in_one_line(client, db):
    response = page(client.get(reverse("account_signup")))
    assert "At least 10 characters, and not a common password." in response
    assert "Your password can" not in response


@pytest.mark.parametrize("field", ["display_name", "email", "password1"])
def test_an_empty_field_asks_to_be_filled_in(client, db, field):
    form = join(client, **{field: ""}).context["form"]
    assert dict(form.errors) == {field: ["Please fill this in."]}


@pytest.mark.parametrize(
    "name", ["account_login", "account_signup", "account_reset_password", "account_request_login_code"]
)
def test_e_mail_is_spelled_one_way(client, db, name):
    assert re.findall(r"\bEmail\b(?! address\")", page(client.get(reverse(name)))) == []


def test_the_code_of_joining_can_be_asked_for_again_and_says_how_long_it_works(client, db, mailoutbox):
    join(client)
    address = reverse("account_email_verification_sent")
    response = page(client.get(address))
    assert app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT == 15 * 60
    assert ("It works for 15 minutes." in response, "Send a new code" in response) == (True, True)
    assert "It works for 15 minutes." in mailoutbox[0].body


def test_a_wrong_address_can_be_mended_while_joining(client, db, mailoutbox):
    join(client, email="nai@example.org")
    address = reverse("account_email_verification_sent")
    assert "Use a different e-mail address" in page(client.get(address))
    response = client.post(reverse("account_logout"), {"next": reverse("account_signup")})
    assert response.url == reverse("account_signup")
    join(client, email="nia@example.org")
    code = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", mailoutbox[-1].body, re.M).group(1)
    client.post(address, {"code": code})
    member = Member.objects.get(email="nia@example.org")
    assert (mailoutbox[-1].to, member.emailaddress_set.get().verified) == (
        ["nia@example.org"],
        True,
    )


def test_a_sign_in_code_says_how_long_it_works(client, member):
    client.post(reverse("account_request_login_code"), {"email": member.email})
    response = page(client.get(reverse("account_confirm_login_code")))
    assert app_settings.LOGIN_BY_CODE_TIMEOUT == app_settings.PASSWORD_RESET_BY_CODE_TIMEOUT == 3 * 60
    assert "It works for 3 minutes." in response


def test_withdrawn_agreement_is_asked_for_before_an_idea_is_sent(sign_in, member):
    round = make_round()
    theme = make_theme(round=round)
    client = sign_in(member)
    client.post(WITHDRAWALS)
    draft = {"title": "An idea", "why": "Why", "how": "How", "difference": "Much", "theme": theme.pk}
    response = client.post(
        f"/rounds/{round.slug}/ideas/new/",
        {**draft, "level": "uk", "ogp_values": ["civic_participation"], "action": "submit"},
        follow=True,
    )
    assert (response.redirect_chain[-1][0], Idea.objects.count()) == (CONSENT, 0)


# In another language


SWITCH = re.compile(r'<a href="([^"]+)" lang="[^"]+" hreflang="[^"]+" rel="alternate">')


def other_language(response):
    """Where the page leads those who want it in another language."""
    [address] = SWITCH.findall(page(response))
    return unescape(address)


def test_who_changes_the_language_of_signing_in_comes_back_to_pages_in_it(visitor, member):
    back = reverse("manifesto:my_ideas")
    asked = visitor.get(f"/cy{back}")
    assert asked.url == f"/cy/account/login/?next=/cy{back}"
    switched = other_language(visitor.get(asked.url))
    assert switched == f"/account/login/?next={back}"
    sent = {"login": member.email, "password": PASSWORD, "next": back}
    assert visitor.post(switched, sent).url == back


@pytest.mark.parametrize("name", ["account_login", "account_signup"])
def test_the_way_back_outlives_a_mistake_and_a_change_of_language(visitor, db, name):
    english = reverse(name)
    address = f"/cy{english}?next=/cy/my/votes/"
    form = re.search(r'<form class="form" method="post"([^>]*)>', page(visitor.get(address)))
    assert "action=" not in form[1]
    wrong = visitor.post(address, {"login": "nobody", "email": "nobody", "next": "/cy/my/votes/"})
    assert other_language(wrong) == f"{english}?next=/my/votes/"


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example/", "//[", "\0", "/nowhere/at/all/"]
)
def test_a_way_back_that_leads_nowhere_here_is_left_as_it_is(visitor, db, back):
    address = f"/cy/account/login/?{urlencode({'next': back})}"
    switched = urlsplit(other_language(visitor.get(address)))
    assert (switched.netloc, switched.path, parse_qs(switched.query)["next"]) == (
        "",
        "/account/login/",
        [back],
    )


def test_the_language_changes_and_the_question_stays(visitor, db):
    assert other_language(visitor.get("/cy/stories/?text=a%26b&page=2&text=c")) == (
        "/stories/?text=a%26b&page=2&text=c"
    )


def test_what_was_typed_is_there_in_the_other_language(visitor, member):
    round = make_round()
    new = reverse("manifesto:draft_create", args=[round.slug])
    visitor.post(f"/cy{new}", {"title": "Agor y dyddiaduron", "action": "continue"})
    visitor.force_login(member)
    assert 'value="Agor y dyddiaduron"' in page(visitor.get(new))


def test_agreeing_leads_back_in_the_language_it_was_given_in(visitor, db):
    idea = make_idea()
    visitor.force_login(make_member(consents=False))
    asked = visitor.post("/cy/support/", {"idea": idea.pk})
    assert asked.url == f"/cy{CONSENT}"
    assert visitor.post(CONSENT, {"consent": "on"}).url == idea.get_absolute_url()
