"""Setting an expert group up: what a round lacks, what is fixed when, and weights changed in public."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Criterion, ExpertTerm, Phase, Round, WeightChange
from tests.factories import make_criterion, make_idea, make_member, make_round, make_term

DAY = timedelta(days=1)


def text_of(page):
    return page.content.decode()


def change_page(round):
    return reverse("admin:manifesto_round_change", args=[round.pk])


def weight_page(criterion):
    return reverse("admin:manifesto_round_weight", args=[criterion.round_id, criterion.pk])


def gaps(round, now=None):
    return [gap.code for gap in round.setup_gaps(now or timezone.now())]


@pytest.fixture
def ready():
    """A round in refinement that lacks nothing: a criterion, three experts, an idea, a month of scoring."""
    round = make_round(phase=Phase.REFINEMENT)
    make_criterion(round=round)
    make_idea(round=round)
    for _ in range(3):
        make_term(round=round)
    return round


def break_criteria(round):
    round.criteria.all().delete()


def break_weights(round):
    round.criteria.update(weight=0)


def break_anchors(round):
    round.criteria.update(anchor_half=" ")


def break_experts(round):
    round.expert_terms.all().delete()


def break_one_expert(round):
    round.expert_terms.first().delete()


def break_terms(round):
    round.expert_terms.update(ends_on=timezone.localdate())


def break_standing(round):
    round.expert_terms.update(set_aside_at=timezone.now(), set_aside_reason="Why.")


def break_window(round):
    Round.objects.update(scoring_close_at=round.scoring_open_at + 2 * DAY)
    round.refresh_from_db()


def break_idea(round):
    author = round.ideas.get().authorships.get()
    for term in round.expert_terms.all():
        round.ideas.get().authorships.create(member=term.member, role="co_author")
    assert author.member not in [term.member for term in round.expert_terms.all()]


@pytest.mark.parametrize(
    ("break_it", "codes"),
    [
        (lambda round: None, []),
        (break_criteria, ["no_criteria"]),
        (break_weights, ["no_weight"]),
        (break_anchors, ["no_anchors"]),
        (break_experts, ["no_experts"]),
        (break_one_expert, ["few_experts"]),
        (break_terms, ["no_experts"]),
        (break_standing, ["no_experts"]),
        (break_window, ["short_window"]),
        (break_idea, ["nobody_may_score"]),
    ],
)
def test_what_a_round_lacks(ready, break_it, codes):
    break_it(ready)
    assert gaps(ready) == codes


def test_idea_nobody_may_score_is_named_and_one_free_expert_is_enough(ready):
    break_idea(ready)
    [gap] = ready.setup_gaps(timezone.now())
    assert gap.words == "Nobody may score idea 1: every expert has a conflict of interest."
    make_term(round=ready)
    assert gaps(ready) == []


def test_declared_conflicts_count_too(scored_round):
    for _ in range(3):
        term = make_term(round=scored_round)
        term.declare(scored_round.ideas.get(number=2), kind="direct_financial", now=timezone.now())
    [gap] = scored_round.setup_gaps(timezone.now())
    assert gap.words.startswith("Nobody may score idea 2:")


def test_nothing_is_lacking_once_scoring_is_over(ready):
    break_criteria(ready)
    assert gaps(ready, ready.scoring_close_at) == []
    assert gaps(ready, ready.scoring_close_at - DAY) == ["no_criteria"]


@pytest.mark.parametrize("size", [1, 30])
def test_looking_for_gaps_costs_three_queries(ready, size, django_assert_num_queries):
    for _ in range(size):
        make_idea(round=ready)
        make_term(round=ready)
    with django_assert_num_queries(3):
        assert gaps(ready) == []


def test_gaps_are_on_the_rounds_page_before_and_during_scoring(ready, sign_in, editor):
    break_weights(ready)
    visit = sign_in(editor)
    assert "All weights are 0" in text_of(visit.get(change_page(ready)))
    moved = timezone.now() - DAY
    Round.objects.update(ideas_close_at=moved, votes_close_at=moved, scoring_open_at=moved)
    text = text_of(visit.get(change_page(ready)))
    assert ("All weights are 0" in text, "Scoring is open, and please see to this" in text) == (True, True)


def test_weights_that_sum_to_zero_give_no_score_and_no_crash(term, assess, sign_in, editor):
    Criterion.objects.update(weight=0)
    assess(term, 1, 1)
    assert [result.score for _, result in term.round.ranking(now=timezone.now())] == [None] * 3
    visit = sign_in(editor)
    assert visit.get(reverse("admin:manifesto_round_ranking", args=[term.round_id])).status_code == 200


@pytest.mark.parametrize("experts", [0, 1])
def test_ranking_bears_no_expert_and_one(scored_round, sign_in, editor, assess, experts):
    for _ in range(experts):
        assess(make_term(round=scored_round), 1, 2, ideas=scored_round.ideas.filter(number=1))
    visit = sign_in(editor)
    assert visit.get(reverse("admin:manifesto_round_ranking", args=[scored_round.pk])).status_code == 200
    assert [result.scorers for _, result in scored_round.ranking(now=timezone.now())] == [experts, 0, 0]


# What is fixed


@pytest.mark.parametrize(
    ("phase", "is_fixed"),
    [(Phase.REFINEMENT, False), (Phase.PRIORITISATION, True), (Phase.SHORTLISTED, True)],
)
def test_what_experts_see_is_fixed_once_scoring_has_opened(sign_in, editor, phase, is_fixed):
    round = make_round(phase=phase)
    make_criterion(round=round)
    context = sign_in(editor).get(change_page(round)).context
    shown = set(context["adminform"].form.fields)
    sight = {"score_visibility", "has_hidden_authors", "has_hidden_support"}
    assert shown & sight == (set() if is_fixed else sight)
    [criteria] = [one.formset for one in context["inline_admin_formsets"] if one.formset.prefix == "criteria"]
    fixed = {"weight", "slug", "anchor_zero", "anchor_half", "anchor_one"}
    assert set(criteria.forms[0].fields) & fixed == (set() if is_fixed else fixed)


# Weights


def test_editor_changes_a_weight_in_public_for_a_reason(term, sign_in, editor, client):
    lens = term.round.criteria.get(slug="lens")
    visit = sign_in(editor)
    assert weight_page(lens) in text_of(visit.get(change_page(term.round)))
    page = visit.post(weight_page(lens), {"weight": "5", "reason": "The group agreed."})
    assert page.url == change_page(term.round)
    assert WeightChange.objects.get().changed_by == editor
    assert "Lens: 2 → 5" in text_of(visit.get(change_page(term.round)))
    client.logout()
    public = text_of(client.get(reverse("manifesto:shortlist", args=[term.round.slug])))
    assert ("Lens: from 2 to 5 on" in public, "The group agreed." in public) == (True, True)
    assert "Edda Editor" not in public


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"weight": "2", "reason": "Same."}, "weight"),
        ({"weight": "-1", "reason": "Less."}, "weight"),
        ({"weight": "many", "reason": "More."}, "weight"),
        ({"weight": "3", "reason": " "}, "reason"),
        ({"weight": "3", "reason": "x" * 1001}, "reason"),
    ],
)
def test_bad_weight_is_explained_next_to_the_field_and_kept(term, sign_in, editor, fields, field):
    lens = term.round.criteria.get(slug="lens")
    page = sign_in(editor).post(weight_page(lens), fields)
    form = page.context["form"]
    assert (page.status_code, list(form.errors)) == (422, [field])
    assert form["weight"].value() == fields["weight"]
    assert WeightChange.objects.count() == 0


def test_weight_of_another_rounds_criterion_is_not_found(scored_round, sign_in, editor):
    other = make_criterion(round=make_round(phase=Phase.PRIORITISATION))
    address = reverse("admin:manifesto_round_weight", args=[scored_round.pk, other.pk])
    assert sign_in(editor).get(address).status_code == 404


def test_expert_cannot_change_a_weight(term, sign_in, expert):
    lens = term.round.criteria.get(slug="lens")
    page = sign_in(expert).post(weight_page(lens), {"weight": "5", "reason": "Mine."})
    assert (page.status_code, WeightChange.objects.count()) == (403, 0)


# Experts in the list


def test_list_of_experts_says_who_declared_agreed_and_counts(scored_round, sign_in, editor):
    make_term(round=scored_round, member=make_member(name="Ann"), interests_declared_at=None)
    make_term(round=scored_round, member=make_member(name="Ben")).set_aside(
        reason="Why.", by=editor, now=timezone.now()
    )
    visit = sign_in(editor)
    listed = reverse("admin:manifesto_expertterm_changelist")
    text = text_of(visit.get(listed))
    assert ("Not yet" in text, "Set aside" in text) == (True, True)
    for state, count in (("counting", 1), ("set_aside", 1), ("undeclared", 1), ("", 2)):
        assert visit.get(listed, {"state": state}).context["cl"].result_count == count


@pytest.mark.parametrize("experts", [1, 30])
def test_list_of_experts_costs_a_fixed_number_of_queries(
    experts, scored_round, sign_in, editor, django_assert_num_queries
):
    for _ in range(experts):
        make_term(round=scored_round)
    visit = sign_in(editor)
    with django_assert_num_queries(8):
        assert visit.get(reverse("admin:manifesto_expertterm_changelist")).status_code == 200
    assert ExpertTerm.objects.count() == experts
