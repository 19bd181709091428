"""Axe finds nothing and nothing scrolls sideways on what members see of the demonstration."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from manifesto.models import Idea, Invalidation, Vote, VoteGroup
from tests.factories import PASSWORD

from .looks import faults_of

MEMBERS = [
    "/my/ideas/",
    "/my/votes/",
    "/my/organisations/",
    "/my/statements/",
    "/statements/five-asks/signing/",
    "/statements/five-asks/signing/plainledger/",
    "/statements/five-asks/signing/plainledger/withdrawals/",
    "/statements/five-asks/signing/plainledger/own-asks/",
    "/statements/five-asks/signing/plainledger/own-asks/1/",
    "/my/organisations/find/?text=beckshaw",
    "/my/organisations/new/",
    "/organisations/strathmorlich-land-trust/memberships/",
    "/organisations/plainledger/people/",
    "/organisations/plainledger/logo/",
    "/rounds/uk/ideas/2/",
    "/rounds/pilot/commitments/",
    "/rounds/pilot/commitments/new/?idea=7",
    "/rounds/pilot/commitments/6/",
    "/rounds/pilot/commitments/6/revisions/new/",
    "/account/email/",
    "/account/news/",
    "/account/2fa/",
    "/account/sessions/",
    "/account/consent/",
    "/account/data/",
    "/my/votes/withdrawals/",
    "/calls/one-year-on/answers/plainledger/",
    "/my/stories/",
    "/my/meetings/",
    "/meetings/workshop-cardiff/",
    "/meetings/workshop-cardiff/registration/",
    "/meetings/workshop-cardiff/registration/change/",
    "/meetings/workshop-cardiff/registration/cancellation/",
    "/meetings/workshop-glasgow/registration/",
    "/meetings/network-february/",
    "/meetings/network-february/corrections/",
]


def test_member_pages(sign_in_to_look, demonstration):
    idea = Idea.objects.live().earliest("pk")
    pages = [*MEMBERS, reverse("manifesto:endorse_idea", args=[idea.pk])]
    assert faults_of(sign_in_to_look("member"), pages) == {}


def test_pages_that_ask_once_more_who_it_is(sign_in_to_look, demonstration):
    """The question, and what stands behind it: the other pages are seen by whoever is signed in."""
    member, leaving = sign_in_to_look("member"), "/account/departures/"
    question = f"/account/reauthenticate/?next={leaving}"
    assert faults_of(member, [question]) == {}
    member.get_by_label("Password", exact=True).fill(PASSWORD)
    member.get_by_role("button", name="Go on").click()
    member.wait_for_url(f"**{leaving}")
    assert faults_of(member, [leaving, "/account/2fa/totp/activate/"]) == {}
    assert member.url.endswith("/account/2fa/totp/activate/")


def test_votes_of_which_one_does_not_count(sign_in_to_look, demonstration):
    now, day = timezone.now(), timedelta(days=1)
    vote = Vote.objects.filter(member__email="member@example.org", idea__round__slug="uk").earliest("pk")
    group = VoteGroup(vote.idea.round, now - 365 * day, now + day, idea=vote.idea)
    Invalidation.objects.of(group, reason="All within an hour.", by=None, now=now)
    member = sign_in_to_look("member")
    assert faults_of(member, ["/my/votes/", vote.idea.get_absolute_url()]) == {}
    assert member.get_by_text("Your support isn’t counted here").count() == 1
