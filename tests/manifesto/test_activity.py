from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Phase, Vote
from manifesto.views.activity import pictures_of
from profiles.vocabularies import Area
from tests.factories import make_comment, make_decision, make_idea, make_round, make_theme, make_votes

NOW = timezone.now()


@pytest.fixture
def round(db):
    return make_round(now=NOW)


def labels(portions):
    return [portion.label for portion in portions]


def votes_days_ago(days, number, *, idea):
    for vote in make_votes(idea=idea, number=number):
        Vote.objects.filter(pk=vote.pk).update(cast_at=NOW - timedelta(days=days))


def test_portions_count_public_ideas_and_their_support(round):
    theme = make_theme(round=round, name="Open data")
    idea = make_idea(round=round, theme=theme, level="local", areas=[Area.WALES, Area.LONDON])
    make_votes(idea=idea, number=3)
    make_idea(round=round, theme=theme, level="uk", areas=[])
    make_idea(round=round, theme=theme, areas=[Area.SCOTLAND], published=False)
    activity = round.activity_at(NOW)
    assert [(p.ideas, p.support) for p in activity.themes if p.label == "Open data"] == [(2, 3)]
    assert {p.code: (p.ideas, p.support) for p in activity.levels if p.ideas} == {
        "uk": (1, 0),
        "local": (1, 3),
    }
    assert {p.label: (p.ideas, p.support) for p in activity.places if p.ideas} == {
        "Wales": (1, 3),
        "London": (1, 3),
    }
    assert activity.everywhere == 1


def test_what_no_idea_names_is_missing_and_a_region_stands_for_england(round):
    theme, empty = make_theme(round=round), make_theme(round=round, name="Nobody’s")
    make_idea(round=round, theme=theme, areas=[Area.LONDON, Area.WALES])
    activity = round.activity_at(NOW)
    assert labels(activity.empty_nations) == ["Northern Ireland", "Scotland"]
    assert str(empty) in labels(activity.empty_themes)
    assert str(theme) not in labels(activity.empty_themes)


def test_periods_end_yesterday_and_hide_few_votes(round):
    idea = make_idea(round=round, now=NOW - timedelta(days=9))
    votes_days_ago(9, 6, idea=idea)
    votes_days_ago(1, 2, idea=idea)
    votes_days_ago(0, 9, idea=idea)
    [period] = round.activity_at(NOW).periods
    assert (period.ideas, period.votes) == (1, 8)
    assert period.last_day == timezone.localdate(NOW) - timedelta(days=1)


def test_a_round_that_has_not_begun_has_no_periods(db):
    round = make_round(phase=Phase.UPCOMING, now=NOW)
    round.idea_count = 0
    assert round.activity_at(NOW).periods == []
    assert pictures_of(round, NOW)["votes_line"].line == ""


def test_gaining_support_are_those_with_five_new_votes_in_two_weeks(round):
    lately, long_ago, few = (make_idea(round=round, now=NOW - timedelta(days=9)) for _ in range(3))
    votes_days_ago(2, 5, idea=lately)
    votes_days_ago(15, 9, idea=long_ago)
    votes_days_ago(2, 4, idea=few)
    assert [
        (idea.pk, idea.new_votes) for idea in round.ideas.live().gaining_support(NOW).by_new_support()
    ] == [(lately.pk, 5)]


def test_talked_about_are_those_with_readable_comments_the_latest_first(round):
    first, second, waiting, _ = (make_idea(round=round) for _ in range(4))
    make_comment(idea=second, now=NOW - timedelta(days=3))
    make_comment(idea=second, approved=False, now=NOW)
    make_comment(idea=first, now=NOW - timedelta(days=1))
    make_comment(idea=waiting, approved=False)
    assert list(round.ideas.live().talked_about().by_last_comment()) == [first, second]


def page(client, round):
    return client.get(reverse("manifesto:round_detail", args=[round.slug])).content.decode()


def test_the_round_leads_from_what_is_missing_to_an_idea_about_it(client, round):
    theme, empty = make_theme(round=round), make_theme(round=round, name="Nobody’s")
    make_idea(round=round, theme=theme, areas=[Area.ENGLAND, Area.SCOTLAND, Area.WALES])
    text = page(client, round)
    assert "No idea names Northern Ireland yet." in text
    assert f'{reverse("manifesto:draft_create", args=[round.slug])}?area=N92000002"' in text
    assert f'?theme={empty.slug}"' in text


def test_a_round_of_one_nation_has_no_map_and_misses_no_nation(client, db):
    round = make_round(area=Area.WALES)
    make_idea(round=round)
    text = page(client, round)
    assert [words in text for words in ("tile-map", "names Scotland", "By theme")] == [False, False, True]


def test_the_result_comes_first(client, db):
    round = make_round(phase=Phase.SHORTLISTED)
    idea = make_idea(round=round, title="Chosen one")
    make_decision(idea=idea, position=1)
    for address in (reverse("home"), round.get_absolute_url()):
        text = client.get(address).content.decode()
        assert text.index("Chosen one") < text.index("phase-timeline")


def test_the_round_costs_the_same_with_1_and_with_30_of_everything(client, round, django_assert_num_queries):
    def add():
        make_votes(idea=make_idea(round=round), number=5)

    add()
    with django_assert_num_queries(17):
        page(client, round)
    for _ in range(29):
        add()
    with django_assert_num_queries(17):
        page(client, round)
