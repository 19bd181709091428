"""A shortlist published at a set time, and corrected afterwards."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from manifesto.errors import EditedMeanwhile, NotAllowedInPhase, NotReady
from manifesto.models import Decision, Round
from tests.factories import make_decision

HOUR = timedelta(hours=1)


@pytest.fixture
def decided(scored_round):
    """A round whose board is fit to publish: idea 1 has the only place."""
    for idea in scored_round.ideas.all():
        first = idea.number == 1
        make_decision(
            idea=idea,
            outcome="accepted" if first else "deferred",
            position=1 if first else None,
            reasons="So.",
        )
    return scored_round


def schedule(round, editor, hours=1, version=None):
    now = timezone.now()
    version = round.shortlist_version if version is None else version
    round.schedule_shortlist(at=now + hours * HOUR, by=editor, now=now, version=version)


def test_shortlist_is_published_at_its_time_and_not_before(decided, editor):
    schedule(decided, editor)
    at = decided.shortlist_publish_at
    early = at - timedelta(microseconds=1)
    assert (list(Round.objects.due_for_publication(early)), list(Round.objects.due_for_publication(at))) == (
        [],
        [decided],
    )
    decided.publish_if_due(now=early)
    assert not decided.is_shortlist_published
    decided.publish_if_due(now=at)
    assert (decided.shortlist_published_at, decided.shortlist_published_by) == (at, editor)
    assert (decided.is_shortlist_scheduled, list(Round.objects.due_for_publication(at))) == (False, [])


def test_saving_the_board_calls_the_time_off(decided, editor):
    schedule(decided, editor)
    decisions = [
        Decision(idea=decision.idea, outcome=decision.outcome, reasons="New.", position=decision.position)
        for decision in decided.decisions.all()
    ]
    decided.record_decisions(decisions, version=0, by=editor, now=timezone.now())
    decided.refresh_from_db()
    assert not decided.is_shortlist_scheduled


def test_time_can_be_called_off(decided, editor):
    schedule(decided, editor)
    decided.cancel_schedule()
    assert (decided.is_shortlist_scheduled, decided.shortlist_scheduled_by) == (False, None)


def test_time_is_refused_in_the_past_for_a_stale_board_and_for_one_that_is_not_ready(decided, editor):
    with pytest.raises(NotReady):
        schedule(decided, editor, hours=0)
    with pytest.raises(EditedMeanwhile):
        schedule(decided, editor, version=7)
    decided.decisions.filter(position=None).delete()
    with pytest.raises(NotReady):
        schedule(decided, editor)


def test_database_refuses_a_time_for_a_published_shortlist(decided, editor):
    schedule(decided, editor)
    with pytest.raises(IntegrityError, match="round_shortlist_scheduled_or_published"), transaction.atomic():
        Round.objects.update(shortlist_published_at=timezone.now())


# Corrections


def correct(decision, editor, **fields):
    values = {"outcome": "accepted", "reasons": "Better words.", "explanation": "A name was misspelt."}
    return decision.correct(**values | fields, by=editor, now=timezone.now())


def test_correction_keeps_what_was_said_before(decided, editor):
    decided.publish_shortlist(by=editor, now=timezone.now())
    decision = decided.decisions.get(position=1)
    erratum = correct(decision, editor, outcome="accepted_in_part")
    decision.refresh_from_db()
    assert (decision.outcome, decision.reasons) == ("accepted_in_part", "Better words.")
    assert (erratum.outcome_before, erratum.reasons_before) == ("accepted", "So.")


def test_correction_is_for_published_shortlists(decided, editor):
    with pytest.raises(NotAllowedInPhase):
        correct(decided.decisions.get(position=1), editor)


@pytest.mark.parametrize(
    "fields",
    [
        {"explanation": " "},
        {"reasons": ""},
        {"outcome": ""},
        {"outcome": "deferred"},
        {"outcome": "accepted", "reasons": "So."},
    ],
)
def test_correction_needs_an_explanation_reasons_a_change_and_an_outcome_that_fits(decided, editor, fields):
    decided.publish_shortlist(by=editor, now=timezone.now())
    decision = decided.decisions.get(position=1)
    with pytest.raises(NotReady):
        correct(decision, editor, **fields)
    decision.refresh_from_db()
    assert (decision.outcome, decision.reasons, decision.errata.count()) == ("accepted", "So.", 0)
