from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Action, Phase, Round
from tests.factories import make_idea, make_round, make_theme, make_votes

DAY = timedelta(days=1)


@pytest.mark.parametrize("phase", Phase)
def test_phase_follows_from_dates_and_facts(db, phase):
    assert make_round(phase=phase).phase_at(timezone.now()) == phase


@pytest.mark.parametrize(
    ("moment", "before", "after"),
    [
        ("ideas_open_at", Phase.UPCOMING, Phase.CROWDSOURCING),
        ("ideas_close_at", Phase.CROWDSOURCING, Phase.REFINEMENT),
        ("scoring_open_at", Phase.REFINEMENT, Phase.PRIORITISATION),
        ("scoring_close_at", Phase.PRIORITISATION, Phase.PRIORITISATION),
    ],
)
def test_phase_changes_at_the_very_moment(db, moment, before, after):
    round = make_round()
    at = getattr(round, moment)
    assert (round.phase_at(at - timedelta(microseconds=1)), round.phase_at(at)) == (before, after)


@pytest.mark.parametrize(
    ("action", "phases"),
    [
        (Action.SUBMIT, {Phase.CROWDSOURCING}),
        (Action.SUPPORT, {Phase.CROWDSOURCING, Phase.REFINEMENT}),
        (Action.MODERATE, {Phase.CROWDSOURCING, Phase.REFINEMENT}),
        (Action.SCORE, {Phase.PRIORITISATION}),
        (Action.DECIDE, {Phase.PRIORITISATION}),
    ],
)
def test_each_action_is_allowed_in_its_phases_only(db, action, phases):
    now = timezone.now()
    assert {phase for phase in Phase if make_round(phase=phase).allows(action, now)} == phases


def test_support_has_a_window_of_its_own(db):
    now = timezone.now()
    round = make_round(votes_open_at=now + DAY, votes_close_at=now + 2 * DAY)
    answers = [round.allows(Action.SUPPORT, now + days * DAY) for days in (0, 1, 2)]
    assert answers == [False, True, False]


def test_scoring_ends_before_the_phase_does(db):
    round = make_round(phase=Phase.PRIORITISATION)
    late = round.scoring_close_at
    assert (round.phase_at(late), round.allows(Action.SCORE, late), round.allows(Action.DECIDE, late)) == (
        Phase.PRIORITISATION,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("round_ideas_close_after_they_open", {"ideas_close_at": -20}),
        ("round_votes_within_dates", {"votes_open_at": -15}),
        ("round_votes_within_dates", {"votes_close_at": -10}),
        ("round_scoring_after_ideas_and_votes", {"scoring_open_at": 15}),
        ("round_scoring_after_ideas_and_votes", {"votes_close_at": 45}),
        ("round_scoring_closes_after_it_opens", {"scoring_close_at": 40}),
        ("round_presented_after_shortlist", {"presented_at": 0}),
    ],
)
def test_dates_out_of_order_are_refused_by_the_database(db, constraint, fields):
    now = timezone.now()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_round(now=now, **{name: now + days * DAY for name, days in fields.items()})


def test_taking_ideas_agrees_with_the_phase_table(db):
    now = timezone.now()
    rounds = [make_round(phase=phase, now=now) for phase in Phase]
    rounds.append(make_round(now=now, announced_at=None))
    assert set(Round.objects.taking_ideas(now)) == {
        round for round in rounds if round.allows(Action.SUBMIT, now)
    }


def test_in_focus_prefers_a_round_that_takes_ideas(db):
    now = timezone.now()
    older = make_round(phase=Phase.CROWDSOURCING)
    make_round(phase=Phase.UPCOMING)
    make_round(phase=Phase.SHORTLISTED)
    assert Round.objects.in_focus(now) == older


def test_in_focus_falls_back_to_the_last_one_begun_then_the_next(db):
    now = timezone.now()
    assert Round.objects.in_focus(now) is None
    coming = make_round(phase=Phase.UPCOMING)
    assert Round.objects.in_focus(now) == coming
    make_round(phase=Phase.SHORTLISTED)
    refined = make_round(phase=Phase.REFINEMENT)
    assert Round.objects.in_focus(now) == refined


def test_totals_count_public_ideas_and_their_support(db):
    round = make_round()
    make_votes(idea=make_idea(round=round), number=2)
    make_votes(idea=make_idea(round=round), number=1)
    make_idea(round=round, published=False)
    make_idea(round=make_round())
    found = Round.objects.with_totals().get(pk=round.pk)
    assert (found.idea_count, found.support_count) == (2, 3)


def test_theme_counts_leave_out_what_is_not_public(db):
    round = make_round()
    theme = make_theme(round=round)
    make_idea(round=round, theme=theme)
    make_idea(round=round, theme=theme, published=False)
    assert round.themes.with_idea_count().get().idea_count == 1


def test_introduction_is_rendered_without_scripts(db):
    round = make_round(introduction="**Bold** <script>alert(1)</script> [x](javascript:alert(1))")
    assert round.introduction_html == (
        "<p><strong>Bold</strong> &lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1))</p>\n"
    )


def test_round_list_costs_the_same_at_1_and_at_15_rounds(client, db, django_assert_num_queries):
    make_round()
    with django_assert_num_queries(2):
        client.get(reverse("manifesto:round_list"))
    for _ in range(14):
        make_idea(round=make_round())
    with django_assert_num_queries(2):
        client.get(reverse("manifesto:round_list"))


def test_round_page_shows_where_it_stands(client, db):
    round = make_round(title="A manifesto for Mull")
    page = client.get(round.get_absolute_url()).content.decode()
    assert '<h1 lang="en-GB">A manifesto for Mull</h1>' in page
    assert page.count('aria-current="step"') == 1


def test_unannounced_round_is_hidden_everywhere(client, db):
    round = make_round(announced_at=None, title="Secret plans")
    idea = make_idea(round=round)
    for path in (round.get_absolute_url(), reverse("manifesto:idea_list", args=[round.slug])):
        assert client.get(path).status_code == 404
    assert client.get(idea.get_absolute_url()).status_code == 404
    for name in ("home", "manifesto:round_list"):
        assert "Secret plans" not in client.get(reverse(name)).content.decode()


def test_scoring_has_begun_whether_or_not_the_round_is_announced(db):
    now = timezone.now()
    for phase in Phase:
        fields = {"phase": phase, "now": now}
        known, unknown = make_round(**fields), make_round(**fields, announced_at=None)
        assert known.has_begun_scoring(now) == unknown.has_begun_scoring(now)
        assert unknown.phase_at(now) == Phase.UPCOMING
