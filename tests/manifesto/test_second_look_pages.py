"""The second look on its pages: editors open it, experts see the spread and keep or change their scores."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import NotReady
from manifesto.models import Assessment, Phase, Round
from manifesto.vocabularies import Visibility
from profiles.models import Notification
from tests.factories import make_criterion, make_idea, make_member, make_round, make_term

DAY = timedelta(days=1)


def text_of(page):
    return page.content.decode()


def desk(round):
    return reverse("admin:manifesto_round_scoring", args=[round.pk])


def idea_page(round, number):
    return reverse("admin:manifesto_round_scoring_idea", args=[round.pk, number])


def editors_page(round):
    return reverse("admin:manifesto_round_second_look", args=[round.pk])


def answers(round, *values, **fields):
    names = [f"criterion-{criterion.pk}" for criterion in round.criteria.all()]
    return {**dict(zip(names, values, strict=False)), **fields}


def moment(days):
    return timezone.localtime(timezone.now() + days * DAY).strftime("%Y-%m-%dT%H:%M")


def close_scoring(round):
    Round.objects.filter(pk=round.pk).update(scoring_close_at=timezone.now() - timedelta(hours=1))
    round.refresh_from_db()


@pytest.fixture
def panel(scored_round, term):
    """Three experts, `expert` among them, who have scored all ideas with notes; scoring has closed."""
    lens, verifiable = scored_round.criteria.all()
    names = ("Zoe Quist", "Abe Zander")
    others = [
        make_term(round=scored_round, member=make_member(name=name, groups=["Experts"])) for name in names
    ]
    for one, values, note in zip(
        [term, *others],
        [(2, 1), (0, 1), (0, None)],
        ["My own words.", "Zeal is missing.", "All is missing."],
        strict=True,
    ):
        for idea in scored_round.ideas.all():
            one.assess(
                idea, {lens: values[0], verifiable: values[1]}, now=timezone.now() - 2 * DAY, note=note
            )
    close_scoring(scored_round)
    term.round.refresh_from_db()
    return [term, *others]


@pytest.fixture
def reopened(panel, editor):
    """The panel, with ideas 1 and 2 opened for a second look."""
    round, now = panel[0].round, timezone.now()
    round.open_second_look(
        list(round.ideas.filter(number__lte=2)), closes_at=now + 3 * DAY, by=editor, now=now
    )
    return panel


# Editors


def test_editor_opens_widens_and_extends_a_second_look(panel, sign_in, editor):
    round, visit = panel[0].round, sign_in(editor)
    first, second, third = round.ideas.order_by("number")
    page = visit.post(editors_page(round), {"ideas": [first.pk], "closes_at": moment(2)})
    assert page.url == editors_page(round)
    visit.post(editors_page(round), {"ideas": [third.pk], "closes_at": moment(4)})
    assert set(round.second_look_ideas.all()) == {first, third}
    round.refresh_from_db()
    assert (round.second_look_opened_by, round.second_look_closes_at > timezone.now() + 3 * DAY) == (
        editor,
        True,
    )
    visit.post(editors_page(round), {"closes_at": moment(6)})
    assert set(round.second_look_ideas.all()) == {first, third}
    entries = visit.get(editors_page(round)).context["form"].entries
    assert {entry.idea: entry.is_fixed for entry in entries} == {first: True, second: False, third: True}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"closes_at": "2000-01-01T10:00"}, "closes_at"),
        ({"closes_at": ""}, "closes_at"),
        ({"closes_at": "soon"}, "closes_at"),
        ({"ideas": []}, "ideas"),
        ({"ideas": ["999999"]}, "ideas"),
    ],
)
def test_bad_second_look_is_explained_next_to_the_field(panel, sign_in, editor, fields, field):
    round = panel[0].round
    posted = {"ideas": [round.ideas.first().pk], "closes_at": moment(2), **fields}
    page = sign_in(editor).post(editors_page(round), posted)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["closes_at"].value() == posted["closes_at"]
    round.refresh_from_db()
    assert round.second_look_opened_at is None


def test_editor_is_told_that_never_has_an_exception(panel, sign_in, editor):
    visit, round = sign_in(editor), panel[0].round
    assert "all the same, without names" not in text_of(visit.get(editors_page(round)))
    Round.objects.update(score_visibility=Visibility.NEVER)
    assert "all the same, without names" in text_of(visit.get(editors_page(round)))


def test_page_leaves_out_what_a_full_exclusion_hides_from_an_editor(panel, sign_in):
    both = make_member(groups=["Experts", "Editors"])
    round = panel[0].round
    term = make_term(round=round, member=both)
    term.declare(round.ideas.get(number=1), kind="direct_financial", now=timezone.now())
    page = sign_in(both).get(editors_page(round))
    assert sorted(entry.idea.number for entry in page.context["form"].entries) == [2, 3]
    assert "Idea number 1" not in text_of(page)


def test_editor_sees_how_many_have_looked_again(reopened, sign_in, editor):
    round = reopened[0].round
    reopened[1].keep(round.ideas.get(number=1), now=timezone.now())
    entries = sign_in(editor).get(editors_page(round)).context["form"].entries
    assert {entry.idea.number: entry.times_seen for entry in entries} == {1: 1, 2: 0, 3: 0}


@pytest.mark.parametrize("ideas", [1, 30])
def test_editors_page_costs_a_fixed_number_of_queries(ideas, editor, sign_in, django_assert_num_queries):
    round = make_round(phase=Phase.PRIORITISATION)
    make_criterion(round=round)
    for _ in range(ideas):
        make_idea(round=round)
    close_scoring(round)
    round.panel(now=timezone.now())
    visit = sign_in(editor)
    with django_assert_num_queries(13):
        assert visit.get(editors_page(round)).status_code == 200


# Experts


def test_desk_shows_the_ideas_of_the_second_look_alone(reopened, sign_in, expert):
    page = sign_in(expert).get(desk(reopened[0].round))
    assert [idea.number for idea in page.context["left"]] == [1, 2]
    assert "0 of 2 ideas seen again" in text_of(page)


def test_expert_sees_the_spread_and_the_others_notes_without_names(reopened, sign_in, expert):
    page = sign_in(expert).get(idea_page(reopened[0].round, 1))
    spread = [[count for count, _ in counts] for _, counts in page.context["spread"]]
    own = [[is_own for _, is_own in counts] for _, counts in page.context["spread"]]
    assert spread == [[2, 0, 1, 0], [0, 2, 0, 1]]
    assert own == [[False, False, True, False], [False, True, False, False]]
    assert sorted(page.context["notes"]) == ["All is missing.", "Zeal is missing."]
    assert [name for name in ("Zoe Quist", "Abe Zander") if name in text_of(page)] == []


def test_notes_stand_in_an_order_that_gives_nobody_away(reopened):
    round, idea = reopened[0].round, reopened[0].round.ideas.get(number=1)
    before = Assessment.objects.first_of(idea).notes(but_of=reopened[0])
    first, second = Assessment.objects.filter(revision__idea=idea, term__in=reopened[1:])
    first.note, second.note = second.note, first.note
    first.saved_at, second.saved_at = second.saved_at, first.saved_at
    first.save()
    second.save()
    assert Assessment.objects.first_of(idea).notes(but_of=reopened[0]) == before
    assert round.ideas.count() == 3


def test_spread_stays_what_it_was_however_late_an_expert_looks(reopened, sign_in, expert):
    round = reopened[0].round
    idea = round.ideas.get(number=1)
    reopened[1].assess(
        idea, dict.fromkeys(round.criteria.all(), 2), now=timezone.now(), note="I changed my mind."
    )
    page = sign_in(expert).get(idea_page(round, 1))
    assert [count for count, _ in page.context["spread"][0][1]] == [2, 0, 1, 0]
    assert "I changed my mind." not in text_of(page)


def test_spread_leaves_out_who_was_set_aside_or_is_conflicted(reopened, editor):
    round, idea = reopened[0].round, reopened[0].round.ideas.get(number=1)
    reopened[1].set_aside(reason="Why.", by=editor, now=timezone.now())
    reopened[2].declare(idea, kind="direct_financial", now=timezone.now())
    given = Assessment.objects.first_of(idea)
    assert [assessment.term for assessment in given] == [reopened[0]]
    assert given.notes(but_of=reopened[0]) == []
    assert round.second_look_ideas.count() == 2


def test_keeping_and_changing_scores(reopened, sign_in, expert):
    term, visit = reopened[0], sign_in(expert)
    kept = answers(term.round, "2", "1", note="My own words.", keep="Keep my scores")
    assert visit.post(idea_page(term.round, 1), kept).url == idea_page(term.round, 2)
    page = visit.post(idea_page(term.round, 2), answers(term.round, "0", "0", note="Persuaded."), follow=True)
    assert "that was the last one" in text_of(page)
    again = term.assessments.filter(stage=Assessment.Stage.SECOND_LOOK).order_by("revision__idea__number")
    scores = [[score.half_points for score in one.scores.order_by("criterion")] for one in again]
    assert scores == [[2, 1], [0, 0]]
    assert [one.note for one in again] == ["My own words.", "Persuaded."]
    assert term.assessments.filter(stage=Assessment.Stage.FIRST).count() == 3


def test_keep_with_something_changed_asks_and_loses_nothing(reopened, sign_in, expert):
    term = reopened[0]
    posted = answers(term.round, "0", "1", note="New words.", keep="Keep my scores")
    page = sign_in(expert).post(idea_page(term.round, 1), posted)
    assert page.status_code == 422
    assert "You have changed something." in text_of(page)
    assert page.context["form"]["note"].value() == "New words."
    assert list(term.ideas_seen_again()) == []


def test_scores_nobody_gave_cannot_be_kept(reopened, scored_round):
    newcomer = make_term(round=scored_round)
    newcomer.round.refresh_from_db()
    with pytest.raises(NotReady):
        newcomer.keep(scored_round.ideas.get(number=1), now=timezone.now())


def test_idea_outside_the_second_look_and_a_conflicted_one_stay_closed(reopened, sign_in, expert):
    term, visit = reopened[0], sign_in(expert)
    term.declare(term.round.ideas.get(number=2), kind="direct_financial", now=timezone.now())
    pages = [visit.get(idea_page(term.round, number)) for number in (2, 3)]
    assert [page.status_code for page in pages] == [403, 409]
    assert [words for page in pages for words in ("Zeal", "How the group") if words in text_of(page)] == []


def test_spread_is_not_shown_before_a_second_look_opens(scored_round, term, sign_in, expert):
    other = make_term(round=scored_round)
    for idea in scored_round.ideas.all():
        other.assess(
            idea, dict.fromkeys(scored_round.criteria.all(), 2), now=timezone.now(), note="Secretly so."
        )
    page = sign_in(expert).get(idea_page(scored_round, 1))
    assert "spread" not in page.context
    assert "Secretly so." not in text_of(page)


@pytest.mark.parametrize("experts", [1, 30])
def test_looking_again_costs_a_fixed_number_of_queries(
    experts, scored_round, editor, sign_in, assess, django_assert_num_queries
):
    terms = [make_term(round=scored_round) for _ in range(experts)]
    for term in terms:
        assess(term, 1, 1)
    close_scoring(scored_round)
    now = timezone.now()
    scored_round.open_second_look(list(scored_round.ideas.all()), closes_at=now + DAY, by=editor, now=now)
    visit = sign_in(terms[0].member)
    with django_assert_num_queries(26):
        assert visit.get(idea_page(scored_round, 1)).status_code == 200


# News of it


def test_experts_hear_of_a_second_look_and_of_its_widening_once(reopened, editor):
    round, now = reopened[0].round, timezone.now()
    reopened[2].declare(round.ideas.get(number=3), kind="direct_financial", now=now)
    for days in (3, 5):
        round.open_second_look(
            list(round.ideas.filter(number=3)), closes_at=now + days * DAY, by=editor, now=now
        )
    told = Notification.objects.filter(subject="A second look at some ideas")
    assert {term.member: told.filter(member=term.member).count() for term in reopened} == {
        reopened[0].member: 2,
        reopened[1].member: 2,
        reopened[2].member: 1,
    }


def test_admin_index_asks_experts_to_look_again(reopened, sign_in, expert):
    assert "Look again at 2 ideas: An open Wales" in text_of(sign_in(expert).get(reverse("admin:index")))
