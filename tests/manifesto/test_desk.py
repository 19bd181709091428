"""The experts' desk: who gets in when, what it shows, and that nothing typed there is lost."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Assessment, Criterion, ExpertTerm, Phase, Round
from manifesto.vocabularies import Visibility
from tests.factories import (
    make_comment,
    make_criterion,
    make_idea,
    make_member,
    make_organisation,
    make_round,
    make_term,
    make_votes,
)

DAY = timedelta(days=1)
# The page's name, and whether its address has an idea's number.
PAGES = {
    "scoring": False,
    "about_you": False,
    "scoring_idea": True,
    "discussion": True,
    "interest": True,
    "second_look": False,
    "weight": False,
}
# Status of GET on each of PAGES in the phases before, while scoring is open, after it closed, and after publication.
EXPERT = {
    Phase.REFINEMENT: [200, 200, 409, 409, 200, 403, 403],
    Phase.PRIORITISATION: [200, 200, 200, 200, 200, 403, 403],
    "closed": [200, 200, 409, 409, 200, 403, 403],
    Phase.SHORTLISTED: [200, 409, 409, 409, 409, 403, 403],
}
EDITOR = {
    Phase.REFINEMENT: [403, 403, 403, 403, 403, 409, 409],
    Phase.PRIORITISATION: [403, 403, 403, 403, 403, 409, 200],
    "closed": [403, 403, 403, 403, 403, 200, 200],
    Phase.SHORTLISTED: [403, 403, 403, 403, 403, 409, 409],
}
NOBODY = dict.fromkeys(EXPERT, [302] * 7)
OUTSIDER = dict.fromkeys(EXPERT, [403] * 7)
MATRIX = {
    "visitor": NOBODY,
    "member": NOBODY,
    "author": NOBODY,
    "expert": EXPERT,
    "expert out of term": OUTSIDER,
    "expert of another round": OUTSIDER,
    "editor": EDITOR,
    "administrator": EDITOR,
}


def address(round, name, number=1):
    args = [round.pk]
    if PAGES[name]:
        args.append(number)
    if name == "weight":
        args.append(round.criteria.first().pk)
    return reverse(f"admin:manifesto_round_{name}", args=args)


def answers(round, *values, **fields):
    names = [f"criterion-{criterion.pk}" for criterion in round.criteria.all()]
    return {**dict(zip(names, values, strict=False)), **fields}


def text_of(page):
    return page.content.decode()


def reword(idea, **words):
    """As an import or a repair might, long after scoring has opened."""
    latest = idea.revisions.last()
    idea.revisions.create(
        number=latest.number + 1,
        wording=latest.wording + 1,
        edited_at=timezone.now(),
        **{**latest.text, **words},
    )
    type(idea).objects.filter(pk=idea.pk).update(**words)


@pytest.fixture
def play(client, sign_in, request):
    """Sign in as somebody of a role in MATRIX."""

    def play(role, round):
        if role == "visitor":
            return client
        if role == "author":
            return sign_in(round.ideas.get(number=1).authorships.get().member)
        if not role.startswith("expert"):
            return sign_in(request.getfixturevalue(role))
        expert = request.getfixturevalue("expert")
        days = {"ends_on": timezone.localdate() - DAY} if role == "expert out of term" else {}
        elsewhere = role == "expert of another round"
        make_term(round=make_round() if elsewhere else round, member=expert, **days)
        return sign_in(expert)

    return play


@pytest.mark.parametrize("phase", EXPERT)
@pytest.mark.parametrize("role", MATRIX)
def test_each_page_answers_each_role_in_each_phase(play, role, phase):
    round = make_round(phase=Phase.PRIORITISATION if phase == "closed" else phase)
    if phase == "closed":
        Round.objects.filter(pk=round.pk).update(scoring_close_at=timezone.now() - timedelta(minutes=1))
    make_criterion(round=round)
    make_idea(round=round)
    visit = play(role, round)
    assert [visit.get(address(round, name)).status_code for name in PAGES] == MATRIX[role][phase]


@pytest.mark.parametrize("role", ["visitor", "member", "author", "expert out of term", "editor"])
def test_nobody_else_changes_anything(play, scored_round, role):
    visit = play(role, scored_round)
    for name in ("about_you", "scoring_idea", "interest"):
        posted = answers(scored_round, "2", "2", kind="indirect", action="")
        assert visit.post(address(scored_round, name), posted).status_code in (302, 403)
    assert Assessment.objects.count() == 0
    assert [term.conflicts.count() for term in scored_round.expert_terms.all()] in ([], [0])


# What the desk shows


@pytest.mark.parametrize("is_hidden", [False, True])
def test_names_are_hidden_everywhere_at_the_desk_if_the_round_says_so(term, sign_in, expert, is_hidden):
    Round.objects.update(has_hidden_authors=is_hidden)
    organisation = make_organisation(name="Quillgate Trust")
    author = make_member(name="Gwen Jones")
    idea = make_idea(round=term.round, author=author, organisation=organisation)
    for _ in range(11):
        make_comment(idea=idea, author=make_member(name="Dilys Talker"))
    make_comment(idea=idea, author=author, parent=make_comment(idea=idea, author=author))
    term.assess(idea, dict.fromkeys(term.round.criteria.all(), 1), now=timezone.now())
    reword(idea, why="A new reason.")
    visit = sign_in(expert)
    pages = [
        visit.get(address(term.round, name, idea.number))
        for name in ("scoring", "scoring_idea", "discussion", "interest")
    ]
    found = {
        name
        for page in pages
        for name in ("Gwen Jones", "Quillgate Trust", "Dilys Talker")
        if name in text_of(page)
    }
    assert found == (set() if is_hidden else {"Gwen Jones", "Quillgate Trust", "Dilys Talker"})
    assert f'href="{idea.get_absolute_url()}' not in text_of(pages[1])


@pytest.mark.parametrize(("is_hidden", "shown"), [(False, True), (True, False)])
def test_support_is_hidden_if_the_round_says_so(term, sign_in, expert, is_hidden, shown):
    Round.objects.update(has_hidden_support=is_hidden)
    make_votes(idea=term.round.ideas.get(number=1), number=7)
    assert ("<dd>7</dd>" in text_of(sign_in(expert).get(address(term.round, "scoring_idea")))) is shown


def test_discussion_is_what_everybody_may_read_ten_comments_at_first(term, sign_in, expert):
    idea = term.round.ideas.get(number=1)
    first = make_comment(idea=idea, text="The first word.")
    for number in range(10):
        make_comment(idea=idea, text=f"Word {number}.")
    make_comment(idea=idea, parent=first, text="A reply to it.")
    make_comment(idea=idea, text="Waiting for an editor.", approved=False)
    visit = sign_in(expert)
    page = visit.get(address(term.round, "scoring_idea"))
    said = [comment.text for comment in page.context["comments"]]
    assert said[:3] == ["The first word.", "A reply to it.", "Word 0."]
    assert len(said) == 10
    assert "Read all 12 comments" in text_of(page)
    whole = text_of(visit.get(address(term.round, "discussion")))
    assert ("Word 9." in whole, "Waiting for an editor." in whole) == (True, False)


@pytest.mark.parametrize("comments", [1, 130])
def test_discussion_comes_in_pages_at_the_same_cost(
    term, sign_in, expert, comments, django_assert_num_queries
):
    idea, author = term.round.ideas.get(number=1), make_member()
    for _ in range(comments):
        make_comment(idea=idea, author=author)
    visit = sign_in(expert)
    with django_assert_num_queries(11):
        page = visit.get(address(term.round, "discussion"), {"page": "99"})
    assert len(page.context["page_obj"]) == (comments % 50)


def test_changed_wording_is_marked_compared_and_asked_again(term, sign_in, expert, assess):
    assess(term, 2, 1)
    idea = term.round.ideas.get(number=2)
    reword(idea, how="Every meeting is listed within a week.")
    visit = sign_in(expert)
    desk = visit.get(address(term.round, "scoring"))
    assert [one.number for one in desk.context["left"]] == [2]
    assert "The wording changed after you scored it" in text_of(desk)
    page = visit.get(address(term.round, "scoring_idea", 2))
    assert "(removed: </span>month" in text_of(page)
    assert "(added: </span>week" in text_of(page)
    assert [field.value() for field in page.context["form"].criterion_fields] == ["2", "1"]
    visit.post(address(term.round, "scoring_idea", 2), answers(term.round, "0", "0"))
    assert term.has_finished()


def test_time_left_follows_the_experts_own_pace(scored_round, term, sign_in, expert, assess):
    for number in range(4, 9):
        make_idea(round=scored_round, title=f"Idea number {number}")
    begun = timezone.now() - timedelta(hours=1)
    for idea in scored_round.ideas.filter(number__lte=3):
        assess(term, 1, 1, ideas=[idea], now=begun + idea.number * timedelta(minutes=3))
    page = sign_in(expert).get(address(scored_round, "scoring_idea", 4))
    assert "3 of 8 ideas scored, about 15 minutes left" in text_of(page)


@pytest.mark.parametrize("ideas", [1, 30])
def test_scoring_an_idea_costs_a_fixed_number_of_queries(
    ideas, expert, sign_in, assess, django_assert_num_queries
):
    round = make_round(phase=Phase.PRIORITISATION)
    make_criterion(round=round)
    made = [make_idea(round=round) for _ in range(ideas)]
    assess(make_term(round=round, member=expert), 1)
    for _ in range(ideas):
        make_comment(idea=made[0])
    visit = sign_in(expert)
    with django_assert_num_queries(21):
        assert visit.get(address(round, "scoring_idea")).status_code == 200


@pytest.mark.parametrize(
    ("visibility", "words"),
    [
        (Visibility.NEVER, "before the shortlist is published"),
        (Visibility.AFTER_OWN, "before giving all of their own"),
        (Visibility.ALWAYS, "can see the panel’s scores at any time"),
    ],
)
def test_desk_says_when_scores_are_seen(term, sign_in, expert, visibility, words):
    Round.objects.update(score_visibility=visibility)
    page = sign_in(expert).get(address(term.round, "scoring"))
    assert words in text_of(page)
    assert page.context["sees_ranking"] is (visibility == Visibility.ALWAYS)


def test_choices_come_with_their_keys_which_need_a_script(term, sign_in, expert):
    text = text_of(sign_in(expert).get(address(term.round, "scoring_idea")))
    assert text.count('class="score-key" aria-hidden="true" hidden') == 8
    assert "js/scoring.js" in text


def test_no_score_of_another_expert_is_at_the_desk(scored_round, term, sign_in, expert):
    other = make_term(round=scored_round, member=make_member(name="Odd Fellow", groups=["Experts"]))
    criteria = scored_round.criteria.all()
    for idea in scored_round.ideas.all():
        other.assess(idea, dict.fromkeys(criteria, 2), now=timezone.now(), note="Between us experts.")
    visit = sign_in(expert)
    for name in ("scoring", "scoring_idea", "discussion", "interest", "about_you"):
        text = text_of(visit.get(address(scored_round, name)))
        assert [words for words in ("Between us experts.", "Odd Fellow", "spread") if words in text] == []


# Trouble


def refused_with_what_was_typed(visit, round, number=1):
    page = visit.post(address(round, "scoring_idea", number), answers(round, "2", "unknown", note="My note."))
    text = text_of(page)
    for words in ("My note.", "Lens: <strong>1</strong>", "Verifiable: <strong>Don’t know</strong>"):
        assert words in text
    assert Assessment.objects.count() == 0
    return page


def test_scores_posted_after_closing_are_given_back(term, sign_in, expert):
    Round.objects.update(scoring_close_at=timezone.now() - timedelta(seconds=1))
    assert refused_with_what_was_typed(sign_in(expert), term.round).status_code == 409


def test_scores_for_an_idea_excluded_meanwhile_are_given_back(term, sign_in, expert):
    term.declare(term.round.ideas.get(number=1), kind="direct_financial", now=timezone.now())
    assert refused_with_what_was_typed(sign_in(expert), term.round).status_code == 403


def test_scores_for_an_idea_merged_meanwhile_are_given_back_and_it_says_where_it_went(term, sign_in, expert):
    survivor = term.round.ideas.get(number=2)
    term.round.ideas.filter(number=1).update(survivor=survivor)
    page = refused_with_what_was_typed(sign_in(expert), term.round)
    assert page.status_code == 404
    assert "merged into “Idea number 2” (idea 2)" in text_of(page)


def test_scores_of_an_expert_whose_term_ended_meanwhile_are_given_back(term, sign_in, expert):
    ExpertTerm.objects.update(ends_on=timezone.localdate() - DAY)
    assert refused_with_what_was_typed(sign_in(expert), term.round).status_code == 403


def test_expert_set_aside_learns_it_and_scores_no_more(term, sign_in, expert, editor, assess):
    Round.objects.update(score_visibility=Visibility.ALWAYS)
    term.set_aside(reason="A quarrel.", by=editor, now=timezone.now())
    visit = sign_in(expert)
    assert refused_with_what_was_typed(visit, term.round).status_code == 403
    desk = visit.get(address(term.round, "scoring"))
    assert "An editor has set your scores aside" in text_of(desk)
    assert "A quarrel." not in text_of(desk)
    assert desk.context["sees_ranking"] is False
    assert visit.get(reverse("admin:manifesto_round_ranking", args=[term.round_id])).status_code == 403


def test_criterion_added_meanwhile_is_asked_for_and_the_rest_is_kept(term, sign_in, expert):
    posted = answers(term.round, "2", "1", note="Typed.")
    make_criterion(round=term.round, name="Feasible")
    page = sign_in(expert).post(address(term.round, "scoring_idea"), posted)
    form = page.context["form"]
    assert page.status_code == 422
    assert [field.errors for field in form.criterion_fields] == [[], [], ["Choose a score, or “Don’t know”."]]
    assert [field.value() for field in form.criterion_fields] == ["2", "1", None]
    assert form["note"].value() == "Typed."


def test_criterion_deleted_meanwhile_is_passed_over(term, sign_in, expert):
    posted = answers(term.round, "2", "1")
    Criterion.objects.filter(slug="verifiable").delete()
    assert sign_in(expert).post(address(term.round, "scoring_idea"), posted).status_code == 302
    assert [score.half_points for score in Assessment.objects.get().scores.all()] == [2]


def test_form_sent_twice_and_from_two_tabs_is_one_assessment_with_the_last_word(term, sign_in, expert):
    visit, where = sign_in(expert), address(term.round, "scoring_idea")
    for values in (["2", "1"], ["2", "1"], ["0", "unknown"]):
        assert visit.post(where, answers(term.round, *values)).status_code == 302
    assert [score.half_points for score in Assessment.objects.get().scores.order_by("criterion")] == [0, None]


def test_expert_whom_every_idea_conflicts_has_nothing_to_do(expert, sign_in):
    round = make_round(phase=Phase.PRIORITISATION)
    make_criterion(round=round)
    make_idea(round=round, author=expert)
    make_term(round=round, member=expert)
    page = sign_in(expert).get(address(round, "scoring"))
    assert "There is no idea in this round for you to score." in text_of(page)
    assert "You wrote it, or belong to the organisation behind it." in text_of(page)


def test_expert_who_knows_nothing_is_done_and_counts_for_nothing(term, assess):
    assess(term, None, None)
    assert term.has_finished()
    assert [result.score for _, result in term.round.ranking(now=timezone.now())] == [None, None, None]
    assert term.round.expert_terms.with_scores().count() == 0
