"""Axe finds nothing and nothing scrolls sideways on what members see of the demonstration."""

from .looks import faults_of

MEMBERS = [
    "/my/ideas/",
    "/my/votes/",
    "/my/organisations/",
    "/my/organisations/find/?text=beckshaw",
    "/my/organisations/new/",
    "/organisations/strathmorlich-land-trust/memberships/",
    "/organisations/plainledger/people/",
    "/organisations/plainledger/logo/",
    "/rounds/uk/ideas/2/",
    "/account/email/",
    "/account/news/",
    "/account/2fa/",
    "/account/sessions/",
    "/account/consent/",
    "/account/data/",
    "/account/departures/",
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
    assert faults_of(sign_in_to_look("member"), MEMBERS) == {}
