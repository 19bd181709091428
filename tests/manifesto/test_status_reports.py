from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from manifesto.errors import AlreadyReported, AlreadyUndone, NotReady
from manifesto.models import Follow, Milestone, StatusReport
from manifesto.models.commitments.progress import counts_of, progress_of
from tests.factories import make_commitment, make_milestone, make_plan, make_report, make_round

pytestmark = pytest.mark.django_db
DAY = date(2015, 1, 31)


def test_a_kind_of_source_reports_once_a_day_on_one_thing(editor):
    milestone = make_milestone()
    for about in (milestone, milestone.commitment):
        make_report(about=about, reported_on=DAY)
        make_report(about=about, reported_on=DAY, source="reviewer")
        make_report(about=about, reported_on=DAY + timedelta(days=1))
        with pytest.raises(AlreadyReported, match="already"):
            make_report(about=about, reported_on=DAY, status="completed")
    assert StatusReport.objects.count() == 6


def test_of_reports_given_together_all_are_kept_or_none(editor):
    milestone, other = make_milestone(), make_milestone()
    make_report(about=other, reported_on=DAY)
    reports = [
        StatusReport(
            milestone=each, source="government", source_title="It", status="on_track", reported_on=DAY
        )
        for each in (milestone, other)
    ]
    with pytest.raises(AlreadyReported):
        StatusReport.objects.record(reports, by=editor, now=timezone.now())
    assert not milestone.status_reports.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "limited"},
        {"is_verifiable": True},
        {"source": "reviewer", "potential": "modest"},
        {"completed_on": DAY},
        {"status": "completed", "completed_on": DAY + timedelta(days=1)},
        {"ended_because": "Wrong"},
        {"ended_at": timezone.now()},
        {"commitment_id": 1},
        {"milestone": None},
    ],
)
def test_the_database_refuses_what_no_report_says(fields):
    milestone = make_milestone()
    values = {
        "milestone": milestone,
        "source": "government",
        "source_title": "It",
        "status": "on_track",
        "reported_on": DAY,
        "recorded_at": timezone.now(),
    }
    if "commitment_id" in fields:
        fields = {"commitment_id": milestone.commitment_id}
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusReport.objects.create(**(values | fields))


def test_reviewers_say_more_of_whole_commitments():
    commitment = make_commitment(plan=make_plan())
    make_report(
        about=commitment, source="reviewer", status="complete", is_verifiable=True, potential="modest"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        make_report(about=commitment, source="network", status="complete", is_verifiable=False)


def test_nothing_is_reported_of_what_is_only_asked_or_on_a_day_to_come():
    with pytest.raises(NotReady):
        make_report(about=make_commitment(round=make_round()))
    with pytest.raises(NotReady):
        make_report(about=make_milestone(), reported_on=timezone.localdate() + timedelta(days=1))


def test_a_report_cannot_be_edited():
    report = make_report(about=make_milestone())
    for change in (
        {"status": "completed"},
        {"reported_on": DAY},
        {"words": "Well"},
        {"source_url": "https://a.org"},
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            StatusReport.objects.filter(pk=report.pk).update(**change)


def test_a_correction_keeps_what_was_said_before(editor):
    report, now = make_report(about=make_milestone(), status="on_track"), timezone.now()
    corrected = report.correct(because="A slip of the pen.", by=editor, now=now, status="behind_schedule")
    assert (report.status, report.ended_because, report.ended_at) == ("on_track", "A slip of the pen.", now)
    assert (corrected.status, corrected.reported_on, corrected.corrects) == (
        "behind_schedule",
        report.reported_on,
        report,
    )
    assert [*StatusReport.objects.standing()] == [corrected]
    assert [each.is_standing for each in StatusReport.objects.order_by("pk")] == [False, True]
    with pytest.raises(AlreadyUndone):
        report.correct(because="Again.", by=editor, now=now, status="completed")


def test_a_correction_says_why_and_something_else(editor):
    report, now = make_report(about=make_milestone()), timezone.now()
    for because, said in (("A slip.", {"status": report.status}), (" ", {"status": "completed"})):
        with pytest.raises(NotReady):
            report.correct(because=because, by=editor, now=now, **said)
    assert StatusReport.objects.get().is_standing


def test_after_a_withdrawal_the_source_may_report_of_that_day_again(editor):
    milestone = make_milestone()
    report = make_report(about=milestone, reported_on=DAY)
    report.withdraw(because="About another one.", by=editor, now=timezone.now())
    with pytest.raises(AlreadyUndone):
        report.withdraw(because="Once more.", by=editor, now=timezone.now())
    make_report(about=milestone, reported_on=DAY)
    assert StatusReport.objects.standing().count() == 1


def test_public_reports_are_of_public_commitments():
    draft = make_plan(published=False)
    hidden = [
        make_commitment(plan=draft),
        make_commitment(plan=make_plan(), published=False),
        make_milestone(commitment=make_commitment(plan=draft)),
    ]
    for about in hidden:
        make_report(about=about)
    shown = make_report(about=make_milestone())
    assert [*StatusReport.objects.public()] == [shown]


def test_a_milestone_is_not_due_before_it_starts():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_milestone(starts_on=DAY, due_on=DAY - timedelta(days=1))
    assert not Milestone.objects.exists()


def test_a_commitment_is_followed_once(member):
    commitment, now = make_commitment(plan=make_plan()), timezone.now()
    for _again in range(2):
        Follow.objects.begin(member, commitment, now=now)
    assert Follow.followed_among([commitment], member) == {commitment}
    with pytest.raises(IntegrityError), transaction.atomic():
        Follow.objects.create(member=member, commitment=commitment, round=make_round(), began_at=now)


def test_sources_are_counted_apart():
    plan, today = make_plan(), timezone.localdate()
    done, limited = make_commitment(plan=plan), make_commitment(plan=plan)
    make_report(about=done, status="on_track", reported_on=DAY)
    for about, status, source in (
        (done, "completed", "government"),
        (limited, "completed", "government"),
        (done, "complete", "reviewer"),
        (limited, "limited", "reviewer"),
    ):
        make_report(about=about, status=status, source=source)
    progress = progress_of(plan.commitments.by_number(), today)
    government, reviewer = counts_of(progress)
    assert (government.source, government.total, government.completed) == ("government", 2, 2)
    assert (reviewer.source, reviewer.total, reviewer.completed) == ("reviewer", 2, 1)
    assert [each.standing.state for each in progress] == ["done", "disputed"]


def test_a_plan_is_published_with_what_it_promises(editor):
    plan, now = make_plan(published=False), timezone.now()
    with pytest.raises(NotReady):
        plan.publish(by=editor, now=now)
    commitment = make_commitment(plan=plan, published=False)
    plan.publish(by=editor, now=now)
    plan.publish(by=editor, now=now + timedelta(days=1))
    commitment.refresh_from_db()
    assert (plan.published_at, commitment.published_at, commitment.is_public) == (now, now, True)
