"""Weights changed for a reason, the second look, and who sees the scores when."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from manifesto.errors import NotAllowedInPhase, NotReady, ScoringClosed
from manifesto.models import Action, Assessment, Round, WeightChange
from manifesto.vocabularies import Visibility

DAY = timedelta(days=1)


@pytest.fixture
def closed(term, assess):
    """The term, its scores given and scoring closed yesterday."""
    assess(term, 1, 1)
    Round.objects.update(scoring_close_at=timezone.now() - DAY)
    term.round.refresh_from_db()
    return term


def open_for(term, *numbers, editor, days=3):
    now = timezone.now()
    ideas = list(term.round.ideas.filter(number__in=numbers).order_by("number"))
    term.round.open_second_look(ideas, closes_at=now + days * DAY, by=editor, now=now)
    return ideas


def test_second_look_is_for_its_ideas_alone(closed, editor, assess):
    [idea] = open_for(closed, 2, editor=editor)
    assess(closed, 2, 0, ideas=[idea])
    with pytest.raises(ScoringClosed):
        assess(closed, 2, 0, ideas=[closed.round.ideas.get(number=1)])
    assert list(closed.assessments.order_by("pk").values_list("revision__idea__number", "stage")) == [
        (1, 1),
        (2, 1),
        (3, 1),
        (2, 2),
    ]
    assert closed.round.expert_terms.answers()[2][closed.pk] == {"lens": 2, "verifiable": 0}


def test_second_look_asks_each_idea_once(closed, editor, assess):
    first, second = open_for(closed, 1, 2, editor=editor)
    now = timezone.now()
    assert list(closed.ideas_left(now)) == [first, second]
    assess(closed, 1, 1, ideas=[first])
    assert (list(closed.ideas_left(now)), list(closed.ideas_seen_again())) == ([second], [first])
    assert closed.next_idea(after=first, now=now) == second


def test_second_look_ends_at_its_time(closed, editor, assess):
    [idea] = open_for(closed, 2, editor=editor)
    with pytest.raises(ScoringClosed, match="second look closed"):
        assess(closed, 2, 0, ideas=[idea], now=timezone.now() + 3 * DAY)


def test_second_look_can_be_widened_and_extended(closed, editor):
    open_for(closed, 2, editor=editor)
    opened_at = closed.round.second_look_opened_at
    open_for(closed, 3, editor=editor, days=5)
    assert [idea.number for idea in closed.ideas_to_see_again()] == [2, 3]
    assert closed.round.second_look_opened_at == opened_at
    assert closed.round.allows(Action.LOOK_AGAIN, timezone.now() + 4 * DAY)


def test_second_look_is_refused_while_scoring_is_open_without_ideas_and_too_late(term, editor):
    with pytest.raises(NotAllowedInPhase):
        open_for(term, 2, editor=editor)
    Round.objects.update(scoring_close_at=timezone.now() - DAY)
    with pytest.raises(NotReady):
        open_for(term, editor=editor)
    with pytest.raises(NotReady):
        open_for(term, 2, editor=editor, days=-1)


def test_database_refuses_a_second_look_before_scoring_closed(term):
    now = timezone.now()
    with pytest.raises(IntegrityError, match="round_second_look_after_scoring"), transaction.atomic():
        Round.objects.update(second_look_opened_at=now, second_look_closes_at=now + DAY)


# A wording that changed


def test_score_for_an_older_wording_is_marked_and_asked_again(term, assess):
    assess(term, 1, 1)
    idea = term.round.ideas.get(number=2)
    latest = idea.revisions.get()
    idea.revisions.create(number=2, wording=2, edited_at=timezone.now(), **latest.text)
    assert list(term.outdated_ideas()) == list(term.unscored_ideas()) == [idea]
    assert term.assessment_of(idea).is_outdated
    assess(term, 2, 2, ideas=[idea])
    assert list(term.outdated_ideas()) == []
    assert not term.assessment_of(idea).is_outdated


def test_minor_change_asks_nobody_again(term, assess):
    assess(term, 1, 1)
    idea = term.round.ideas.get(number=2)
    idea.revisions.create(number=2, wording=1, edited_at=timezone.now(), **idea.revisions.get().text)
    assert list(term.unscored_ideas()) == []
    assert not Assessment.objects.get(revision__idea=idea).is_outdated


# Weights


def test_weight_changes_with_a_reason_on_record(term, editor):
    lens = term.round.criteria.get(slug="lens")
    change = lens.reweigh(5, reason=" Agreed by the group. ", by=editor, now=timezone.now())
    lens.refresh_from_db()
    assert (lens.weight, change.before, change.after, change.reason) == (5, 2, 5, "Agreed by the group.")


@pytest.mark.parametrize(("weight", "reason"), [(5, " "), (2, "No change.")])
def test_weight_needs_a_reason_and_a_change(term, editor, weight, reason):
    with pytest.raises(NotReady):
        term.round.criteria.get(slug="lens").reweigh(weight, reason=reason, by=editor, now=timezone.now())
    assert WeightChange.objects.count() == 0


def test_weight_stays_after_publication(term, editor):
    Round.objects.update(shortlist_published_at=timezone.now())
    with pytest.raises(NotAllowedInPhase):
        term.round.criteria.get(slug="lens").reweigh(5, reason="Late.", by=editor, now=timezone.now())


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [("weight_change_changes_it", {"after": 2}), ("weight_change_has_a_reason", {"reason": ""})],
)
def test_database_refuses_empty_weight_changes(term, constraint, fields):
    values = {"before": 2, "after": 3, "reason": "Why.", "changed_at": timezone.now()} | fields
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        term.round.criteria.get(slug="lens").weight_changes.create(**values)


# Who sees the others' scores


@pytest.mark.parametrize(
    ("visibility", "unfinished", "finished", "closed", "published"),
    [
        (Visibility.NEVER, False, False, False, True),
        (Visibility.AFTER_OWN, False, True, True, True),
        (Visibility.ALWAYS, True, True, True, True),
    ],
)
def test_scores_open_to_experts_as_the_round_says(
    term, assess, visibility, unfinished, finished, closed, published
):
    now = timezone.now()
    Round.objects.update(score_visibility=visibility)

    def sees():
        term.round.refresh_from_db()
        return term.refusal_to_see_ranking(now) is None

    assert sees() is unfinished
    Round.objects.update(scoring_close_at=now - DAY)
    assert sees() is closed
    Round.objects.update(scoring_close_at=now + DAY)
    assess(term, 1, 1)
    assert sees() is finished
    Round.objects.update(shortlist_published_at=now)
    assert sees() is published
