"""What stories, calls and organisations are written in, and the language that members are written to."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from profiles.mail import compose
from profiles.models import Mailing, Member, Notification, OrganisationProposal, Profile
from tests.factories import make_call, make_member, make_membership, make_organisation, make_profile
from tests.ogp_network.test_account import join
from tests.pseudo_locale import pseudo

pytestmark = pytest.mark.django_db


def welsh(name, *args):
    with override("cy"):
        return reverse(name, args=args)


@pytest.fixture
def insider(member):
    make_membership(member=member, organisation=make_organisation(name="Ffoscelyn", slug="ffoscelyn"))
    return member


@pytest.fixture
def call():
    return make_call(slug="autumn")


@pytest.mark.parametrize("code", ["en-gb", "cy"])
def test_who_joins_is_written_to_in_the_language_of_the_page(client, code):
    prefix = "" if code == settings.LANGUAGE_CODE else f"/{code}"
    join(client, address=f"{prefix}{reverse('account_signup')}")
    assert Member.objects.get().language == code


def test_member_chooses_the_language_of_e_mails(sign_in, member):
    client = sign_in(member)
    assert '<option value="en-gb" selected lang="en-GB">' in client.get(reverse("account_you")).text
    client.post(reverse("account_you"), {"display_name": "Mina", "language": "cy"})
    member.refresh_from_db()
    assert (member.language, member.display_name) == ("cy", "Mina")


def test_a_language_that_the_site_lacks_is_refused(sign_in, member):
    page = sign_in(member).post(reverse("account_you"), {"display_name": "Mina", "language": "xx"})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["language"])


def mail_to(member):
    now = timezone.now()
    Notification.objects.tell(
        [member], key="k", subject="An idea changed", words="It reads anew.", address="/stories/", now=now
    )
    mailing = Mailing.objects.create(
        member=member, token="token", is_digest=False, prepared_at=now, next_attempt_at=now
    )
    return compose(mailing, list(Notification.objects.all()))


def test_an_e_mail_is_in_its_readers_language_around_the_news(pseudo_locale, settings):
    settings.SITE_URL = "https://manifesto.example.org"
    message = mail_to(make_member(name="Nia", language="cy"))
    html = message.alternatives[0].content
    assert message.subject == f"{pseudo('News from the')} Open Government Manifesto"
    assert message.body.startswith(f"{pseudo('Hello')} Nia,\n")
    assert "It reads anew.\nhttps://manifesto.example.org/cy/stories/\n" in message.body
    assert '<html lang="cy">' in html
    assert '<div lang="en-GB"><h2>An idea changed</h2>' in html
    assert "https://manifesto.example.org/cy/no-more-e-mails/" in html


def test_an_e_mail_in_english_leads_to_english_pages(settings):
    settings.SITE_URL = "https://manifesto.example.org"
    message = mail_to(make_member())
    assert "https://manifesto.example.org/stories/\n" in message.body
    assert "/cy/" not in message.body


def test_answers_are_in_the_language_of_the_page_they_are_begun_on(sign_in, insider, call):
    survey = welsh("profiles:survey", "autumn", "ffoscelyn")
    client = sign_in(insider)
    assert '<option value="cy" selected lang="cy">' in client.get(survey).text
    opened = client.get(survey).context["form"]["opened"].value()
    client.post(survey, {"answer_1": "Llyfrau agored.", "language": "cy", "opened": opened, "action": "save"})
    assert Profile.objects.get().language == "cy"
    english = client.get(reverse("profiles:survey", args=["autumn", "ffoscelyn"])).text
    assert '<option value="cy" selected lang="cy">' in english


def test_words_of_a_story_are_marked_as_in_its_language(visitor):
    profile = make_profile(
        language="cy", standfirst="Bore da.", pull_quote="", answers=["Un", "Dau", "Tri", "Pedwar"]
    )
    page = visitor.get(profile.get_absolute_url()).text
    assert '<p class="lead" dir="auto" lang="cy">Bore da.</p>' in page
    assert page.count('<div class="stack-tight" dir="auto" lang="cy">') == 4
    assert '"inLanguage": "cy"' in page
    cards = visitor.get(reverse("profiles:profile_list")).text
    assert '<p dir="auto" lang="cy">Pedwar</p>' in cards


def test_feed_says_the_language_of_each_story(visitor):
    make_profile(language="cy")
    make_profile()
    feed = visitor.get(reverse("profiles:stories_atom")).text
    assert ('<entry xml:lang="cy">' in feed, '<entry xml:lang="en-GB">' in feed) == (True, True)


def test_language_of_a_story_is_not_among_what_is_approved():
    """An editor puts it right where it is wrong; not a word changes by that."""
    profile = make_profile()
    profile.language = "cy"
    profile.save(update_fields=["language"])
    profile.void_changed_approvals(now=timezone.now())
    assert profile.live_approval.is_standing


def test_call_and_summary_are_marked_as_in_their_languages(visitor):
    call = make_call(title="Eich stori", language="cy")
    organisation = make_organisation(summary="Coed ac afonydd.", language="cy")
    assert '<h1 lang="cy">Eich stori</h1>' in visitor.get(call.get_absolute_url()).text
    page = visitor.get(organisation.get_absolute_url()).text
    assert '<div class="lead" dir="auto" lang="cy"><p>Coed ac afonydd.</p></div>' in page


def test_organisation_is_listed_in_the_language_it_was_described_in(sign_in, member, editor):
    client = sign_in(member)
    fields = {"name": "Coed Aran", "kind": "charity", "role": "Aelod", "summary": "Coed.", "language": "cy"}
    client.post(welsh("profiles:proposal_create"), fields)
    listed = OrganisationProposal.objects.get().accept(by=editor, now=timezone.now())
    assert listed.language == "cy"


def test_a_language_that_nobody_chose_stays_what_it_was(sign_in, insider, member, call):
    client = sign_in(member)
    client.post(welsh("account_you"), {"display_name": "Mina"})
    member.refresh_from_db()
    assert member.language == "en-gb"
