"""The shortlist: its decisions are recorded, and published once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from manifesto.errors import EditedMeanwhile, NotAllowedInPhase, NotReady
from manifesto.models import Decision, Phase, Round
from tests.factories import (
    make_decision,
    make_member,
    make_round,
)

from .shortlisting import complete, decide, idea_of, record, recorded

pytestmark = pytest.mark.django_db


# Recording decisions


def test_decisions_may_be_kept_half_done(scored_round, editor):
    record(scored_round, [decide(scored_round, 1, reasons="Well liked, but…")], editor)
    record(
        scored_round,
        [decide(scored_round, 1, reasons="Well liked, but…"), decide(scored_round, 3, outcome="deferred")],
        editor,
    )
    assert recorded(scored_round) == [(1, None, "", "Well liked, but…"), (3, None, "deferred", "")]


def test_places_can_be_exchanged(scored_round, editor):
    record(scored_round, complete(scored_round), editor)
    swapped = complete(scored_round)
    swapped[0].position, swapped[1].position = 1, 2
    record(scored_round, swapped, editor)
    assert [row[:2] for row in recorded(scored_round)] == [(1, 1), (2, 2), (3, None)]


def test_decision_left_out_stays_and_an_empty_one_is_removed(scored_round, editor):
    record(scored_round, complete(scored_round), editor)
    record(scored_round, [decide(scored_round, 3)], editor)
    assert [row[0] for row in recorded(scored_round)] == [1, 2]


def test_unchanged_decision_keeps_who_made_it_and_when(scored_round, editor, expert):
    record(scored_round, complete(scored_round), expert)
    before = scored_round.decisions.get(idea__number=1)
    changed = complete(scored_round)
    changed[2].reasons = "Another time."
    record(scored_round, changed, editor)
    after = {decision.idea.number: decision for decision in scored_round.decisions.all()}
    assert [after[number].decided_by for number in (1, 2, 3)] == [expert, expert, editor]
    assert after[1].decided_at == before.decided_at


def test_decisions_over_somebody_elses_are_refused(scored_round, editor, expert):
    record(scored_round, complete(scored_round), expert, version=0)
    with pytest.raises(EditedMeanwhile):
        record(scored_round, [], editor, version=0)
    assert len(recorded(scored_round)) == 3


@pytest.mark.parametrize(
    "rows",
    [
        [(1, 1, "accepted", ""), (2, 1, "accepted", "")],
        [(1, 1, "deferred", "")],
        [(1, 1, "", "")],
    ],
)
def test_places_shared_or_without_acceptance_are_refused(scored_round, editor, rows):
    with pytest.raises(NotReady):
        record(scored_round, [decide(scored_round, *row) for row in rows], editor)
    assert (recorded(scored_round), Round.objects.get().shortlist_version) == ([], 0)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase != Phase.PRIORITISATION])
def test_decisions_are_refused_outside_prioritisation(phase, editor):
    with pytest.raises(NotAllowedInPhase):
        record(make_round(phase=phase), [], editor)


def test_database_refuses_one_place_twice(scored_round):
    for number in (1, 2):
        make_decision(idea=idea_of(scored_round, number), position=number)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(position=1)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("values", [{"outcome": "deferred"}, {"position": 0}])
def test_database_refuses_a_place_that_makes_no_sense(scored_round, values):
    make_decision(idea=idea_of(scored_round, 1), position=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(**values)


# Publishing


def test_publishing_makes_every_decision_public_at_once(scored_round, editor):
    record(scored_round, complete(scored_round), editor)
    now = timezone.now()
    scored_round.publish_shortlist(by=editor, now=now)
    assert scored_round.phase_at(now) == Phase.SHORTLISTED
    assert (scored_round.shortlist_published_at, scored_round.shortlist_published_by) == (now, editor)


def test_publishing_again_changes_nothing(scored_round, editor, other_member):
    record(scored_round, complete(scored_round), editor)
    first = timezone.now()
    scored_round.publish_shortlist(by=editor, now=first)
    scored_round.publish_shortlist(by=other_member, now=first + timedelta(days=1))
    assert (scored_round.shortlist_published_at, scored_round.shortlist_published_by) == (first, editor)


@pytest.mark.parametrize(
    "number, change, message",
    [
        (3, {"reasons": ""}, "Ideas without reasons: 3."),
        (3, {"outcome": ""}, "Ideas without an outcome: 3."),
        (2, {"position": 3}, "The places must be 1, 2, 3 and so on, without a gap."),
    ],
)
def test_publishing_names_what_is_missing(scored_round, editor, number, change, message):
    record(scored_round, complete(scored_round), editor)
    scored_round.decisions.filter(idea__number=number).update(**change)
    with pytest.raises(NotReady) as refusal:
        scored_round.publish_shortlist(by=editor, now=timezone.now())
    assert str(refusal.value) == message
    assert Round.objects.get().shortlist_published_at is None


def test_publishing_needs_a_decision_on_each_idea_and_one_with_a_place(scored_round, editor):
    with pytest.raises(NotReady, match="outcome: 1, 2, 3"):
        scored_round.publish_shortlist(by=editor, now=timezone.now())
    for idea in scored_round.ideas.all():
        make_decision(idea=idea)
    with pytest.raises(NotReady, match="No idea has a place"):
        scored_round.publish_shortlist(by=editor, now=timezone.now())


def test_publishing_only_what_was_read(scored_round, editor, expert):
    record(scored_round, complete(scored_round), editor)
    record(scored_round, [decide(scored_round, 3, None, "deferred", "Later.")], expert)
    with pytest.raises(EditedMeanwhile):
        scored_round.publish_shortlist(by=editor, now=timezone.now(), version=1)
    scored_round.publish_shortlist(by=editor, now=timezone.now(), version=2)
    assert scored_round.is_shortlist_published is True


@pytest.mark.parametrize("phase", [Phase.UPCOMING, Phase.CROWDSOURCING, Phase.REFINEMENT])
def test_publishing_is_refused_before_scoring(phase, editor):
    with pytest.raises(NotAllowedInPhase):
        make_round(phase=phase).publish_shortlist(by=editor, now=timezone.now())


# At the same instant


@pytest.mark.django_db(transaction=True)
def test_of_two_experts_saving_the_board_at_once_one_is_asked_to_look_again(scored_round, at_once):
    def save(reasons, by):
        own = Round.objects.get()
        return lambda: record(own, [decide(own, 1, 1, "accepted", reasons)], by, version=0)

    results = at_once(*[save(reasons, make_member()) for reasons in "abcd"])
    assert sorted(type(result).__name__ for result in results) == ["EditedMeanwhile"] * 3 + ["NoneType"]
    winner = "abcd"[results.index(None)]
    assert recorded(scored_round) == [(1, 1, "accepted", winner)]
    assert Round.objects.get().shortlist_version == 1


@pytest.mark.django_db(transaction=True)
def test_publishing_twice_at_once_publishes_once(scored_round, editor, at_once):
    record(scored_round, complete(scored_round), editor)
    now = timezone.now()

    def publish(seconds):
        own = Round.objects.get()

        def publish():
            own.publish_shortlist(by=editor, now=now + timedelta(seconds=seconds))
            return own.shortlist_published_at

        return publish

    moments = at_once(*[publish(seconds) for seconds in range(4)])
    assert moments == [Round.objects.get().shortlist_published_at] * 4
