"""Axe finds nothing and nothing scrolls sideways, on every kind of page, with the demonstration's real content."""

from datetime import timedelta

import pytest
from django.utils import timezone

from manifesto.models import Conflict, Round
from ogp_network.demonstration import load
from profiles.models import Member, Profile
from tests.factories import PASSWORD

from .looks import faults, faults_of

PUBLIC = [
    "/",
    "/rounds/",
    "/rounds/uk/",
    "/rounds/uk/ideas/",
    "/rounds/uk/ideas/?text=nothing+like+this&order=newest",
    "/rounds/uk/ideas/?text=publsih&theme=government-integrity",
    "/rounds/uk/ideas/1/",
    "/rounds/uk/ideas/new/",
    "/rounds/wales/ideas/new/",
    "/rounds/wales/shortlist/",
    "/rounds/pilot/shortlist/",
    "/rounds/pilot/shortlist/pack/",
    "/rounds/pilot/shortlist/working/",
    "/rounds/pilot/ideas/1/",
    "/organisations/",
    "/organisations/involve/",
    "/organisations/plainledger/",
    "/open-data/",
    "/open-data/organisations/",
    "/open-data/ideas/",
    "/api/",
    "/network/",
    "/stories/",
    "/stories/strathmorlich-land-trust/",
    "/calls/one-year-on/",
    "/reforms/",
    "/meetings/",
    "/meetings/2014-11-04-francis-maude/",
    "/meetings/2014-11-15-political-parties/",
    "/meetings/actions/",
    "/meetings/search/?q=wrokshop",
    "/meetings/topics/who-takes-part/",
    "/meetings/steering-last-lap/",
    "/meetings/workshop-belfast/",
    "/meetings/month/2014/11/",
    "/meetings/notice/",
    "/meetings/workshop-bradford/",
    "/search/",
    "/search/?q=govermnent",
    "/search/?q=zyzzyva",
    "/about/",
    "/privacy/",
    "/accessibility/",
    "/cookies/",
    "/privacy/versions/",
    "/privacy/versions/1/",
    "/news/",
    "/news/?calls=open",
    "/news/self-assessment-survey/",
    "/news/names-for-the-chair/",
    "/account/login/",
    "/account/signup/",
    "/nowhere/",
]
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
    "/account/consent/",
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


@pytest.fixture
def demonstration(site):
    load(now=timezone.now())
    for email in ("member@example.org", "expert@example.org", "editor@example.org"):
        member = Member.objects.get(email=email)
        member.set_password(PASSWORD)
        member.save()


@pytest.fixture
def sign_in_to_look(sign_in_at):
    """Sign a demonstration's member in, in a browser that axe can work in."""

    def sign_in_to_look(name):
        member = Member.objects.get(email=f"{name}@example.org")
        return sign_in_at(member, java_script_enabled=True, bypass_csp=True)

    return sign_in_to_look


def test_faults_are_found_at_the_look_that_has_them(open_page):
    page = open_page(bypass_csp=True)
    page.set_content(
        """<html lang="en"><title>Faults</title><style>
        @media (prefers-color-scheme: dark) { p { color: #777; background: #666 } }
        @media (max-width: 400px) { p { width: 500px } }
        @media (min-width: 401px) { img { display: none } }
        </style><main><h1>Faults</h1><p>Grey on grey.</p><img src="data:,"></main>"""
    )
    assert faults(page) == {
        (320, "light"): ["image-alt", "scrolls sideways"],
        (320, "dark"): ["color-contrast", "scrolls sideways"],
        (1280, "dark"): ["color-contrast"],
    }


def test_public_pages(open_page, demonstration):
    assert faults_of(open_page(bypass_csp=True), PUBLIC) == {}


def test_member_pages(sign_in_to_look, demonstration):
    assert faults_of(sign_in_to_look("member"), MEMBERS) == {}


def test_pages_between_answers_and_publication(sign_in_to_look, demonstration):
    waiting, sent = Profile.objects.waiting().get(), Profile.objects.with_author().get()
    author = sign_in_to_look("member")
    assert faults_of(author, [sent.approval_address]) == {}
    editor = sign_in_to_look("editor")
    stories = "/admin/profiles/profile/"
    pages = [
        f"{stories}{waiting.pk}/change/",
        f"{stories}{sent.pk}/change/",
        f"{stories}{sent.pk}/publication/",
    ]
    assert faults_of(editor, [sent.approval_address, *pages]) == {}


def test_pages_of_the_expert_group(sign_in_to_look, demonstration):
    wales = Round.objects.get(slug="wales")
    home, criterion = f"/admin/manifesto/round/{wales.pk}", wales.criteria.first()
    expert = sign_in_to_look("expert")
    desk = [
        f"{home}/scoring/{page}" for page in ("", "1/", "2/", "1/discussion/", "1/interest/", "about-you/")
    ]
    assert faults_of(expert, desk) == {}
    editor = sign_in_to_look("editor")
    term, conflict = wales.expert_terms.first(), Conflict.objects.first()
    setting_up = [
        f"{home}/criteria/{criterion.pk}/weight/",
        f"/admin/manifesto/expertterm/{term.pk}/standing/",
        f"/admin/manifesto/conflict/{conflict.pk}/settlement/",
    ]
    assert faults_of(editor, setting_up) == {}
    now = timezone.now()
    Round.objects.filter(pk=wales.pk).update(scoring_close_at=now - timedelta(hours=1))
    wales.refresh_from_db()
    assert faults_of(editor, [f"{home}/second-look/"]) == {}
    ideas = list(wales.ideas.filter(number__in=[1, 2]))
    wales.open_second_look(ideas, closes_at=now + timedelta(days=4), by=None, now=now)
    assert faults_of(editor, [f"{home}/second-look/"]) == {}
    assert faults_of(expert, [f"{home}/scoring/", f"{home}/scoring/1/"]) == {}
