from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from manifesto.errors import EditedMeanwhile, NotReady
from manifesto.models import Adoption, Commitment, CommitmentRevision, Milestone
from tests.factories import make_commitment, make_idea, make_plan, make_round

pytestmark = pytest.mark.django_db

TEXT = {"title": "Open diaries"}


def test_commitments_are_numbered_within_what_holds_them(editor):
    round, plan, now = make_round(), make_plan(), timezone.now()
    draw = [{"round": round}, {"round": round}, {"plan": plan}]
    drawn = [Commitment.objects.draw(text=TEXT, by=editor, now=now, **holder) for holder in draw]
    assert [commitment.number for commitment in drawn] == [1, 2, 1]


def test_a_commitment_draws_on_ideas_of_its_round_that_are_public(editor):
    round = make_round()
    idea, pending, elsewhere = make_idea(round=round), make_idea(round=round, published=False), make_idea()
    for refused in (pending, elsewhere):
        with pytest.raises(NotReady):
            make_commitment(round=round, ideas=[idea, refused], by=editor)
    with pytest.raises(NotReady):
        make_commitment(plan=make_plan(), ideas=[idea])
    assert Commitment.objects.count() == 0
    commitment = make_commitment(round=round, ideas=[idea], by=editor)
    assert [*idea.commitments.all()] == [commitment]


def test_drawing_on_an_idea_again_changes_nothing(editor):
    idea = make_idea()
    commitment = make_commitment(ideas=[idea])
    drawn_at = commitment.sources.get().drawn_at
    commitment.draw_from([idea], by=editor, now=timezone.now() + timedelta(days=1))
    assert commitment.sources.get().drawn_at == drawn_at


def test_every_wording_is_kept(editor):
    commitment = make_commitment(title="Open diaries")
    commitment.improve(
        text={"title": "Open diaries of ministers"}, by=editor, now=timezone.now(), opened=1, note="Whose."
    )
    assert [revision.title for revision in commitment.revisions.all()] == [
        "Open diaries",
        "Open diaries of ministers",
    ]
    assert commitment.title == "Open diaries of ministers"


def test_a_wording_that_differs_by_spaces_is_none(editor):
    commitment = make_commitment(title="Open diaries")
    now = timezone.now()
    assert commitment.improve(text={"title": "Open  diaries "}, by=editor, now=now, opened=1) is None
    assert commitment.title == "Open diaries"
    assert commitment.revisions.count() == 1


def test_who_began_with_an_older_wording_is_told(editor):
    commitment, now = make_commitment(), timezone.now()
    commitment.improve(text={"results": "All is seen."}, by=editor, now=now, opened=1, note="All.")
    with pytest.raises(EditedMeanwhile):
        commitment.improve(text={"results": "Nothing is hidden."}, by=editor, now=now, opened=1)
    commitment.refresh_from_db()
    assert commitment.results == "All is seen."


def test_a_dated_wording_is_compared_as_people_read_it(editor):
    commitment = make_commitment(ends_on=date(2016, 6, 30))
    later = {"ends_on": date(2016, 12, 31)}
    commitment.improve(text=later, by=editor, now=timezone.now(), opened=1, note="Later.")
    before, after = commitment.revisions.all()
    changed = {str(name): parts for name, differs, parts in before.compared_with(after) if differs}
    assert list(changed) == ["end date"]


def test_kept_wordings_cannot_be_changed():
    make_commitment()
    with pytest.raises(ProgrammingError), transaction.atomic():
        CommitmentRevision.objects.update(title="Something else")


def test_what_is_asked_is_published_once_it_says_what(editor):
    commitment = make_commitment(published=False, results="")
    with pytest.raises(NotReady, match="results"):
        commitment.publish(by=editor, now=timezone.now())
    assert not commitment.is_public
    promise = make_commitment(plan=make_plan(), problem="", solution="", results="")
    assert promise.is_public


def test_publishing_again_changes_nothing(editor, other_member):
    first = timezone.now()
    commitment = make_commitment(by=editor, now=first)
    commitment.publish(by=other_member, now=first + timedelta(days=1))
    assert (commitment.published_at, commitment.published_by) == (first, editor)


def test_public_ones_are_those_that_say_so():
    commitments = [
        make_commitment(round=make_round(), published=published) for published in (True, False)
    ] + [
        make_commitment(round=make_round(announced_at=None)),
        make_commitment(plan=make_plan(published=True)),
        make_commitment(plan=make_plan(published=False)),
    ]
    public = set(Commitment.objects.public())
    assert [commitment in public for commitment in commitments] == [True, False, False, True, False]
    assert [commitment.is_public for commitment in commitments] == [True, False, False, True, False]


def test_wordings_before_publication_stay_private(editor):
    now = timezone.now()
    commitment = make_commitment(published=False, now=now)
    for day in (1, 3):
        text = {"summary": f"Day {day}"}
        commitment.improve(text=text, by=editor, now=now + timedelta(days=day), opened=(1 + day) // 2)
    assert [*commitment.revisions.published()] == []
    commitment.publish(by=editor, now=now + timedelta(days=2))
    assert [revision.number for revision in commitment.revisions.published()] == [2, 3]


def test_a_commitment_is_asked_for_or_adopted_and_ends_after_it_starts():
    commitment = make_commitment()
    for change in (
        {"round": None},
        {"plan": make_plan()},
        {"starts_on": date(2016, 1, 2), "ends_on": date(2016, 1, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Commitment.objects.filter(pk=commitment.pk).update(**change)


def test_what_was_dropped_has_nothing_adopted_for_it(editor):
    asked, promise, now = make_commitment(), make_commitment(plan=make_plan()), timezone.now()
    for adopted, verdict in ((None, "kept"), (promise, "dropped")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Adoption.objects.create(asked=asked, adopted=adopted, verdict=verdict, recorded_at=now)
    for adopted, verdict in ((None, "dropped"), (promise, "weakened")):
        Adoption.objects.create(asked=asked, adopted=adopted, verdict=verdict, recorded_at=now)
        with pytest.raises(IntegrityError), transaction.atomic():
            Adoption.objects.create(asked=asked, adopted=adopted, verdict=verdict, recorded_at=now)


def test_a_milestone_has_a_reference_of_its_own_and_is_due_after_it_starts():
    commitment = make_commitment(plan=make_plan())
    Milestone.objects.create(commitment=commitment, reference="1.01", output="A list")
    for fields in (
        {"reference": "1.01"},
        {"reference": "1.02", "starts_on": date(2014, 5, 2), "due_on": date(2014, 5, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Milestone.objects.create(commitment=commitment, output="A list", **fields)


@pytest.mark.django_db(transaction=True)
def test_two_commitments_begun_at_once_get_two_numbers(at_once):
    round, now = make_round(), timezone.now()
    at_once(*[lambda: Commitment.objects.draw(text=TEXT, by=None, now=now, round=round)] * 4)
    assert sorted(round.commitments.values_list("number", flat=True)) == [1, 2, 3, 4]
