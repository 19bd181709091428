"""Publishing a shortlist at a set time, by the command that cron runs."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Decision, Phase, Round
from profiles.models import Notification
from tests.factories import make_decision, make_member, make_round, make_votes

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
WHEN = "%Y-%m-%dT%H:%M"


@pytest.fixture
def decided(scored_round):
    """A round whose board is fit to publish: idea 1 has the only place."""
    for idea in scored_round.ideas.all():
        first = idea.number == 1
        make_decision(
            idea=idea,
            outcome="accepted" if first else "deferred",
            position=1 if first else None,
            reasons="A secret reason.",
        )
    return scored_round


@pytest.fixture
def due(decided, editor):
    """One whose time has come."""
    then = timezone.now() - 2 * HOUR
    decided.schedule_shortlist(at=then + HOUR, by=editor, now=then, version=0)
    return decided


def publish_due():
    out = StringIO()
    call_command("publish_due", stdout=out)
    return out.getvalue()


def address(round, name="schedule"):
    return reverse(f"admin:manifesto_round_{name}", args=[round.pk])


def test_command_publishes_what_is_due_in_the_name_of_who_set_the_time(due, editor):
    assert publish_due() == "Published the shortlist of An open Wales.\n"
    due.refresh_from_db()
    assert (due.is_shortlist_published, due.shortlist_published_by) == (True, editor)
    assert publish_due() == ""


def test_command_leaves_what_is_not_due(decided, editor):
    decided.schedule_shortlist(at=timezone.now() + HOUR, by=editor, now=timezone.now(), version=0)
    assert (publish_due(), Round.objects.get().shortlist_published_at) == ("", None)


def test_refused_publication_is_told_once_and_waits_for_an_editor(due, editor, administrator, member):
    due.decisions.filter(position=None).delete()
    words = "Ideas without an outcome: 2, 3. Ideas without reasons: 2, 3."
    assert publish_due() == f"Did not publish the shortlist of An open Wales: {words}\n"
    assert publish_due() == ""
    due.refresh_from_db()
    assert (due.is_shortlist_scheduled, due.has_publication_failed) == (True, True)
    told = Notification.objects.filter(subject="A shortlist was not published")
    assert set(told.values_list("member", flat=True)) == {editor.pk, administrator.pk}
    for idea in due.ideas.filter(decision=None):
        make_decision(idea=idea, outcome="deferred")
    assert (publish_due(), Round.objects.get().shortlist_published_at) == ("", None)
    due.schedule_shortlist(at=timezone.now() + HOUR, by=editor, now=timezone.now(), version=0)
    assert due.has_publication_failed is False


def test_editors_see_a_set_time_and_a_failure_where_they_begin(due, editor, sign_in):
    visit = sign_in(editor)
    assert "To be published by itself on" in visit.get(reverse("admin:index")).content.decode()
    due.decisions.filter(position=None).delete()
    publish_due()
    for page in (reverse("admin:index"), address(due, "shortlist"), address(due, "publication")):
        assert (
            "not published" in visit.get(page).content.decode()
            or "and was not" in visit.get(page).content.decode()
        )


def test_database_refuses_a_failure_without_a_time(decided):
    with pytest.raises(IntegrityError, match="round_publication_failed_at_a_time"), transaction.atomic():
        Round.objects.update(shortlist_failure="So.")


def test_editor_sets_changes_and_forgets_the_time(decided, editor, sign_in):
    visit = sign_in(editor)
    for hours in (2, 30):
        at = timezone.localtime(timezone.now() + hours * HOUR).replace(second=0, microsecond=0)
        answer = visit.post(address(decided), {"version": 0, "at": at.strftime(WHEN)})
        assert (answer.status_code, Round.objects.get().shortlist_publish_at) == (302, at)
    text = visit.get(address(decided, "publication")).content.decode()
    assert ("Change the time" in text, "It will be published by itself on" in text) == (True, True)
    visit.post(address(decided, "schedule_end"))
    assert Round.objects.get().shortlist_publish_at is None


@pytest.mark.parametrize(
    "at, version, status",
    [
        ("", 0, 422),
        ("tomorrow", 0, 422),
        ("2001-01-01T09:00", 0, 409),
        ("2101-01-01T09:00", 7, 409),
        ("2101-01-01T09:00", "x", 422),
    ],
)
def test_time_that_makes_no_sense_is_kept_with_the_reason(decided, editor, sign_in, at, version, status):
    page = sign_in(editor).post(address(decided), {"version": version, "at": at})
    assert (page.status_code, page.context["form"]["at"].value()) == (status, at)
    assert Round.objects.get().shortlist_publish_at is None


@pytest.mark.parametrize("name", ["schedule", "schedule_end", "publication"])
@pytest.mark.parametrize("role, status", [("expert", 403), ("member", 302), ("visitor", 302)])
def test_only_editors_set_the_time(decided, term, request, client, sign_in, name, role, status):
    visit = client if role == "visitor" else sign_in(request.getfixturevalue(role))
    assert visit.post(address(decided, name), {"version": 0, "at": "2101-01-01T09:00"}).status_code == status
    assert Round.objects.get().shortlist_publish_at is None


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase != Phase.PRIORITISATION])
def test_time_is_set_while_experts_work_only(phase, editor, sign_in):
    round = make_round(phase=phase)
    answer = sign_in(editor).post(address(round), {"version": 0, "at": "2101-01-01T09:00"})
    assert (answer.status_code, Round.objects.get().shortlist_publish_at) == (409, None)


def test_set_time_shows_nowhere_in_public(decided, editor, visitor):
    at = timezone.localtime(timezone.now() + 800 * HOUR)
    decided.schedule_shortlist(at=at, by=editor, now=timezone.now(), version=0)
    pages = [reverse("home"), decided.get_absolute_url(), reverse("manifesto:shortlist", args=[decided.slug])]
    pages += [idea.get_absolute_url() for idea in decided.ideas.all()]
    texts = [visitor.get(page).content.decode() for page in pages]
    secrets = ["A secret reason.", f"{at:%-d %B %Y}", f"{at:%Y-%m-%d}"]
    assert [secret for secret in secrets if any(secret in text for text in texts)] == []


def test_authors_hear_the_outcome_once_and_no_subject_says_it(due):
    author = due.ideas.get(number=1).authorships.get().member
    [vote] = make_votes(idea=due.ideas.get(number=2))
    publish_due()
    due.publish_shortlist(by=None, now=timezone.now())
    [news] = Notification.objects.filter(member=author)
    assert (news.subject, "“Idea number 1”: accepted, place 1" in news.words) == (
        "The shortlist is published",
        True,
    )
    [news] = Notification.objects.filter(member=vote.member)
    assert (news.subject, "“Idea number 2”: kept for another time" in news.words) == (
        "The shortlist is published",
        True,
    )


# At the same instant


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_publish_once(due, at_once):
    now = timezone.now()
    rounds = [Round.objects.get() for _ in range(3)]
    assert at_once(*[lambda own=own: own.publish_if_due(now=now) for own in rounds]).count(True) == 1
    assert Notification.objects.filter(subject="The shortlist is published").count() == 3


@pytest.mark.django_db(transaction=True)
def test_board_saved_as_its_time_comes_is_published_as_read_or_not_at_all(due, at_once):
    own, other, by = Round.objects.get(), Round.objects.get(), make_member()
    changed = Decision(idea=due.ideas.get(number=2), outcome="deferred", reasons="Changed.")

    def save():
        other.record_decisions([changed], version=0, by=by, now=timezone.now())

    published, saved = at_once(lambda: own.publish_if_due(now=timezone.now()), save)
    reasons = due.decisions.get(idea__number=2).reasons
    assert (published, type(saved).__name__, reasons) in [
        (True, "NotAllowedInPhase", "A secret reason."),
        (False, "NoneType", "Changed."),
    ]
