"""Who is told what of promises: new reports, milestones that have become late, and what editors are to check."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from manifesto.models import Adoption, Follow, StatusReport
from manifesto.models.commitments.watching import NEWS_FOR, watch_promises
from profiles.models import Notification
from profiles.vocabularies import Frequency
from tests.factories import (
    make_commitment,
    make_idea,
    make_member,
    make_milestone,
    make_plan,
    make_report,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def promise():
    """Adopted for what was asked from one idea; give it with the idea."""
    idea = make_idea(author=make_member())
    asked = make_commitment(ideas=[idea])
    promise = make_commitment(plan=make_plan(), title="Open diaries")
    Adoption.objects.create(asked=asked, adopted=promise, verdict="kept", recorded_at=timezone.now())
    Notification.objects.all().delete()
    return promise, idea


def told(member):
    return [*Notification.objects.filter(member=member).by_oldest().values_list("subject", flat=True)]


def test_followers_and_all_concerned_by_the_ideas_behind_it_are_told_the_same(promise, member, other_member):
    promise, idea = promise
    supporter, fan = make_member(), make_member()
    now = timezone.now()
    idea.support(supporter, now=now)
    Follow.objects.begin(fan, idea, now=now)
    Follow.objects.begin(member, promise, now=now)
    make_report(about=promise, status="completed", source_title="Self-assessment")
    author = idea.authorships.get().member
    news = Notification.objects.filter(subject="News of a promise in an action plan")
    assert {notification.member for notification in news} == {supporter, fan, member, author}
    [words] = {notification.words for notification in news}
    assert "the commitment as a whole: completed, says Self-assessment (government self-assessment, " in words
    for notification in news:
        assert idea.title not in notification.subject
        assert promise.title not in notification.subject
        assert notification.address == promise.get_absolute_url()


def test_many_reports_at_once_are_one_piece_of_news(promise, member):
    promise, _idea = promise
    Follow.objects.begin(member, promise, now=timezone.now())
    reports = [
        StatusReport(
            milestone=make_milestone(commitment=promise, reference=f"1.{number:02}"),
            source="government",
            source_title="It",
            status="on_track",
            reported_on=timezone.localdate(),
        )
        for number in range(25)
    ]
    StatusReport.objects.record(reports, by=None, now=timezone.now())
    assert told(member) == ["News of a promise in an action plan"]
    words = Notification.objects.get(member=member).words
    assert words.count("\n- milestone") == 20
    assert "- and 5 more" in words


def test_a_correction_is_news_and_says_so(promise, member, editor):
    promise, _idea = promise
    report = make_report(about=promise)
    Follow.objects.begin(member, promise, now=timezone.now())
    report.correct(because="A slip.", by=editor, now=timezone.now(), status="completed")
    assert "(a correction)" in Notification.objects.get(member=member).words


@pytest.mark.parametrize(("plan", "commitment"), [(False, True), (True, False)])
def test_what_is_not_public_is_told_to_nobody(member, plan, commitment):
    promise = make_commitment(plan=make_plan(published=plan), published=commitment)
    Follow.objects.create(member=member, commitment=promise, began_at=timezone.now())
    milestone = make_milestone(commitment=promise, due_on=timezone.localdate() - DAY)
    make_report(about=milestone)
    watch_promises(timezone.now())
    assert told(member) == []


def test_a_milestone_becoming_late_is_told_once(promise, member):
    promise, _idea = promise
    Follow.objects.begin(member, promise, now=timezone.now())
    today = timezone.localdate()
    make_milestone(commitment=promise, due_on=today - DAY, output="A list of diaries")
    make_milestone(commitment=promise, due_on=today)
    make_milestone(commitment=promise, due_on=today - NEWS_FOR - DAY)
    done = make_milestone(commitment=promise, due_on=today - DAY)
    StatusReport.objects.bulk_create(
        [
            StatusReport(
                milestone=done,
                source="government",
                source_title="It",
                status="completed",
                reported_on=today,
                recorded_at=timezone.now(),
            )
        ]
    )
    for _again in range(2):
        call_command("watch_promises")
    assert told(member) == ["A milestone is late"]
    assert "A list of diaries" in Notification.objects.get(member=member).words


def test_a_later_due_date_is_worth_news_of_its_own(promise, member):
    promise, _idea = promise
    now = timezone.now()
    Follow.objects.begin(member, promise, now=now)
    milestone = make_milestone(commitment=promise, due_on=timezone.localdate() - DAY)
    watch_promises(now)
    type(milestone).objects.update(due_on=timezone.localdate() + DAY)
    watch_promises(now + DAY)
    watch_promises(now + 2 * DAY)
    assert told(member) == ["A milestone is late"] * 2


def test_editors_are_reminded_once_a_day_of_what_they_wanted_to_check(editor, member):
    today = timezone.localdate()
    make_milestone(next_check_on=today + DAY, output="Not yet")
    make_milestone(next_check_on=today, output="Now")
    make_milestone(next_check_on=today - 3 * DAY, output="Long since")
    for days in (0, 0, 1):
        watch_promises(timezone.now() + days * DAY)
    assert told(editor) == ["Milestones to check"] * 2
    assert told(member) == []
    first, second = Notification.objects.filter(member=editor).by_oldest()
    assert first.words.index("Long since") < first.words.index("Now")
    assert "Not yet" not in first.words
    assert "Not yet" in second.words


def test_who_wants_no_e_mails_gets_none(promise, editor, member):
    promise, _idea = promise
    Follow.objects.begin(member, promise, now=timezone.now())
    for person in (editor, member):
        person.choose_email_frequency(Frequency.OFF)
    milestone = make_milestone(
        commitment=promise, due_on=timezone.localdate() - DAY, next_check_on=timezone.localdate()
    )
    make_report(about=milestone)
    watch_promises(timezone.now())
    assert (told(editor), told(member)) == ([], [])


def test_what_is_to_be_checked_waits_on_the_first_page_of_the_admin(client, editor):
    make_milestone(next_check_on=timezone.localdate())
    client.force_login(editor)
    assert "Look at 1 milestone again" in client.get("/admin/").text
