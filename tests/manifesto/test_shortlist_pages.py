"""The pages of a shortlist: the board, its publication, and what everybody reads."""

import pytest
from django.utils import timezone

from manifesto.models import Phase, Round
from tests.factories import (
    make_criterion,
    make_decision,
    make_idea,
    make_membership,
    make_organisation,
    make_round,
    make_votes,
)

from .shortlisting import (
    FIT,
    board_address,
    complete,
    decide,
    idea_of,
    public_address,
    publication_address,
    record,
    recorded,
    typed,
)

pytestmark = pytest.mark.django_db


# The board


def test_ideas_that_share_a_place_are_named_though_they_lack_an_outcome_too(finished, scored_round):
    page = finished.post(board_address(scored_round), typed(0, (1, "1", "", "a"), (2, "1", "", "b")))
    complaints = {entry.idea.number: entry.errors.get("position") for entry in page.context["form"].entries}
    both = ["For a place, choose “Accepted” or “Accepted in part”.", "Another idea has place 1 too."]
    assert complaints == {1: both, 2: both, 3: None}


@pytest.fixture
def finished(term, assess, sign_in, expert):
    """The client of an expert who has scored all ideas: 2 best, then 3, then 1."""
    for number, half_points in [(2, 2), (3, 1), (1, 0)]:
        assess(term, half_points, half_points, ideas=[idea_of(term.round, number)])
    return sign_in(expert)


def test_board_lists_ideas_by_rank(finished, scored_round):
    form = finished.get(board_address(scored_round)).context["form"]
    assert [(entry.idea.number, entry.result.rank) for entry in form.entries] == [(2, 1), (3, 2), (1, 3)]


def test_expert_saves_the_board(finished, scored_round, expert):
    page = finished.post(board_address(scored_round), typed(0, *FIT))
    assert page.url == board_address(scored_round)
    assert recorded(scored_round) == [
        (1, 2, "accepted_in_part", "Half of it can be done."),
        (2, 1, "accepted", "Clear and cheap."),
        (3, None, "deferred", "Too large for this plan."),
    ]
    assert set(scored_round.decisions.values_list("decided_by", flat=True)) == {expert.pk}
    form = finished.get(board_address(scored_round)).context["form"]
    assert [entry["position"].value() for entry in form.entries] == [1, None, 2]


def test_board_keeps_drafts_and_forgets_empty_rows(finished, scored_round):
    finished.post(board_address(scored_round), typed(0, (1, "", "", ""), (2, "", "", "Some words.")))
    assert recorded(scored_round) == [(2, None, "", "Some words.")]


@pytest.mark.parametrize(
    "rows, number, field, message",
    [
        (
            [(1, "1", "accepted", "a"), (2, "1", "accepted", "b")],
            2,
            "position",
            "Another idea has place 1 too.",
        ),
        ([(1, "1", "deferred", "a")], 1, "position", "For a place, choose “Accepted” or “Accepted in part”."),
        ([(1, "1", "", "a")], 1, "position", "For a place, choose “Accepted” or “Accepted in part”."),
        ([(1, "0", "accepted", "a")], 1, "position", "Ensure this value is greater than or equal to 1."),
        ([(1, "first", "accepted", "a")], 1, "position", "Enter a whole number."),
        (
            [(1, "", "merged", "a")],
            1,
            "outcome",
            "Select a valid choice. merged is not one of the available choices.",
        ),
        (
            [(1, "", "deferred", "x" * 5001)],
            1,
            "reasons",
            "Ensure this value has at most 5000 characters (it has 5001).",
        ),
    ],
)
def test_bad_board_is_kept_as_typed_with_the_error_beside_its_field(
    finished, scored_round, rows, number, field, message
):
    page = finished.post(board_address(scored_round), typed(0, *rows))
    form = page.context["form"]
    entries = {entry.idea.number: entry for entry in form.entries}
    assert page.status_code == 422
    assert entries[number].errors[field] == [message]
    assert entries[1]["reasons"].value() == rows[0][3]
    assert recorded(scored_round) == []
    assert f'href="#id_idea-{number}-{field}"' in page.content.decode()


def test_board_saved_meanwhile_shows_what_was_typed_beside_theirs(finished, scored_round, editor):
    record(scored_round, complete(scored_round), editor)
    mine = [(1, "1", "accepted", "Mine."), FIT[1], FIT[2]]
    mine[1] = (2, "2", "accepted", "Clear and cheap.")
    page = finished.post(board_address(scored_round), typed(0, *mine))
    form = page.context["form"]
    assert page.status_code == 409
    assert "Somebody else saved the shortlist after you opened it." in page.content.decode()
    theirs = {entry.idea.number: entry.theirs and entry.theirs.position for entry in form.entries}
    assert theirs == {1: 2, 2: 1, 3: None}
    assert {entry.idea.number: entry["reasons"].value() for entry in form.entries}[1] == "Mine."
    assert recorded(scored_round)[0] == (1, 2, "accepted_in_part", "Half of it can be done.")
    again = finished.post(board_address(scored_round), typed(form["version"].value(), *mine))
    assert again.status_code == 302
    assert recorded(scored_round)[0] == (1, 1, "accepted", "Mine.")


def test_board_is_only_read_after_publication(finished, scored_round, editor):
    record(scored_round, complete(scored_round), editor)
    scored_round.publish_shortlist(by=editor, now=timezone.now())
    text = finished.get(board_address(scored_round)).content.decode()
    assert "<textarea" not in text
    assert "Half of it can be done." in text
    page = finished.post(board_address(scored_round), typed(1, (1, "1", "accepted", "Too late, but kept.")))
    assert page.status_code == 409
    assert "Too late, but kept." in page.content.decode()
    assert recorded(scored_round)[0][3] == "Half of it can be done."


def test_board_escapes_reasons(finished, scored_round, editor):
    record(scored_round, [decide(scored_round, 1, reasons="</textarea><script>x</script>")], editor)
    assert "<script>x" not in finished.get(board_address(scored_round)).content.decode()


@pytest.mark.parametrize("ideas", [1, 30])
def test_board_costs_a_fixed_number_of_queries(ideas, editor, sign_in, django_assert_num_queries):
    round = make_round(phase=Phase.PRIORITISATION)
    make_criterion(round=round)
    for number in range(1, ideas + 1):
        make_decision(idea=make_idea(round=round), position=number)
    round.analysis(now=timezone.now())
    visit = sign_in(editor)
    with django_assert_num_queries(10):
        assert visit.get(board_address(round)).status_code == 200


# The editor's page of publication


def test_publication_lists_what_is_missing_and_offers_no_button(scored_round, editor, sign_in):
    record(scored_round, complete(scored_round), editor)
    scored_round.decisions.filter(idea__number=3).update(outcome="", position=None)
    scored_round.decisions.filter(idea__number__in=[1, 3]).update(reasons="")
    page = sign_in(editor).get(publication_address(scored_round))
    assert page.context["undecided"] == [("an outcome", "outcome", [3]), ("reasons", "reasons", [1, 3])]
    text = page.content.decode()
    assert f'href="{board_address(scored_round)}?text=3#id_idea-3-outcome">3</a>' in text
    assert 'id="id_idea-3-outcome"' in sign_in(editor).get(board_address(scored_round)).content.decode()
    assert 'value="Publish the shortlist"' not in text


def test_editor_publishes_what_they_read(scored_round, editor, sign_in):
    record(scored_round, complete(scored_round), editor)
    visit = sign_in(editor)
    text = visit.get(publication_address(scored_round)).content.decode()
    assert text.index("Clear and cheap.") < text.index("Half of it") < text.index("Too large")
    for _ in range(2):
        page = visit.post(publication_address(scored_round), {"version": 1})
        assert page.url == board_address(scored_round)
    assert Round.objects.get().shortlist_published_by == editor


def test_publication_of_an_older_version_shows_the_newer_first(scored_round, editor, sign_in):
    record(scored_round, complete(scored_round), editor)
    record(scored_round, [decide(scored_round, 3, None, "deferred", "Later.")], editor)
    page = sign_in(editor).post(publication_address(scored_round), {"version": 1})
    assert page.status_code == 409
    assert 'name="version" value="2"' in page.content.decode()
    assert Round.objects.get().shortlist_published_at is None


# The public page


@pytest.fixture
def published(scored_round, editor):
    record(scored_round, complete(scored_round), editor)
    scored_round.publish_shortlist(by=editor, now=timezone.now())
    return scored_round


def test_public_page_puts_the_result_first_then_every_other_idea(published, visitor):
    make_votes(idea=idea_of(published, 2), number=1)
    page = visitor.get(public_address(published))
    assert [idea.number for idea in page.context["chosen"]] == [2, 1]
    assert [idea.number for idea in page.context["others"]] == [3]
    text = page.content.decode()
    wanted = [
        "Clear and cheap.",
        "Half of it can be done.",
        "Too large for this plan.",
        "How ideas are weighed",
    ]
    assert sorted(wanted, key=text.index) == wanted
    assert "1 supporter<" in text


def test_public_page_shows_criteria_and_weights_but_no_experts(term, assess, published_by, visitor):
    assess(term, 2, 1)
    published_by(term.round)
    text = visitor.get(public_address(term.round)).content.decode()
    assert "Scored by 1 expert<" in text
    assert '<th scope="row">Lens</th>' in text
    assert "Esi Expert" not in text


@pytest.fixture
def published_by(editor):
    def publish(round):
        record(round, complete(round), editor)
        round.publish_shortlist(by=editor, now=timezone.now())

    return publish


def test_public_page_escapes_what_people_wrote(scored_round, editor, visitor):
    decisions = complete(scored_round)
    decisions[0].reasons = "<script>x</script> مرحبا"
    record(scored_round, decisions, editor)
    scored_round.publish_shortlist(by=editor, now=timezone.now())
    text = visitor.get(public_address(scored_round)).content.decode()
    assert "<script>x" not in text
    assert "&lt;script&gt;x&lt;/script&gt; مرحبا" in text


@pytest.mark.parametrize(
    "phase", [phase for phase in Phase if phase not in (Phase.SHORTLISTED, Phase.PRESENTED)]
)
def test_public_page_before_publication_says_how_it_will_be_decided(phase, visitor):
    round = make_round(phase=phase)
    make_criterion(round=round, name="Verifiable")
    text = visitor.get(public_address(round)).content.decode()
    assert "is not published yet" in text
    assert "Verifiable" in text


def test_shortlist_of_an_unannounced_round_is_not_found(visitor):
    round = make_round(announced_at=None)
    assert visitor.get(public_address(round)).status_code == 404


@pytest.mark.parametrize("ideas", [1, 30])
def test_public_page_costs_a_fixed_number_of_queries(ideas, visitor, django_assert_num_queries):
    round = make_round(phase=Phase.SHORTLISTED)
    make_criterion(round=round)
    for number in range(1, ideas + 1):
        make_decision(idea=make_idea(round=round), position=number if number % 2 else None)
    round.freeze_working(now=timezone.now())
    with django_assert_num_queries(9):
        assert visitor.get(public_address(round)).status_code == 200


def test_published_working_stays_as_it_was(term, assess, published_by):
    """Who joins an organisation afterwards would be in conflict with its ideas, and their scores would go."""
    assess(term, 2, 1)
    published_by(term.round)
    before = Round.objects.get(pk=term.round_id).ranking(now=timezone.now())
    assert {result.scorers for _, result in before} == {1}
    organisation = make_organisation()
    term.round.ideas.update(organisation=organisation)
    make_membership(member=term.member, organisation=organisation)
    assert [result for _, result in Round.objects.get(pk=term.round_id).ranking(now=timezone.now())] == [
        result for _, result in before
    ]
