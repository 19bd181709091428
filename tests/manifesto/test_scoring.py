"""Scoring: the verbs behind it, the experts' desk in the admin, and who sees the ranking."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import ConflictOfInterest, NotAnExpert, NotPublished, NotReady, ScoringClosed
from manifesto.models import Assessment, Phase, Round, Score
from tests.factories import (
    make_criterion,
    make_idea,
    make_member,
    make_membership,
    make_organisation,
    make_round,
    make_term,
)

DAY = timedelta(days=1)


def scores_of(assessment):
    return [score.half_points for score in assessment.scores.order_by("criterion__position", "criterion")]


def numbers(ideas):
    return [idea.number for idea in ideas]


def desk(round):
    return reverse("admin:manifesto_round_scoring", args=[round.pk])


def idea_address(round, number):
    return reverse("admin:manifesto_round_scoring_idea", args=[round.pk, number])


def ranking_address(round):
    return reverse("admin:manifesto_round_ranking", args=[round.pk])


def answers(round, *values, **fields):
    names = [f"criterion-{criterion.pk}" for criterion in round.criteria.all()]
    return {**dict(zip(names, values, strict=False)), **fields}


# The verb


def test_assess_records_half_points_note_and_dont_know(term):
    idea = term.round.ideas.get(number=1)
    lens, verifiable = term.round.criteria.all()
    now = timezone.now()
    assessment = term.assess(idea, {lens: 2, verifiable: None}, now=now, note="Clear.")
    assert scores_of(assessment) == [2, None]
    assert (assessment.note, assessment.saved_at, assessment.revision) == (
        "Clear.",
        now,
        idea.revisions.get(),
    )


def test_assess_again_replaces_the_earlier_answer(term, assess):
    idea = term.round.ideas.get(number=1)
    assess(term, 2, None, ideas=[idea])
    assess(term, 0, 1, ideas=[idea])
    assert scores_of(Assessment.objects.get()) == [0, 1]


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase != Phase.PRIORITISATION])
def test_assess_is_refused_outside_prioritisation(phase, expert, assess):
    round = make_round(phase=phase)
    make_criterion(round=round)
    idea = make_idea(round=round)
    with pytest.raises(ScoringClosed):
        assess(make_term(round=round, member=expert), 1, ideas=[idea])
    assert Assessment.objects.count() == 0


def test_assess_is_refused_after_scoring_closes(term, assess):
    with pytest.raises(ScoringClosed):
        assess(term, 1, 1, now=term.round.scoring_close_at)


def test_assess_is_refused_outside_the_term(scored_round, assess):
    for days in ({"starts_on": timezone.localdate() + DAY}, {"ends_on": timezone.localdate() - DAY}):
        with pytest.raises(NotAnExpert):
            assess(make_term(round=scored_round, **days), 1, 1)


def test_assess_is_refused_for_an_idea_of_another_round_or_not_published(term, assess):
    pending = make_idea(round=term.round, published=False)
    for idea in (make_idea(), pending):
        with pytest.raises(NotPublished):
            assess(term, 1, 1, ideas=[idea])


def test_assess_is_refused_without_an_answer_for_each_criterion(term):
    idea, lens = term.round.ideas.get(number=1), term.round.criteria.first()
    for scores in ({}, {lens: 1}):
        with pytest.raises(NotReady):
            term.assess(idea, scores, now=timezone.now())
    assert Assessment.objects.count() == 0


def test_assess_is_refused_in_a_round_without_criteria(expert):
    round = make_round(phase=Phase.PRIORITISATION)
    with pytest.raises(NotReady):
        make_term(round=round, member=expert).assess(make_idea(round=round), {}, now=timezone.now())


@pytest.mark.parametrize("half_points", [3, -1])
def test_database_refuses_scores_beyond_one(term, assess, half_points):
    assess(term, 1, 1, ideas=[term.round.ideas.first()])
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.update(half_points=half_points)


# Conflicts of interest


@pytest.fixture
def conflicts(scored_round, expert):
    """Ideas the expert wrote, put forward for a body they belong to, and for one they declared."""
    employer, declared, left = (make_organisation() for _ in range(3))
    make_membership(member=expert, organisation=employer)
    make_membership(member=expert, organisation=left, confirmed=False)
    term = make_term(round=scored_round, member=expert)
    term.affiliations.add(declared)
    make_idea(round=scored_round, author=expert)
    make_idea(round=scored_round, organisation=employer)
    make_idea(round=scored_round, organisation=declared)
    make_idea(round=scored_round, organisation=left)
    return term


def test_conflicted_ideas_are_the_experts_own_and_their_organisations(conflicts):
    assert numbers(conflicts.conflicted_ideas()) == [4, 5, 6]
    assert numbers(conflicts.ideas_to_score()) == [1, 2, 3, 7]


def test_assess_is_refused_for_every_conflicted_idea(conflicts, assess):
    for idea in conflicts.conflicted_ideas():
        with pytest.raises(ConflictOfInterest):
            assess(conflicts, 1, 1, ideas=[idea])


def test_finished_means_every_idea_without_a_conflict(conflicts, assess):
    assert conflicts.has_finished() is False
    assess(conflicts, 1, None)
    assert conflicts.has_finished() is True


def test_scores_stop_counting_when_a_conflict_comes_up_later_but_stay_on_record(term, assess):
    assess(term, 2, 2)
    organisation = make_organisation()
    term.round.ideas.filter(number=1).update(organisation=organisation)
    term.affiliations.add(organisation)
    assert sorted(term.round.expert_terms.answers()) == [2, 3]
    assert Assessment.objects.count() == 3


# What comes next


def test_unscored_ideas_are_least_scored_by_the_panel_first(scored_round, term, assess):
    assess(make_term(round=scored_round), 1, 1, ideas=scored_round.ideas.filter(number__in=[1, 2]))
    assess(make_term(round=scored_round), 1, 1, ideas=scored_round.ideas.filter(number=1))
    assert numbers(term.unscored_ideas()) == [3, 2, 1]


def test_next_idea_goes_round_so_that_skipping_moves_on(term, assess):
    first, second, third = term.unscored_ideas()
    assert term.next_idea(after=first, now=timezone.now()) == second
    assert term.next_idea(after=third, now=timezone.now()) == first
    assess(term, 1, 1, ideas=[first])
    assert term.next_idea(after=first, now=timezone.now()) == second
    assess(term, 1, 1, ideas=[third])
    assert term.next_idea(after=second, now=timezone.now()) is None


def test_new_criterion_makes_earlier_assessments_unfinished(term, assess):
    assess(term, 1, 1)
    assert numbers(term.scored_ideas()) == [1, 2, 3]
    make_criterion(round=term.round)
    assert numbers(term.scored_ideas()) == []


# The ranking


def test_ranking_is_of_the_scores_that_count(scored_round, term, assess):
    other = make_term(round=scored_round)
    first, second, third = scored_round.ideas.order_by("number")
    assess(term, 2, 1, ideas=[first])
    assess(other, 1, None, ideas=[first])
    assess(term, 2, 2, ideas=[second])
    rows = scored_round.ranking(now=timezone.now())
    assert [(idea, result.rank) for idea, result in rows] == [(second, 1), (first, 2), (third, None)]
    # lens (2 + 1)/4, verifiable 1/2, weights 2 and 1
    assert rows[1][1].score == Fraction(200, 3)
    assert [result.scorers for _, result in rows] == [1, 2, 0]


def test_ranking_leaves_out_ideas_that_are_not_public_and_other_rounds(scored_round, term, assess):
    make_idea(round=scored_round, published=False)
    other = make_term(round=make_round(phase=Phase.PRIORITISATION))
    make_criterion(round=other.round, slug="lens")
    make_idea(round=other.round)
    assess(other, 0)
    assess(term, 2, 2)
    assert [result.score for _, result in scored_round.ranking(now=timezone.now())] == [100, 100, 100]


@pytest.mark.parametrize("ideas", [1, 30])
def test_ranking_once_worked_out_costs_three_queries(ideas, expert, assess, django_assert_num_queries):
    round = make_round(phase=Phase.PRIORITISATION)
    make_criterion(round=round)
    for _ in range(ideas):
        make_idea(round=round)
    assess(make_term(round=round, member=expert), 1)
    round.analysis(now=timezone.now())
    with django_assert_num_queries(3):
        assert len([idea.get_absolute_url() for idea, _ in round.ranking(now=timezone.now())]) == ideas


# The desk


def test_desk_lists_what_is_to_score_done_and_excluded(conflicts, sign_in, expert, assess):
    assess(conflicts, 1, 1, ideas=conflicts.round.ideas.filter(number=2))
    context = sign_in(expert).get(desk(conflicts.round)).context
    assert numbers(context["left"]) == [1, 3, 7]
    assert numbers(context["done"]) == [2]
    assert numbers(idea for idea, _ in context["conflicted"]) == [4, 5, 6]


def test_desk_says_how_far_the_expert_has_come(term, sign_in, expert, assess):
    assess(term, 1, 1, ideas=term.round.ideas.filter(number=2))
    assert "1 of 3 ideas scored" in sign_in(expert).get(desk(term.round)).content.decode()


def test_desk_says_why_when_scoring_is_closed(term, sign_in, expert):
    Round.objects.update(scoring_close_at=timezone.now() - timedelta(minutes=1))
    page = sign_in(expert).get(desk(term.round))
    assert page.status_code == 200
    assert "Scoring closed on" in page.content.decode()
    assert f'"{idea_address(term.round, 1)}"' not in page.content.decode()


@pytest.mark.parametrize("ideas", [1, 30])
def test_desk_costs_a_fixed_number_of_queries(ideas, expert, sign_in, assess, django_assert_num_queries):
    round = make_round(phase=Phase.PRIORITISATION)
    make_criterion(round=round)
    made = [make_idea(round=round) for _ in range(ideas)]
    assess(make_term(round=round, member=expert), 1, ideas=made[: ideas // 2] or made)
    visit = sign_in(expert)
    with django_assert_num_queries(15):
        assert visit.get(desk(round)).status_code == 200


def test_scoring_page_shows_the_full_wording_its_author_and_supporters(term, sign_in, expert):
    idea = make_idea(
        round=term.round, author=make_member(name="Gwen Jones"), why="Because.", how="So.", difference="All."
    )
    text = sign_in(expert).get(idea_address(term.round, idea.number)).content.decode()
    shown = (idea.title, "Because.", "So.", "All.", "Gwen Jones", "<dd>0</dd>")
    assert [words for words in shown if words not in text] == []


def test_scoring_page_escapes_what_people_wrote(term, sign_in, expert):
    idea = make_idea(round=term.round, title="<b>Bold</b>", why="<script>alert(1)</script> مرحبا 🙂")
    text = sign_in(expert).get(idea_address(term.round, idea.number)).content.decode()
    assert "<b>Bold" not in text
    assert "<script>alert" not in text


def test_saving_goes_on_to_the_next_idea(term, sign_in, expert):
    page = sign_in(expert).post(
        idea_address(term.round, 1), answers(term.round, "2", "unknown", note="Good.")
    )
    assert page.url == idea_address(term.round, 2)
    assert scores_of(Assessment.objects.get()) == [2, None]
    assert Assessment.objects.get().note == "Good."


def test_saving_the_last_one_goes_back_to_the_desk(term, sign_in, expert, assess):
    assess(term, 1, 1, ideas=term.round.ideas.filter(number__gt=1))
    page = sign_in(expert).post(idea_address(term.round, 1), answers(term.round, "0", "1"), follow=True)
    assert page.redirect_chain == [(desk(term.round), 302)]
    assert "that was the last one" in page.content.decode()


def test_earlier_answers_are_shown_for_changing(term, sign_in, expert):
    visit = sign_in(expert)
    visit.post(idea_address(term.round, 1), answers(term.round, "1", "unknown", note="Hm."))
    form = visit.get(idea_address(term.round, 1)).context["form"]
    assert [field.value() for field in form.criterion_fields] == ["1", "unknown"]
    assert form["note"].value() == "Hm."


@pytest.mark.parametrize(
    "values, message",
    [
        (["2"], "Choose a score, or “Don’t know”."),
        (["2", "7"], "Choose one of the four answers."),
        (["2", "-1"], "Choose one of the four answers."),
    ],
)
def test_bad_answers_keep_what_was_typed_and_say_what_to_mend(term, sign_in, expert, values, message):
    page = sign_in(expert).post(idea_address(term.round, 1), answers(term.round, *values, note="Typed."))
    form = page.context["form"]
    assert page.status_code == 422
    assert [field.errors for field in form.criterion_fields] == [[], [message]]
    assert (form.criterion_fields[0].value(), form["note"].value()) == ("2", "Typed.")
    assert "<title>Error: " in page.content.decode()
    assert Assessment.objects.count() == 0


def test_overlong_note_is_kept_and_refused(term, sign_in, expert):
    page = sign_in(expert).post(idea_address(term.round, 1), answers(term.round, "2", "2", note="x" * 2001))
    assert page.status_code == 422
    assert page.context["form"]["note"].value() == "x" * 2001


def test_scores_after_closing_are_refused_and_the_note_is_given_back(term, sign_in, expert):
    Round.objects.update(scoring_close_at=timezone.now() - timedelta(seconds=1))
    page = sign_in(expert).post(idea_address(term.round, 1), answers(term.round, "2", "2", note="My note."))
    assert page.status_code == 409
    assert "My note." in page.content.decode()
    assert Assessment.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "post"])
def test_conflicted_idea_is_refused_with_the_reason(conflicts, sign_in, expert, method):
    page = getattr(sign_in(expert), method)(idea_address(conflicts.round, 4))
    assert page.status_code == 403
    assert "You wrote this idea" in page.content.decode()


@pytest.mark.parametrize("number", [4, 99])
def test_idea_that_is_not_public_or_not_there_is_not_found(term, sign_in, expert, number):
    make_idea(round=term.round, published=False)
    assert sign_in(expert).get(idea_address(term.round, number)).status_code == 404


def test_round_without_criteria_says_so(expert, sign_in):
    round = make_round(phase=Phase.PRIORITISATION)
    make_idea(round=round)
    make_term(round=round, member=expert)
    visit = sign_in(expert)
    assert "no criteria yet" in visit.get(desk(round)).content.decode()
    assert "no criteria yet" in visit.get(idea_address(round, 1)).content.decode()
    assert visit.post(idea_address(round, 1), {}).status_code == 422


# The ranking's page


def test_ranking_stays_closed_until_the_expert_has_finished(term, sign_in, expert, assess):
    assess(make_term(round=term.round), 2, 1)
    assess(term, 1, 1, ideas=term.round.ideas.filter(number=1))
    visit = sign_in(expert)
    page = visit.get(ranking_address(term.round))
    assert page.status_code == 403
    assert "You have 2 ideas left to score." in page.content.decode()
    assert "Idea number" not in page.content.decode()
    assess(term, 1, 1)
    assert visit.get(ranking_address(term.round)).status_code == 200


def test_ranking_opens_to_the_whole_group_once_scoring_has_closed(term, sign_in, expert):
    Round.objects.update(scoring_close_at=timezone.now() - timedelta(seconds=1))
    assert sign_in(expert).get(ranking_address(term.round)).status_code == 200


def test_ranking_before_scoring_is_refused_to_editors(editor, sign_in):
    round = make_round(phase=Phase.REFINEMENT)
    page = sign_in(editor).get(ranking_address(round))
    assert page.status_code == 409
    assert "There is nothing to rank yet." in page.content.decode()


@pytest.mark.parametrize(
    "order, expected",
    [
        ("rank", [2, 1, 3]),
        ("title", [1, 2, 3]),
        ("criterion-lens", [2, 1, 3]),
        ("criterion-verifiable", [1, 2, 3]),
        ("scorers", [1, 2, 3]),
        ("-title", [3, 2, 1]),
        ("-rank", [1, 2, 3]),
        ("pk; drop", [2, 1, 3]),
    ],
)
def test_ranking_sorts_by_known_columns_only(term, sign_in, editor, assess, order, expected):
    ideas = {idea.number: idea for idea in term.round.ideas.all()}
    other = make_term(round=term.round)
    assess(term, 2, 0, ideas=[ideas[2]])
    assess(term, 0, 1, ideas=[ideas[1]])
    assess(other, 0, 1, ideas=[ideas[1]])
    page = sign_in(editor).get(ranking_address(term.round), {"order": order})
    assert [row.idea.number for row in page.context["page_obj"]] == expected


@pytest.mark.parametrize("ideas", [1, 30])
def test_ranking_page_costs_a_fixed_number_of_queries(
    ideas, editor, sign_in, assess, django_assert_num_queries
):
    round = make_round(phase=Phase.PRIORITISATION)
    make_criterion(round=round)
    for _ in range(ideas):
        make_idea(round=round)
    assess(make_term(round=round), 1)
    round.analysis(now=timezone.now())
    visit = sign_in(editor)
    with django_assert_num_queries(11):
        assert visit.get(ranking_address(round)).status_code == 200


# At the same instant


@pytest.mark.django_db(transaction=True)
def test_same_expert_scoring_twice_at_once_leaves_one_whole_assessment(term, at_once):
    idea = term.round.ideas.get(number=1)
    lens, verifiable = term.round.criteria.all()

    def score(half_points):
        own = term.round.expert_terms.get(pk=term.pk)
        return lambda: own.assess(
            idea, {lens: half_points, verifiable: half_points}, now=timezone.now(), note=str(half_points)
        )

    for _ in range(5):
        results = at_once(*[score(half_points) for half_points in (0, 1, 2, 2)])
        assert [type(result) for result in results] == [Assessment] * 4
        assessment = Assessment.objects.get()
        assert scores_of(assessment) == [int(assessment.note)] * 2
        assessment.delete()
