"""The shortlist board: saved by several people at once, in any order of places, and one answer for several ideas."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import ConflictOfInterest, EditedMeanwhile, NotReady
from manifesto.models import Phase, Round
from manifesto.models.board import marks_of, shown_place, true_place, words_of
from manifesto.vocabularies import InterestKind
from tests.factories import make_criterion, make_decision, make_idea, make_member, make_round, make_term

from .shortlisting import decide, idea_of, recorded

pytestmark = pytest.mark.django_db


def record(round, *decisions, by, opened=None):
    round.refresh_from_db()
    version = round.shortlist_version
    round.record_decisions(decisions, version=version, by=by, now=timezone.now(), opened=opened)


def opened(round, *numbers):
    """What a page opened now remembers of these ideas."""
    ideas = [idea_of(round, number) for number in numbers]
    return {idea.pk: marks_of(words_of(getattr(idea, "decision", None))) for idea in ideas}


def address(round, name="shortlist"):
    return reverse(f"admin:manifesto_round_{name}", args=[round.pk])


def sent(page, **changes):
    """What the browser sends of the board it was shown, with `changes` such as idea_1_reasons."""
    form = page.context["form"]
    data = {"version": form["version"].value()}
    for entry in form.entries:
        for field in entry:
            value = field.value()
            data[field.html_name] = "" if value is None else value
    return data | {name.replace("_", "-"): value for name, value in changes.items()}


SCRIPT = {"headers": {"Accept": "application/json"}}


# Two people at a time


def test_people_who_change_different_things_both_have_their_way(scored_round, editor, expert):
    record(scored_round, decide(scored_round, 1, 1, "accepted", "First words."), by=editor)
    page = opened(scored_round, 1, 2)
    record(scored_round, decide(scored_round, 1, 1, "accepted", "Better words."), by=expert, opened=page)
    mine = [decide(scored_round, 1, 2, "accepted", "First words."), decide(scored_round, 2, 1, "accepted")]
    record(scored_round, *mine, by=editor, opened=page)
    assert recorded(scored_round) == [(1, 2, "accepted", "Better words."), (2, 1, "accepted", "")]


def test_people_who_change_the_same_are_asked_to_look(scored_round, editor, expert):
    page = opened(scored_round, 1)
    record(scored_round, decide(scored_round, 1, reasons="Hers."), by=expert, opened=page)
    with pytest.raises(EditedMeanwhile, match="Look at idea 1"):
        record(scored_round, decide(scored_round, 1, reasons="His."), by=editor, opened=page)
    assert recorded(scored_round) == [(1, None, "", "Hers.")]


def test_what_somebody_has_taken_back_is_not_saved_again_by_an_open_page(scored_round, editor, expert):
    record(scored_round, decide(scored_round, 1, reasons="Words."), by=editor)
    page = opened(scored_round, 1, 2)
    record(scored_round, decide(scored_round, 1), by=expert, opened=page)
    mine = [decide(scored_round, 1, reasons="Words."), decide(scored_round, 2, reasons="More.")]
    record(scored_round, *mine, by=editor, opened=page)
    assert recorded(scored_round) == [(2, None, "", "More.")]


def test_places_given_by_two_people_that_clash_are_refused_by_name(scored_round, editor, expert):
    page = opened(scored_round, 1, 2)
    record(scored_round, decide(scored_round, 1, 1, "accepted"), by=expert, opened=page)
    with pytest.raises(NotReady, match="Ideas 1 and 2 have the same place"):
        record(scored_round, decide(scored_round, 2, 1, "accepted"), by=editor, opened=page)
    record(scored_round, decide(scored_round, 2, outcome="accepted"), by=editor)
    page = opened(scored_round, 2)
    record(scored_round, decide(scored_round, 2, outcome="deferred"), by=expert, opened=page)
    with pytest.raises(NotReady, match="look at idea 2"):
        record(scored_round, decide(scored_round, 2, 2, "accepted"), by=editor, opened=page)


def test_save_that_changes_nothing_leaves_the_version_who_and_a_set_time(scored_round, editor, expert):
    first = [decide(scored_round, n, n, "accepted", "Line\nand line.") for n in (1, 2, 3)]
    record(scored_round, *first, by=editor)
    now = timezone.now()
    scored_round.schedule_shortlist(at=now + timedelta(hours=1), by=editor, now=now, version=1)
    again = [decide(scored_round, n, n, "accepted", "Line\r\nand line.") for n in (1, 2, 3)]
    record(scored_round, *again, by=expert, opened=opened(scored_round, 1, 2, 3))
    scored_round.refresh_from_db()
    assert (scored_round.shortlist_version, scored_round.is_shortlist_scheduled) == (1, True)
    assert set(scored_round.decisions.values_list("decided_by", flat=True)) == {editor.pk}


@pytest.mark.django_db(transaction=True)
def test_pages_saved_at_the_same_instant_keep_all_that_does_not_clash(scored_round, at_once):
    page = opened(scored_round, 1, 2, 3)

    def save(number):
        own, by = Round.objects.get(), make_member()
        return lambda: record(own, decide(own, number, number, "accepted"), by=by, opened=page)

    assert at_once(*[save(number) for number in (1, 2, 3)]) == [None] * 3
    assert [row[:2] for row in recorded(scored_round)] == [(1, 1), (2, 2), (3, 3)]
    assert Round.objects.get().shortlist_version == 3


# Ideas that somebody stays out of


@pytest.mark.parametrize("held", [[], [1], [3], [1, 2], [2, 4, 5]])
def test_places_beside_hidden_ones_are_counted_without_them(held):
    free = [place for place in range(1, 12) if place not in held]
    assert [shown_place(place, held) for place in free] == list(range(1, len(free) + 1))
    assert [true_place(place, held) for place in range(1, len(free) + 1)] == free
    assert (shown_place(None, held), true_place(None, held)) == (None, None)


@pytest.fixture
def excluded(term, assess, sign_in):
    """The client of an expert who stays out of idea 2, which has place 2 of three."""
    assess(term, 2, 1)
    for number in (1, 2, 3):
        make_decision(idea=idea_of(term.round, number), position=number, reasons=f"Because of {number}.")
    term.declare(idea_of(term.round, 2), kind=InterestKind.DIRECT_FINANCIAL, now=timezone.now())
    return sign_in(term.member)


def test_expert_neither_sees_nor_wipes_what_they_stay_out_of(excluded, scored_round):
    page = excluded.get(address(scored_round))
    text = page.content.decode()
    assert ("Because of 1." in text, "Because of 2." in text, "Idea number 2" in text) == (True, False, False)
    assert [(e.idea.number, e["position"].value()) for e in page.context["form"].places] == [(1, 1), (3, 2)]
    data = sent(page, idea_1_position="2", idea_3_position="1")
    assert excluded.post(address(scored_round), data).status_code == 302
    assert [row[:2] for row in recorded(scored_round)] == [(1, 3), (2, 2), (3, 1)]
    assert recorded(scored_round)[1][3] == "Because of 2."


def test_expert_cannot_decide_on_what_they_stay_out_of(excluded, scored_round, expert):
    excluded.post(
        address(scored_round), {"version": 0, "idea-2-reasons": "Mine!", "idea-2-outcome": "deferred"}
    )
    with pytest.raises(ConflictOfInterest):
        record(scored_round, decide(scored_round, 2, reasons="Mine!"), by=expert)
    assert recorded(scored_round)[1][3] == "Because of 2."


@pytest.mark.parametrize("name", ["preview", "responses"])
def test_expert_sees_nothing_of_what_they_stay_out_of_on_other_pages(excluded, scored_round, name):
    text = excluded.get(address(scored_round, name)).content.decode()
    assert ("Because of 2." in text, "Idea number 2" in text) == (False, False)


# Moving ideas without a script


@pytest.fixture
def placed(scored_round, editor, sign_in):
    """The client of an editor, ideas 1 and 2 having places."""
    for number in (1, 2):
        record(scored_round, decide(scored_round, number, number, "accepted", "So."), by=editor)
    return sign_in(editor)


def places(round):
    return list(
        round.decisions.exclude(position=None).order_by("position").values_list("idea__number", flat=True)
    )


@pytest.mark.parametrize(
    "move, after",
    [
        ("up-2", [2, 1]),
        ("down-1", [2, 1]),
        ("up-1", [1, 2]),
        ("down-2", [1, 2]),
        ("add-3", [1, 2, 3]),
        ("off-1", [2]),
        ("add-1", [1, 2]),
        ("up-3", [1, 2]),
        ("add-99", [1, 2]),
        ("sideways-1", [1, 2]),
        ("up-", [1, 2]),
    ],
)
def test_buttons_move_ideas_and_save_what_was_typed(placed, scored_round, move, after):
    page = placed.get(address(scored_round))
    answer = placed.post(address(scored_round), sent(page, idea_3_reasons="Typed.") | {"move": move})
    assert (answer.status_code, places(scored_round)) == (302, after)
    assert recorded(scored_round)[2][3] == "Typed."


def test_moved_idea_is_shown_and_decided_anew_where_it_was_taken_off(placed, scored_round):
    page = placed.get(address(scored_round))
    answer = placed.post(address(scored_round), sent(page) | {"move": "off-1"})
    assert answer.url.endswith("#idea-1")
    assert recorded(scored_round)[0] == (1, None, "", "So.")


def test_idea_of_another_page_is_added_with_its_own_words(placed, scored_round, editor):
    record(scored_round, decide(scored_round, 3, outcome="deferred", reasons="Maybe."), by=editor)
    page = placed.get(address(scored_round))
    data = {name: value for name, value in sent(page).items() if not name.startswith("idea-3")}
    placed.post(address(scored_round), data | {"move": "add-3"})
    assert recorded(scored_round)[2] == (3, 3, "accepted", "Maybe.")


def test_gaps_between_places_close_when_ideas_are_moved(placed, scored_round):
    page = placed.get(address(scored_round))
    placed.post(address(scored_round), sent(page, idea_2_position="7"))
    assert [row[1] for row in recorded(scored_round)] == [1, 7]
    page = placed.get(address(scored_round))
    placed.post(address(scored_round), sent(page) | {"move": "add-3"})
    assert [row[1] for row in recorded(scored_round)] == [1, 2, 3]


def test_idea_that_left_the_round_gives_up_its_place(placed, scored_round, editor):
    target = idea_of(scored_round, 3)
    scored_round.ideas.filter(number=1).update(survivor=target)
    page = placed.get(address(scored_round))
    assert [entry.idea.number for entry in page.context["form"].entries] == [2, 3]
    data = sent(page, idea_2_position="1", idea_3_outcome="deferred", idea_3_reasons="No.")
    placed.post(address(scored_round), data | {"idea-1-position": "1", "idea-1-reasons": "Still here?"})
    assert places(scored_round) == [2]
    scored_round.publish_shortlist(by=editor, now=timezone.now())
    assert scored_round.is_shortlist_published is True


# Many ideas


@pytest.fixture
def large_round(editor):
    round = make_round(phase=Phase.PRIORITISATION, shortlist_target=2)
    make_criterion(round=round)
    author = make_member()
    for number in range(1, 61):
        make_idea(round=round, title=f"Thing {number}", author=author)
    for number in (40, 50):
        record(round, decide(round, number, number - 38, "accepted", "So."), by=editor)
    return round


def shown(page):
    return [entry.idea.number for entry in page.context["form"].entries]


def test_board_shows_all_places_and_a_page_of_the_others(large_round, editor, sign_in):
    visit = sign_in(editor)
    assert shown(visit.get(address(large_round))) == [*range(1, 26), 40, 50]
    assert shown(visit.get(address(large_round), {"page": 3})) == [40, 50, *range(53, 61)]
    assert shown(visit.get(address(large_round), {"text": "THING 6"})) == [6, 40, 50, 60]
    assert shown(visit.get(address(large_round), {"text": "33"})) == [33, 40, 50]
    assert shown(visit.get(address(large_round), {"page": "x", "show": "nothing"}))[:3] == [1, 2, 3]


def test_finding_and_turning_pages_saves_what_was_typed(large_round, editor, sign_in):
    visit = sign_in(editor)
    page = visit.get(address(large_round))
    answer = visit.post(address(large_round), sent(page, idea_7_reasons="Typed.") | {"page": "2", "show": ""})
    assert answer.url == f"{address(large_round)}?page=2#others"
    answer = visit.post(
        address(large_round), sent(visit.get(answer.url), idea_30_reasons="Too.") | {"text": "9"}
    )
    assert answer.url == f"{address(large_round)}?text=9#others"
    answer = visit.post(
        address(large_round), sent(visit.get(answer.url)) | {"find": "no-reasons", "text": "9"}
    )
    assert answer.url == f"{address(large_round)}?show=no-reasons#others"
    assert [row for row in recorded(large_round) if row[3] != "So."] == [
        (7, None, "", "Typed."),
        (30, None, "", "Too."),
    ]
    page = visit.get(answer.url)
    assert (7 in shown(page), 8 in shown(page)) == (False, True)
    assert page.context["board"].missing == [("an outcome", "no-outcome", 58), ("reasons", "no-reasons", 56)]


# Saving while people type


def test_script_saves_and_goes_on_from_what_it_sent(scored_round, editor, sign_in):
    visit = sign_in(editor)
    data = sent(visit.get(address(scored_round)), idea_1_reasons="x" * 5000)
    answer = visit.post(address(scored_round), data, **SCRIPT)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["saved"].startswith("Saved at ")
    data |= {name: json.dumps(marks) for name, marks in answer.json()["opened"].items()}
    answer = visit.post(address(scored_round), data | {"idea-1-reasons": "Shorter."}, **SCRIPT)
    assert (answer.status_code, recorded(scored_round)) == (200, [(1, None, "", "Shorter.")])


def test_script_does_not_wipe_what_others_saved_meanwhile(scored_round, editor, expert, sign_in):
    visit = sign_in(editor)
    data = sent(visit.get(address(scored_round)), idea_1_reasons="Mine.")
    record(scored_round, decide(scored_round, 2, reasons="Theirs."), by=expert)
    for _ in range(2):
        answer = visit.post(address(scored_round), data, **SCRIPT)
        data |= {name: json.dumps(marks) for name, marks in answer.json()["opened"].items()}
        data |= {"version": answer.json()["version"]}
    assert recorded(scored_round) == [(1, None, "", "Mine."), (2, None, "", "Theirs.")]


def test_script_is_told_of_a_clash_and_of_errors(scored_round, editor, expert, sign_in):
    visit = sign_in(editor)
    data = sent(visit.get(address(scored_round)), idea_1_reasons="Mine.")
    record(scored_round, decide(scored_round, 1, reasons="Theirs."), by=expert)
    answer = visit.post(address(scored_round), data, **SCRIPT)
    assert (answer.status_code, answer.json()["refusal"][:38]) == (
        409,
        "Somebody else saved the shortlist afte",
    )
    answer = visit.post(address(scored_round), data | {"idea-1-position": "first"}, **SCRIPT)
    assert answer.status_code == 422
    page = visit.post(address(scored_round), data)
    assert page.status_code == 409
    text = page.content.decode()
    assert ("Mine." in text, "Theirs." in text) == (True, True)
    assert visit.post(address(scored_round), sent(page)).status_code == 302
    assert recorded(scored_round) == [(1, None, "", "Mine.")]


def test_clash_shows_what_others_saved_where_nothing_was_typed(scored_round, editor, expert, sign_in):
    visit = sign_in(editor)
    data = sent(visit.get(address(scored_round)), idea_1_reasons="Mine.")
    theirs = [decide(scored_round, 1, reasons="Theirs."), decide(scored_round, 2, reasons="Also theirs.")]
    record(scored_round, *theirs, by=expert)
    form = visit.post(address(scored_round), data).context["form"]
    entries = {entry.idea.number: entry for entry in form.entries}
    assert entries[2]["reasons"].value() == "Also theirs."
    assert [entry.idea.number for entry in form.entries if entry.theirs] == [1]


def test_saving_says_that_it_calls_a_set_time_off(placed, scored_round, editor):
    record(scored_round, decide(scored_round, 3, outcome="deferred", reasons="No."), by=editor)
    now = timezone.now()
    scored_round.schedule_shortlist(
        at=now + timedelta(hours=1), by=editor, now=now, version=scored_round.shortlist_version
    )
    page = placed.get(address(scored_round))
    text = page.content.decode()
    assert ("It will be published by itself on" in text, "data-saves" in text) == (True, False)
    answer = placed.post(address(scored_round), sent(page, idea_3_reasons="New."), follow=True)
    assert "It will not be published by itself any more" in answer.content.decode()


# One answer for several ideas


def bulk(visit, round, **data):
    values = {"ideas": [1, 3], "outcome": "deferred", "reasons": "Not in this plan."}
    return visit.post(address(round, "responses"), values | data)


def confirm(visit, round, preview, **data):
    return bulk(visit, round, confirm="1", opened=preview.context["form"].marks_now, **data)


def test_one_answer_goes_to_all_ideas_ticked_once_confirmed(scored_round, editor, sign_in):
    visit = sign_in(editor)
    preview = bulk(visit, scored_round)
    assert (preview.status_code, recorded(scored_round)) == (200, [])
    assert [idea.number for idea in preview.context["form"].unanswered] == [1, 3]
    assert confirm(visit, scored_round, preview).status_code == 302
    assert recorded(scored_round) == [
        (1, None, "deferred", "Not in this plan."),
        (3, None, "deferred", "Not in this plan."),
    ]


@pytest.mark.parametrize("replace, kept", [([], "Own words."), ([1], "Not in this plan.")])
def test_words_there_are_replaced_only_where_asked(scored_round, editor, sign_in, replace, kept):
    record(scored_round, decide(scored_round, 1, reasons="Own words."), by=editor)
    visit = sign_in(editor)
    preview = bulk(visit, scored_round)
    assert "Own words." in preview.content.decode()
    page = confirm(visit, scored_round, preview, replace=replace)
    assert (page.status_code, [row[3] for row in recorded(scored_round)]) == (
        302,
        [kept, "Not in this plan."],
    )


def test_words_written_between_preview_and_confirmation_stay(scored_round, editor, expert, sign_in):
    visit = sign_in(editor)
    preview = bulk(visit, scored_round)
    record(scored_round, decide(scored_round, 1, outcome="accepted", reasons="Just written."), by=expert)
    page = confirm(visit, scored_round, preview, replace=[1])
    assert page.status_code == 409
    assert recorded(scored_round) == [(1, None, "accepted", "Just written.")]
    assert "Just written." in page.content.decode()


@pytest.mark.parametrize(
    "data, field",
    [
        ({"ideas": []}, "ideas"),
        ({"ideas": [99]}, "ideas"),
        ({"outcome": "accepted"}, "outcome"),
        ({"outcome": ""}, "outcome"),
        ({"reasons": " "}, "reasons"),
        ({"reasons": "x" * 5001}, "reasons"),
        ({"opened": "no marks"}, "opened"),
    ],
)
def test_bulk_answer_that_is_not_complete_is_kept_with_the_error(scored_round, editor, sign_in, data, field):
    page = bulk(sign_in(editor), scored_round, **data)
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert page.context["form"]["reasons"].value() == data.get("reasons", "Not in this plan.")


def test_ideas_with_a_place_get_no_bulk_answer(placed, scored_round):
    assert bulk(placed, scored_round).context["form"].errors["ideas"]
    page = placed.get(address(scored_round, "responses"), {"tick": "all"})
    assert (list(page.context["form"].standings), page.context["form"].ticked) == ([3], {"3"})


def test_bulk_answer_can_be_changed_before_it_is_confirmed(scored_round, editor, sign_in):
    page = bulk(sign_in(editor), scored_round, change="1")
    assert (page.context["form"]["reasons"].value(), recorded(scored_round)) == ("Not in this plan.", [])


# Who, when, and at what cost

NAMES = ("shortlist", "responses", "preview")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "role, status", [("editor", 200), ("expert", 403), ("member", 302), ("visitor", 302), ("finished", 200)]
)
def test_pages_of_the_board_are_for_editors_and_experts_who_have_scored(
    scored_round, term, assess, request, client, sign_in, name, role, status
):
    if role == "finished":
        assess(term, 2, 1)
    member = {"finished": "expert"}.get(role, role)
    visit = client if role == "visitor" else sign_in(request.getfixturevalue(member))
    assert visit.get(address(scored_round, name)).status_code == status


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "phase, statuses",
    [
        (Phase.UPCOMING, (409, 409, 409)),
        (Phase.CROWDSOURCING, (409, 409, 409)),
        (Phase.REFINEMENT, (409, 409, 409)),
        (Phase.PRIORITISATION, (200, 200, 200)),
        (Phase.SHORTLISTED, (200, 409, 302)),
        (Phase.PRESENTED, (200, 409, 302)),
    ],
)
def test_pages_of_the_board_follow_the_phase(editor, sign_in, name, phase, statuses):
    round = make_round(phase=phase)
    make_criterion(round=round)
    answer = sign_in(editor).get(address(round, name))
    assert answer.status_code == statuses[NAMES.index(name)]


def test_preview_is_the_public_page_marked_as_such_and_never_kept(placed, scored_round, visitor):
    page = placed.get(address(scored_round, "preview"))
    text = page.content.decode()
    assert ("Preview.</strong>" in text, "So." in text) == (True, True)
    assert "no-store" in page["Cache-Control"]
    assert [idea.number for idea in page.context["chosen"]] == [1, 2]
    assert Round.objects.get().shortlist_published_at is None


@pytest.mark.parametrize("ideas", [1, 30])
@pytest.mark.parametrize("name, queries", [("responses", 10), ("preview", 14)])
def test_pages_beside_the_board_cost_a_fixed_number_of_queries(
    editor, sign_in, django_assert_num_queries, ideas, name, queries
):
    round = make_round(phase=Phase.PRIORITISATION)
    make_criterion(round=round)
    for number in range(1, ideas + 1):
        make_decision(idea=make_idea(round=round), position=number if number % 2 else None)
    round.analysis(now=timezone.now())
    visit = sign_in(editor)
    with django_assert_num_queries(queries):
        assert visit.get(address(round, name)).status_code == 200


@pytest.mark.parametrize("ideas", [1, 30])
def test_saving_the_board_costs_a_fixed_number_of_queries(editor, sign_in, django_assert_num_queries, ideas):
    round = make_round(phase=Phase.PRIORITISATION)
    for _ in range(ideas):
        make_idea(round=round)
    visit = sign_in(editor)
    data = sent(visit.get(address(round)))
    data |= {f"idea-{number}-reasons": "So." for number in range(1, ideas + 1)}
    with django_assert_num_queries(26):
        assert visit.post(address(round), data).status_code == 302


@pytest.mark.parametrize("name", ["shortlist", "responses"])
def test_bands_stand_beside_the_ideas(scored_round, assess, editor, sign_in, name):
    Round.objects.update(shortlist_target=1)
    for _ in range(2):
        term = make_term(round=scored_round)
        for number, half_points in [(1, 2), (2, 0), (3, 0)]:
            assess(term, half_points, half_points, ideas=[idea_of(scored_round, number)])
    text = sign_in(editor).get(address(scored_round, name)).content.decode().lower()
    assert ("clear in" in text.split("</select>", 1)[1], "clear out" in text) == (True, True)


def test_more_places_wanted_than_ideas(scored_round, editor, sign_in):
    Round.objects.update(shortlist_target=40)
    assert sign_in(editor).get(address(scored_round)).status_code == 200
