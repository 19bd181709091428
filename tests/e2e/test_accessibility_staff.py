"""Axe finds nothing and nothing scrolls sideways on what editors and experts work with in the demonstration."""

from datetime import timedelta

from django.contrib import admin
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.urls import reverse
from django.utils import timezone

from manifesto.models import (
    ActionPlan,
    Conflict,
    Idea,
    Institution,
    Invalidation,
    Position,
    Round,
    StatusReport,
    VoteGroup,
)
from profiles.models import Member, Profile

from .looks import faults_of

# The demonstration has none of these: where one begins is looked at instead.
BEGINNINGS = {
    "manifesto.adoption": "/admin/manifesto/adoption/add/",
    "manifesto.capture": "/admin/manifesto/capture/",
    "manifesto.importbatch": "/admin/manifesto/importbatch/add/",
    "manifesto.merge": "/admin/manifesto/merge/add/?source={idea}",
    "meetings.noteimport": "/admin/meetings/noteimport/add/",
}


def test_change_form_of_each_model(sign_in_to_look, demonstration):
    Member.objects.filter(email="editor@example.org").update(is_superuser=True)
    editor = sign_in_to_look("editor")
    rows = {model._meta: model._base_manager.first() for model in admin.site._registry}
    idea = Idea.objects.live().earliest("pk").pk
    pages = [
        reverse(admin_urlname(opts, "change"), args=[row.pk])
        if row
        else BEGINNINGS[str(opts)].format(idea=idea)
        for opts, row in rows.items()
    ]
    assert faults_of(editor, pages) == {}


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


def test_pages_of_action_plans(sign_in_to_look, demonstration):
    plan = ActionPlan.objects.get(slug="demonstration-plan")
    report = StatusReport.objects.about(plan.commitments.all()).earliest("pk")
    start = f"/admin/manifesto/actionplan/{plan.pk}/"
    pages = ["commitments/", "commitments/new/", "commitments/1/", "publication/", "reports/", "reports/new/"]
    pages += [f"reports/{report.pk}/correction/", f"reports/{report.pk}/withdrawal/", "statuses/"]
    pages = ["/admin/manifesto/actionplan/checks/", *(start + page for page in pages)]
    editor = sign_in_to_look("editor")
    assert faults_of(editor, pages) == {}


def test_pages_of_what_is_on_record(sign_in_to_look, demonstration):
    standing, institution = Position.objects.standing().earliest("pk"), Institution.objects.earliest("pk")
    draft = Position(institution=institution, ask=standing.ask, stance="partly", topline="Not yet.")
    draft.stated_on = standing.stated_on
    draft.record(by=None, now=timezone.now())
    positions, institutions = "/admin/manifesto/position", "/admin/manifesto/institution"
    pages = [
        f"{positions}/{draft.pk}/change/",
        f"{positions}/{draft.pk}/publication/",
        f"{positions}/{standing.pk}/correction/",
        f"{positions}/{standing.pk}/withdrawal/",
        f"{institutions}/{institution.pk}/name/",
        f"{institutions}/{institution.pk}/end/",
        "/admin/manifesto/expectedanswer/?state=to_check",
        "/admin/manifesto/expectedanswer/shortlist/",
    ]
    assert faults_of(sign_in_to_look("editor"), pages) == {}


def test_pages_about_votes(sign_in_to_look, demonstration):
    """Of the votes of the demonstration, all of one idea, which then don't count."""
    uk, now = Round.objects.get(slug="uk"), timezone.now()
    idea = uk.ideas.live().by_support().first()
    home = f"/admin/manifesto/round/{uk.pk}/votes/"
    year = timedelta(days=365)
    described = (
        f"?starts_at={now - year:%Y-%m-%dT00:00}&ends_at={now + year:%Y-%m-%dT00:00}&idea={idea.number}"
    )
    editor = sign_in_to_look("editor")
    pages = [home, f"{home}{described}", f"{home}invalidations/{described}"]
    assert faults_of(editor, pages) == {}
    group = VoteGroup(uk, now - year, now + year, idea=idea)
    invalidation = Invalidation.objects.of(group, reason="All within an hour.", by=None, now=now)
    assert faults_of(editor, [home, f"{home}invalidations/{invalidation.pk}/undo/"]) == {}
    assert faults_of(editor, [invalidation.get_absolute_url()]) == {}


def test_pages_of_a_fair_process(sign_in_to_look, demonstration):
    pilot = Round.objects.get(slug="pilot")
    bundles = "/admin/ogp_network/fairprocessbundle/"
    pages = [f"/admin/manifesto/round/{pilot.pk}/change/", bundles, f"{bundles}keep/{pilot.pk}/"]
    assert faults_of(sign_in_to_look("editor"), pages) == {}


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


def test_pages_about_commitments(sign_in_to_look, demonstration):
    pilot = Round.objects.get(slug="pilot")
    home = f"/rounds/{pilot.slug}/commitments/"
    pages = [
        f"/admin/manifesto/round/{pilot.pk}/commitments/",
        f"{home}1/",
        f"{home}1/revisions/new/",
        f"{home}1/withdrawals/",
        f"{home}6/publication/",
        f"/rounds/{pilot.slug}/packs/new/",
    ]
    assert faults_of(sign_in_to_look("editor"), pages) == {}
