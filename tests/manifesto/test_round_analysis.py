"""A round's analysis: kept while nothing changes, worked out anew when anything does, frozen at publication."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from manifesto.models import Conflict, Idea, PanelAnalysis, Phase, Round, Score
from manifesto.models.published import published_labels
from manifesto.recounting import recount
from manifesto.vocabularies import InterestKind
from profiles.models import Membership
from tests.factories import (
    make_criterion,
    make_decision,
    make_idea,
    make_member,
    make_membership,
    make_organisation,
    make_round,
    make_term,
    make_votes,
)

pytestmark = pytest.mark.django_db


def analysis(round):
    return Round.objects.get(pk=round.pk).analysis(now=timezone.now())


def scorers(round):
    return {result.idea: result.scorers for result in analysis(round).results}


@pytest.fixture
def scored(scored_round, assess):
    """The round with two experts who have scored all three ideas."""
    for half_points in [(2, 1), (1, 1)]:
        assess(make_term(round=scored_round), *half_points)
    return scored_round


def test_analysis_is_worked_out_once(scored, django_assert_num_queries):
    before = analysis(scored)
    computed_at = scored.panel_analyses.get().computed_at
    with django_assert_num_queries(2):
        assert scored.analysis(now=timezone.now()) == before
    assert scored.panel_analyses.get().computed_at == computed_at


def score_changed(round):
    Score.objects.filter(pk=Score.objects.first().pk).update(half_points=0)


def dont_know_for_a_zero(round):
    Score.objects.filter(pk=Score.objects.first().pk).update(half_points=None)


def conflict_declared(round):
    term = round.expert_terms.first()
    term.declare(round.ideas.first(), kind=InterestKind.INDIRECT, now=timezone.now())


def conflict_settled(round):
    term = round.expert_terms.first()
    term.declare(round.ideas.first(), kind=InterestKind.DIRECT_FINANCIAL, now=timezone.now())


def weight_changed(round):
    round.criteria.first().reweigh(5, reason="It matters most.", by=None, now=timezone.now())


def membership_confirmed(round):
    organisation = make_organisation()
    round.ideas.filter(number=1).update(organisation=organisation)
    analysis(round)
    membership = make_membership(
        member=round.expert_terms.first().member, organisation=organisation, confirmed=False
    )
    analysis(round)
    Membership.objects.filter(pk=membership.pk).update(confirmed_at=timezone.now())


def affiliation_declared(round):
    organisation = make_organisation()
    round.ideas.filter(number=1).update(organisation=organisation)
    analysis(round)
    round.expert_terms.first().affiliations.add(organisation)


def term_set_aside(round):
    round.expert_terms.first().set_aside(reason="They left the group.", by=None, now=timezone.now())


def idea_merged(round):
    Idea.objects.filter(round=round, number=3).update(survivor=round.ideas.get(number=2))


def idea_published(round):
    make_idea(round=round)


def places_changed(round):
    Round.objects.update(shortlist_target=1)


def criterion_added(round):
    make_criterion(round=round)


def second_look_taken(round):
    now = timezone.now()
    Round.objects.update(scoring_close_at=now - timedelta(hours=1))
    round.refresh_from_db()
    idea = round.ideas.get(number=1)
    round.open_second_look([idea], closes_at=now + timedelta(hours=1), by=None, now=now)
    analysis(round)
    term = round.expert_terms.last()
    term.assess(idea, dict.fromkeys(round.criteria.all(), 0), now=now)


CHANGES = [
    score_changed,
    dont_know_for_a_zero,
    conflict_declared,
    conflict_settled,
    weight_changed,
    membership_confirmed,
    affiliation_declared,
    term_set_aside,
    idea_merged,
    idea_published,
    places_changed,
    criterion_added,
    second_look_taken,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_change_shows_at_the_next_read(scored, change):
    before = analysis(scored)
    change(scored)
    after = analysis(scored)
    assert after != before
    PanelAnalysis.objects.all().delete()
    assert analysis(scored) == after


def test_scores_of_other_rounds_change_nothing(scored, assess):
    analysis(scored)
    kept = scored.panel_analyses.get()
    other = make_round(phase=Phase.PRIORITISATION)
    make_criterion(round=other)
    make_idea(round=other)
    assess(make_term(round=other), 2)
    analysis(scored)
    assert scored.panel_analyses.get().computed_at == kept.computed_at


def test_working_it_out_puts_found_conflicts_on_record(scored):
    term = scored.expert_terms.first()
    organisation = make_organisation()
    scored.ideas.filter(number=2).update(organisation=organisation)
    make_membership(member=term.member, organisation=organisation)
    panel = scored.panel(now=timezone.now())
    assert Conflict.objects.get().idea.number == 2
    assert (panel.exclusions, scorers(scored)) == ({2: 1}, {1: 2, 2: 1, 3: 2})


@pytest.mark.parametrize("experts", [1, 6])
def test_finding_conflicts_costs_two_queries(scored_round, experts, django_assert_num_queries):
    organisation = make_organisation()
    scored_round.ideas.update(organisation=organisation)
    for _ in range(experts):
        make_membership(member=make_term(round=scored_round).member, organisation=organisation)
    with django_assert_num_queries(2):
        Conflict.objects.record_found(scored_round, now=timezone.now())
    assert Conflict.objects.count() == 3 * experts


def test_scores_of_an_older_wording_are_counted(scored):
    idea = scored.ideas.get(number=2)
    latest = idea.revisions.get()
    latest.pk, latest.number, latest.wording = None, 2, 2
    latest.save()
    assert scored.panel(now=timezone.now()).outdated == {2: 2}


def test_ideas_left_out_are_as_if_they_were_not_there(scored):
    now = timezone.now()
    assert [result.idea for result in scored.panel(now=now, without=[2]).analysis.results] == [1, 3]
    assert len(scored.analysis(now=now).results) == 3
    assert sorted(scored.panel_analyses.values_list("without", flat=True)) == [[], [2]]


def test_database_refuses_two_analyses_of_the_same_ideas(scored):
    analysis(scored)
    with pytest.raises(IntegrityError, match="panel_analysis_one_per_selection"), transaction.atomic():
        PanelAnalysis.objects.create(round=scored, content={}, computed_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_readers_at_the_same_instant_find_the_same(scored, at_once):
    results = at_once(*[lambda: analysis(scored) for _ in range(4)])
    assert results == [analysis(scored)] * 4
    assert scored.panel_analyses.count() == 1


@pytest.mark.django_db(transaction=True)
def test_publishing_while_others_read_neither_waits_for_ever_nor_fails(scored, at_once, editor):
    for idea in scored.ideas.all():
        make_decision(idea=idea, position=idea.number)
    own = Round.objects.get(pk=scored.pk)
    results = at_once(
        lambda: own.publish_shortlist(by=editor, now=timezone.now()),
        *[lambda: analysis(scored) for _ in range(3)],
    )
    assert results == [None] + [analysis(scored)] * 3


# The balanced sets


def test_balanced_sets_come_from_the_ballots_of_five_or_more(scored):
    make_votes(idea=scored.ideas.get(number=3), number=4)
    assert scored.panel(now=timezone.now()).balance is None
    make_votes(idea=scored.ideas.get(number=1), number=2)
    balance = scored.panel(now=timezone.now()).balance
    assert (balance.voters, balance.sequential_pav, balance.equal_shares.ideas) == (6, (3, 1), (3, 1))


def test_votes_for_a_merged_idea_are_for_its_survivor_and_count_a_voter_once(scored):
    votes = make_votes(idea=scored.ideas.get(number=3), number=5)
    first = scored.ideas.get(number=2)
    first.votes.create(member=votes[0].member, revision=first.revisions.get(), cast_at=timezone.now())
    Idea.objects.filter(round=scored, number=3).update(survivor=first)
    balance = scored.panel(now=timezone.now()).balance
    assert (balance.voters, balance.sequential_pav) == (5, (2,))


# Frozen


@pytest.fixture
def published(scored, editor):
    for idea in scored.ideas.all():
        make_decision(idea=idea, position=idea.number)
    scored.publish_shortlist(by=editor, now=timezone.now())
    return scored


def test_files_of_the_working_are_kept_and_give_the_ranking(published):
    files = {file.name: bytes(file.content) for file in published.published_working.files.all()}
    assert sorted(files) == [
        "SHA256SUMS",
        "criteria.csv",
        "ideas.csv",
        "method.json",
        "ranking.csv",
        "scores.csv",
        "working.zip",
    ]
    assert recount(files).differences == ()
    ranked = [line.split(",")[:2] for line in files["ranking.csv"].decode().splitlines()[1:]]
    assert ranked == [[str(result.rank), str(result.idea)] for result in analysis(published).results]


@pytest.mark.parametrize("change", [score_changed, idea_merged, places_changed, idea_published])
def test_nothing_changes_a_published_analysis(published, change):
    before = analysis(published)
    change(published)
    assert analysis(published) == before


def test_labels_are_pseudonyms_and_the_names_of_those_who_agreed(scored_round):
    now = timezone.now()
    terms = [
        make_term(round=scored_round, member=make_member(name=name), agreed_to_be_named_at=agreed)
        for name, agreed in [("Ann Lee", now), ("Bo Ray", None), ("Cy Fox", None)]
    ]
    labels = published_labels(terms)
    assert labels[terms[0].pk] == "Ann Lee"
    assert sorted([labels[terms[1].pk], labels[terms[2].pk]]) == ["Expert A", "Expert B"]


def test_labels_come_in_an_order_that_gives_nothing_away(scored_round):
    terms = [make_term(round=scored_round) for _ in range(6)]
    orders = {tuple(published_labels(terms)[term.pk] for term in terms) for _ in range(20)}
    assert len(orders) > 1


def test_one_pseudonym_alone_would_hide_nobody(scored_round):
    agreed = timezone.now()
    terms = [
        make_term(round=scored_round, member=make_member(name="Ann Lee"), agreed_to_be_named_at=agreed),
        make_term(round=scored_round, member=make_member(name="Bo Ray")),
    ]
    assert sorted(published_labels(terms).values()) == ["Expert A", "Expert B"]


def test_namesakes_and_names_like_pseudonyms_stay_pseudonymous(scored_round):
    agreed = timezone.now()
    terms = [
        make_term(round=scored_round, member=make_member(name=name), agreed_to_be_named_at=agreed)
        for name in ("Ann Lee", "Ann Lee", "Expert A", "Cy Fox")
    ]
    assert sorted(published_labels(terms).values()) == ["Cy Fox", "Expert A", "Expert B", "Expert C"]


def test_more_experts_than_letters_have_two(scored_round):
    member = make_member()
    terms = [
        type("Term", (), {"pk": pk, "person": str(member), "agrees_to_be_named": False}) for pk in range(28)
    ]
    assert {"Expert Z", "Expert AA", "Expert AB"} <= set(published_labels(terms).values())
