"""What experts say of themselves and of an idea, who may read it, and what editors let follow."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import NotAllowedInPhase, NotReady, NotTheirs
from manifesto.models import Assessment, Conflict, ConflictChange, ExpertTerm, Phase, Round, StandingChange
from manifesto.vocabularies import InterestAction, InterestKind
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


def address(name, round, *args):
    return reverse(f"admin:manifesto_round_{name}", args=[round.pk, *args])


def text_of(page):
    return page.content.decode()


def about_you(visit, round, **fields):
    return visit.post(address("about_you", round), fields)


@pytest.fixture
def newcomer(scored_round, expert):
    """The term of `expert`, who has yet to say what they belong to."""
    return make_term(round=scored_round, member=expert, interests_declared_at=None)


# On joining


def test_expert_declares_interests_before_seeing_the_first_idea(newcomer, sign_in, expert):
    visit, round = sign_in(expert), newcomer.round
    for page in (address("scoring", round), address("scoring_idea", round, 1)):
        assert visit.get(page).url == address("about_you", round)
    criteria = round.criteria.all()
    with pytest.raises(NotReady):
        newcomer.assess(round.ideas.first(), dict.fromkeys(criteria, 1), now=timezone.now())
    assert about_you(visit, round).url == address("scoring", round)
    assert visit.get(address("scoring", round)).status_code == 200
    newcomer.refresh_from_db()
    assert (newcomer.has_declared, newcomer.interests, newcomer.agrees_to_be_named) == (True, "", False)


def test_about_you_records_words_organisations_and_the_agreement(newcomer, sign_in, expert):
    trust, union = make_organisation(name="Lantern Trust"), make_organisation(name="Quarry Union")
    page = about_you(
        sign_in(expert),
        newcomer.round,
        **{
            "organisation-1": "lantern trust",
            "organisation-3": "Quarry Union",
            "interests": "My sister lobbies.",
            "agrees_to_be_named": "on",
        },
    )
    assert page.status_code == 302
    newcomer.refresh_from_db()
    assert set(newcomer.affiliations.all()) == {trust, union}
    assert (newcomer.interests, newcomer.agrees_to_be_named) == ("My sister lobbies.", True)


def test_unknown_organisation_is_explained_and_nothing_typed_is_lost(newcomer, sign_in, expert):
    page = about_you(
        sign_in(expert), newcomer.round, **{"organisation-1": "Nowhere Ltd", "interests": "Typed."}
    )
    assert page.status_code == 422
    assert "We don’t know an organisation of this name." in text_of(page)
    assert (page.context["form"]["organisation-1"].value(), page.context["form"]["interests"].value()) == (
        "Nowhere Ltd",
        "Typed.",
    )
    assert "<title>Error: " in text_of(page)
    assert ExpertTerm.objects.get().has_declared is False


def test_organisations_come_and_go_until_scoring_opens_and_only_come_afterwards(sign_in, expert):
    round = make_round(phase=Phase.REFINEMENT)
    term = make_term(round=round, member=expert)
    first, second = make_organisation(name="First"), make_organisation(name="Second")
    term.affiliations.add(first, second)
    visit = sign_in(expert)
    about_you(visit, round, affiliations=[second.pk])
    assert set(term.affiliations.all()) == {second}
    Round.objects.update(
        votes_close_at=timezone.now() - DAY,
        ideas_close_at=timezone.now() - DAY,
        scoring_open_at=timezone.now() - DAY,
    )
    about_you(visit, round, **{"organisation-1": "First"})
    assert set(term.affiliations.all()) == {first, second}
    with pytest.raises(NotReady):
        term.declare_interests(
            interests="", affiliations=[first], agrees_to_be_named=False, now=timezone.now()
        )
    assert term.affiliations.count() == 2


def test_agreement_can_be_taken_back_until_publication(term, sign_in, expert):
    visit = sign_in(expert)
    about_you(visit, term.round, agrees_to_be_named="on")
    about_you(visit, term.round)
    term.refresh_from_db()
    assert term.agrees_to_be_named is False
    Round.objects.update(shortlist_published_at=timezone.now())
    assert about_you(visit, term.round, agrees_to_be_named="on").status_code == 409
    term.refresh_from_db()
    assert term.agrees_to_be_named is False


def test_about_you_names_the_memberships_that_count_already(term, sign_in, expert):
    make_membership(member=expert, organisation=make_organisation(name="Harbour Society"))
    page = sign_in(expert).get(address("about_you", term.round))
    assert "On this site you belong to <strong>Harbour Society</strong>" in text_of(page)


@pytest.mark.parametrize("organisations", [1, 30])
def test_about_you_costs_a_fixed_number_of_queries(
    term, sign_in, expert, organisations, django_assert_num_queries
):
    term.affiliations.set([make_organisation() for _ in range(organisations)])
    visit = sign_in(expert)
    with django_assert_num_queries(9):
        assert visit.get(address("about_you", term.round)).status_code == 200


# An interest in one idea


@pytest.mark.parametrize("is_scored", [False, True])
def test_declared_interest_takes_the_idea_from_the_desk(term, sign_in, expert, assess, is_scored):
    if is_scored:
        assess(term, 1, 1)
    visit = sign_in(expert)
    posted = {"kind": "direct_financial", "explanation": "We sell it."}
    assert visit.post(address("interest", term.round, 2), posted).url == address("scoring", term.round)
    conflict = term.conflicts.get()
    assert (conflict.action, conflict.explanation) == (InterestAction.FULL_EXCLUSION, "We sell it.")
    desk = visit.get(address("scoring", term.round))
    assert [idea.number for idea, _ in desk.context["conflicted"]] == [2]
    assert "You declared an interest." in text_of(desk)
    assert (2 in term.round.expert_terms.answers(), Assessment.objects.count()) == (
        False,
        3 if is_scored else 0,
    )


def test_indirect_interest_leaves_the_idea_to_score(term, sign_in, expert):
    visit = sign_in(expert)
    page = visit.post(address("interest", term.round, 2), {"kind": "indirect"})
    assert page.url == address("scoring_idea", term.round, 2)
    assert "You have an interest in this idea on record." in text_of(visit.get(page.url))
    assert [c.idea.number for c in visit.get(address("scoring", term.round)).context["declared"]] == [2]


def test_interest_can_be_declared_after_scoring_closed(term, sign_in, expert, assess):
    assess(term, 1, 1)
    Round.objects.update(scoring_close_at=timezone.now() - timedelta(minutes=1))
    visit = sign_in(expert)
    assert address("interest", term.round, 1) in text_of(visit.get(address("scoring", term.round)))
    assert visit.post(address("interest", term.round, 1), {"kind": "direct_non_financial"}).status_code == 302
    assert 1 not in term.round.expert_terms.answers()


def test_what_was_declared_is_corrected_upward_only(term, sign_in, expert):
    visit, where = sign_in(expert), address("interest", term.round, 1)
    visit.post(where, {"kind": "indirect"})
    visit.post(where, {"kind": "indirect", "action": "full_exclusion"})
    assert visit.post(where, {"kind": "indirect", "action": "none"}).status_code == 422
    visit.post(where, {"kind": "indirect", "action": ""})
    assert term.conflicts.get().action == InterestAction.FULL_EXCLUSION
    assert [(c.before, c.after) for c in ConflictChange.objects.all()] == [("declare_only", "full_exclusion")]
    assert [value for value, _ in visit.get(where).context["form"].fields["action"].choices] == [""]


@pytest.mark.parametrize("fields", [{}, {"kind": "other"}, {"kind": "indirect", "explanation": "x" * 1001}])
def test_bad_declaration_is_explained_and_kept(term, sign_in, expert, fields):
    page = sign_in(expert).post(address("interest", term.round, 1), fields)
    assert page.status_code == 422
    assert page.context["form"]["explanation"].value() == fields.get("explanation")
    assert Conflict.objects.count() == 0


def test_declaration_after_publication_is_given_back(term, sign_in, expert):
    Round.objects.update(shortlist_published_at=timezone.now())
    posted = {"kind": "indirect", "explanation": "My cousin."}
    page = sign_in(expert).post(address("interest", term.round, 1), posted)
    assert (page.status_code, "My cousin." in text_of(page)) == (409, True)


def test_found_conflict_says_so_and_takes_more_words(scored_round, sign_in, expert):
    idea = make_idea(round=scored_round, author=expert)
    term = make_term(round=scored_round, member=expert)
    visit = sign_in(expert)
    assert "whatever you say here" in text_of(visit.get(address("interest", scored_round, idea.number)))
    visit.post(address("interest", scored_round, idea.number), {"kind": "direct_financial"})
    assert list(term.hidden_ideas()) == [idea]


# What editors do with it


@pytest.fixture
def declared(term):
    return term.declare(
        term.round.ideas.get(number=1),
        kind=InterestKind.DIRECT_NON_FINANCIAL,
        now=timezone.now(),
        explanation="I campaigned for it.",
    )


LIST = "admin:manifesto_conflict_changelist"


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("visitor", 302),
        ("member", 302),
        ("expert", 403),
        ("other expert", 403),
        ("editor", 200),
        ("administrator", 200),
    ],
)
def test_only_editors_read_conflicts(declared, request, sign_in, client, role, status):
    if role == "other expert":
        other = make_term(round=declared.term.round)
        visit = sign_in(other.member)
    else:
        visit = client if role == "visitor" else sign_in(request.getfixturevalue(role))
    pages = [
        visit.get(reverse(LIST)),
        visit.get(reverse("admin:manifesto_conflict_settle", args=[declared.pk])),
    ]
    assert [page.status_code for page in pages] == [status, status]
    assert all(("I campaigned for it." in text_of(page)) is False for page in pages[:1])
    assert ("I campaigned for it." in text_of(pages[1])) is (status == 200)


def test_editor_on_the_panel_sees_none_of_its_conflicts(declared, sign_in):
    both = make_member(groups=["Experts", "Editors"])
    make_term(round=declared.term.round, member=both)
    visit = sign_in(both)
    assert list(visit.get(reverse(LIST)).context["cl"].queryset) == []
    assert visit.get(reverse("admin:manifesto_conflict_settle", args=[declared.pk])).status_code == 404
    with pytest.raises(NotTheirs):
        declared.settle(InterestAction.NONE, by=both, now=timezone.now())


def test_editor_settles_and_the_change_is_on_record(declared, sign_in, editor, assess):
    visit, where = sign_in(editor), reverse("admin:manifesto_conflict_settle", args=[declared.pk])
    assert visit.post(where, {"action": "declare_only"}).url == reverse(LIST)
    declared.refresh_from_db()
    assert (declared.action, declared.settled_by) == (InterestAction.DECLARE_ONLY, editor)
    change = declared.changes.get()
    assert (change.before, change.after, change.changed_by) == ("partial_exclusion", "declare_only", editor)
    assert "became “Declared; the scores count”" in text_of(visit.get(where))
    visit.post(where, {"action": "declare_only"})
    assert declared.changes.count() == 1


def test_found_conflict_is_settled_to_exclude_only(scored_round, sign_in, editor, expert):
    make_idea(round=scored_round, author=expert)
    make_term(round=scored_round, member=expert)
    Conflict.objects.record_found(scored_round, now=timezone.now())
    found = Conflict.objects.get()
    visit, where = sign_in(editor), reverse("admin:manifesto_conflict_settle", args=[found.pk])
    assert visit.post(where, {"action": "none"}).status_code == 422
    assert visit.post(where, {"action": "full_exclusion"}).status_code == 302


def test_nothing_is_settled_after_publication(declared, sign_in, editor):
    Round.objects.update(shortlist_published_at=timezone.now())
    where = reverse("admin:manifesto_conflict_settle", args=[declared.pk])
    visit = sign_in(editor)
    assert visit.post(where, {"action": "none"}).status_code == 422
    assert "so its working stays as it was" in text_of(visit.get(where))
    declared.refresh_from_db()
    assert declared.action == InterestAction.PARTIAL_EXCLUSION


def test_database_refuses_a_change_that_changes_nothing(declared):
    with pytest.raises(IntegrityError, match="conflict_change_changes_it"), transaction.atomic():
        declared.changes.create(before="none", after="none", changed_at=timezone.now())


def test_conflicts_filter_by_round_and_action(declared, sign_in, editor):
    other = make_term(round=make_round(phase=Phase.PRIORITISATION))
    other.declare(make_idea(round=other.round), kind=InterestKind.INDIRECT, now=timezone.now())
    visit = sign_in(editor)
    for query in ({"term__round__id__exact": declared.term.round_id}, {"action__exact": "partial_exclusion"}):
        assert list(visit.get(reverse(LIST), query).context["cl"].result_list) == [declared]


@pytest.mark.parametrize("conflicts", [1, 30])
def test_list_of_conflicts_costs_a_fixed_number_of_queries(
    conflicts, editor, sign_in, django_assert_num_queries
):
    round = make_round(phase=Phase.PRIORITISATION)
    make_criterion(round=round)
    idea = make_idea(round=round)
    for _ in range(conflicts):
        make_term(round=round).declare(idea, kind=InterestKind.INDIRECT, now=timezone.now())
    visit = sign_in(editor)
    with django_assert_num_queries(8):
        assert visit.get(reverse(LIST)).status_code == 200


# An expert's scores set aside


def standing(visit, term, **fields):
    return visit.post(reverse("admin:manifesto_expertterm_standing", args=[term.pk]), fields)


def test_editor_sets_scores_aside_and_lets_them_count_again_for_reasons(term, sign_in, editor, assess):
    assess(term, 1, 1)
    visit = sign_in(editor)
    assert standing(visit, term, reason=" ").status_code == 422
    assert standing(visit, term, reason="Left half-way.").status_code == 302
    assert term.round.expert_terms.answers() == {}
    assert standing(visit, term, reason="Came back.").status_code == 302
    assert len(term.round.expert_terms.answers()) == 3
    changes = [(change.is_aside, change.reason, change.changed_by) for change in StandingChange.objects.all()]
    assert changes == [(True, "Left half-way.", editor), (False, "Came back.", editor)]


def test_scores_set_aside_twice_are_one_change_with_the_first_reason(term, editor):
    for reason in ("First.", "Second."):
        term.set_aside(reason=reason, by=editor, now=timezone.now())
    assert (StandingChange.objects.get().reason, term.set_aside_reason) == ("First.", "First.")


def test_standing_is_fixed_after_publication(term, sign_in, editor):
    Round.objects.update(shortlist_published_at=timezone.now())
    page = standing(sign_in(editor), term, reason="Late.")
    assert (page.status_code, page.context["form"]["reason"].value()) == (422, "Late.")
    with pytest.raises(NotAllowedInPhase):
        term.count_again(reason="Late.", by=editor, now=timezone.now())


@pytest.mark.parametrize("role", ["member", "expert"])
def test_only_editors_set_scores_aside(term, sign_in, request, role):
    assert standing(sign_in(request.getfixturevalue(role)), term, reason="No.").status_code in (302, 403)
    assert StandingChange.objects.count() == 0


def test_database_refuses_a_change_of_standing_without_a_reason(term):
    with pytest.raises(IntegrityError, match="standing_change_has_a_reason"), transaction.atomic():
        term.standing_changes.create(is_aside=True, reason="", changed_at=timezone.now())


def test_predicates_of_terms_agree_with_their_querysets(term, scored_round, editor):
    make_term(round=scored_round, interests_declared_at=None)
    make_term(round=scored_round).set_aside(reason="Why.", by=editor, now=timezone.now())
    terms = ExpertTerm.objects.all()
    assert set(terms.set_aside()) == {term for term in terms if term.is_set_aside}
    assert set(terms.counting()) == {term for term in terms if not term.is_set_aside}
    assert set(terms.undeclared()) == {term for term in terms if not term.has_declared}
