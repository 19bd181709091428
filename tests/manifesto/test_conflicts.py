"""Conflicts of interest: found and declared, what they exclude, and that nothing given is lost."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from manifesto.errors import ConflictOfInterest, NotAllowedInPhase, NotAnExpert, NotPublished
from manifesto.models import Assessment, Conflict, ExpertTerm, Round
from manifesto.vocabularies import InterestAction, InterestKind
from tests.factories import make_idea, make_membership, make_organisation, make_term

DAY = timedelta(days=1)


def answered(round):
    """Which experts' scores count, by the idea's number."""
    return {number: sorted(panel) for number, panel in round.expert_terms.answers().items()}


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        (InterestKind.DIRECT_FINANCIAL, InterestAction.FULL_EXCLUSION),
        (InterestKind.DIRECT_NON_FINANCIAL, InterestAction.PARTIAL_EXCLUSION),
        (InterestKind.INDIRECT, InterestAction.DECLARE_ONLY),
    ],
)
def test_kind_says_what_usually_follows(term, kind, action):
    assert term.declare(term.round.ideas.get(number=1), kind=kind, now=timezone.now()).action == action


def test_late_declaration_takes_the_score_out_of_the_count_and_keeps_it(term, assess):
    idea = term.round.ideas.get(number=1)
    assess(term, 2, 1)
    term.declare(idea, kind=InterestKind.DIRECT_FINANCIAL, now=timezone.now())
    assert answered(term.round) == {2: [term.pk], 3: [term.pk]}
    assert Assessment.objects.filter(revision__idea=idea).count() == 1


def test_declared_interest_that_does_not_exclude_leaves_the_score_in(term, assess):
    assess(term, 2, 1)
    idea = term.round.ideas.get(number=1)
    term.declare(idea, kind=InterestKind.INDIRECT, now=timezone.now())
    assert answered(term.round) == {1: [term.pk], 2: [term.pk], 3: [term.pk]}
    assert list(Conflict.objects.declared_only()) == [term.conflicts.get()]


def test_declared_interest_that_excludes_refuses_the_score(term):
    idea = term.round.ideas.get(number=1)
    term.declare(idea, kind=InterestKind.DIRECT_NON_FINANCIAL, now=timezone.now())
    criteria = term.round.criteria.all()
    with pytest.raises(ConflictOfInterest):
        term.assess(idea, dict.fromkeys(criteria, 1), now=timezone.now())
    assert idea not in term.ideas_to_score()


def test_expert_may_ask_for_more_than_the_kind_has_and_never_for_less(term):
    idea = term.round.ideas.get(number=1)
    stricter = {"kind": InterestKind.INDIRECT, "action": InterestAction.FULL_EXCLUSION}
    assert term.declare(idea, **stricter, now=timezone.now()).action == InterestAction.FULL_EXCLUSION
    laxer = {"kind": InterestKind.INDIRECT, "action": InterestAction.NONE}
    assert term.declare(idea, **laxer, now=timezone.now()).action == InterestAction.FULL_EXCLUSION
    assert term.conflicts.count() == 1


def test_declaring_is_refused_out_of_term_for_foreign_ideas_and_after_publication(term):
    now, idea = timezone.now(), term.round.ideas.get(number=1)
    with pytest.raises(NotPublished):
        term.declare(make_idea(), kind=InterestKind.INDIRECT, now=now)
    with pytest.raises(NotAnExpert):
        term.declare(idea, kind=InterestKind.INDIRECT, now=now - 200 * DAY)
    Round.objects.filter(pk=term.round_id).update(shortlist_published_at=now)
    with pytest.raises(NotAllowedInPhase):
        term.declare(idea, kind=InterestKind.INDIRECT, now=now)
    assert Conflict.objects.count() == 0


def test_editor_settles_what_follows_and_scores_count_again(term, editor, assess):
    assess(term, 2, 1)
    idea = term.round.ideas.get(number=1)
    conflict = term.declare(idea, kind=InterestKind.DIRECT_NON_FINANCIAL, now=timezone.now())
    conflict.settle(InterestAction.DECLARE_ONLY, by=editor, now=timezone.now())
    assert (conflict.settled_by, answered(term.round)[1]) == (editor, [term.pk])


def test_found_conflict_is_recorded_and_outlives_what_it_was_found_by(term, expert, editor, assess):
    now, organisation = timezone.now(), make_organisation()
    idea = make_idea(round=term.round, organisation=organisation)
    assess(term, 1, 1)
    membership = make_membership(member=expert, organisation=organisation)
    Conflict.objects.record_found(term.round, now=now)
    Conflict.objects.record_found(term.round, now=now)
    conflict = term.conflicts.get()
    assert (conflict.idea, conflict.is_found, conflict.action) == (
        idea,
        True,
        InterestAction.PARTIAL_EXCLUSION,
    )
    membership.delete()
    assert idea.number not in answered(term.round)
    with pytest.raises(NotAllowedInPhase):
        conflict.settle(InterestAction.NONE, by=editor, now=now)


def test_found_conflict_makes_a_laxer_declaration_exclude(term, expert):
    organisation = make_organisation()
    idea = make_idea(round=term.round, organisation=organisation)
    term.declare(idea, kind=InterestKind.INDIRECT, now=timezone.now(), explanation="We met once.")
    make_membership(member=expert, organisation=organisation)
    Conflict.objects.record_found(term.round, now=timezone.now())
    conflict = term.conflicts.get()
    assert (conflict.action, conflict.is_found, conflict.explanation) == (
        InterestAction.PARTIAL_EXCLUSION,
        True,
        "We met once.",
    )


@pytest.mark.parametrize(("days", "excluded"), [(-1, True), (-20, False)])
def test_leaving_an_organisation_while_experts_score_changes_nothing(term, expert, days, excluded):
    """Scoring opened ten days ago in a round of the prioritisation phase."""
    organisation = make_organisation()
    idea = make_idea(round=term.round, organisation=organisation)
    membership = make_membership(member=expert, organisation=organisation)
    membership.ended_at = timezone.now() + days * DAY
    membership.save()
    assert (idea in term.conflicted_ideas()) is excluded


def test_database_refuses_two_conflicts_of_an_expert_with_an_idea(term):
    idea = term.round.ideas.get(number=1)
    fields = {"term": term, "idea": idea, "kind": "indirect", "declared_at": timezone.now()}
    Conflict.objects.create(**fields, action="none")
    with pytest.raises(IntegrityError, match="conflict_once_per_expert_and_idea"), transaction.atomic():
        Conflict.objects.create(**fields, action="none")


def test_database_refuses_a_found_conflict_that_does_not_exclude(term):
    with pytest.raises(IntegrityError, match="conflict_found_excludes"), transaction.atomic():
        Conflict.objects.create(
            term=term,
            idea=term.round.ideas.get(number=1),
            kind="indirect",
            action="declare_only",
            is_found=True,
            declared_at=timezone.now(),
        )


def test_excluding_agrees_with_its_queryset(term):
    for idea, action in zip(term.round.ideas.all(), ["none", "declare_only", "full_exclusion"], strict=True):
        Conflict.objects.create(
            term=term, idea=idea, kind="indirect", action=action, declared_at=timezone.now()
        )
    conflicts = Conflict.objects.all()
    assert set(conflicts.excluding()) == {conflict for conflict in conflicts if conflict.is_excluding}
    assert set(conflicts.declared_only()) == {conflict for conflict in conflicts if not conflict.is_excluding}


@pytest.mark.parametrize(
    ("action", "numbers"),
    [("none", []), ("declare_only", []), ("partial_exclusion", []), ("full_exclusion", [2])],
)
def test_full_exclusion_hides_the_idea_from_that_expert_until_publication(term, action, numbers):
    Conflict.objects.create(
        term=term,
        idea=term.round.ideas.get(number=2),
        kind="indirect",
        action=action,
        declared_at=timezone.now(),
    )
    other = make_term(round=term.round)
    assert [idea.number for idea in term.hidden_ideas()] == numbers
    assert list(other.hidden_ideas()) == []
    term.round.shortlist_published_at = timezone.now()
    assert list(term.hidden_ideas()) == []


# An expert set aside


def test_scores_set_aside_leave_the_count_and_come_back(term, editor, assess):
    other = make_term(round=term.round)
    assess(term, 2, 1)
    assess(other, 0, 0)
    term.set_aside(reason="Left half-way.", by=editor, now=timezone.now())
    assert answered(term.round) == {number: [other.pk] for number in (1, 2, 3)}
    assert Assessment.objects.filter(term=term).count() == 3
    term.count_again(reason="A misunderstanding.", by=editor, now=timezone.now())
    assert answered(term.round)[1] == sorted([term.pk, other.pk])


def test_scores_of_a_term_that_ended_still_count(term, assess):
    assess(term, 2, 1)
    ExpertTerm.objects.filter(pk=term.pk).update(ends_on=timezone.localdate() - DAY)
    assert answered(term.round)[1] == [term.pk]


def test_database_refuses_setting_aside_without_a_reason(term):
    with pytest.raises(IntegrityError, match="expert_term_set_aside_with_reason"), transaction.atomic():
        ExpertTerm.objects.update(set_aside_at=timezone.now())
