"""Votes taken back many at once: of one round or of all, as far as they are open."""

import pytest
from django.utils import timezone

from manifesto.models import Idea, Phase, Vote
from tests.factories import make_idea, make_member, make_round

ADDRESS = "/my/votes/withdrawals/"


@pytest.fixture
def rounds(member):
    """Two that are open, with two votes and one, and one that is closed, with one."""
    now = timezone.now()
    open, other = make_round(title="An open Wales"), make_round(phase=Phase.REFINEMENT)
    for round in (open, open, other):
        make_idea(round=round).support(member, now=now)
    closed = make_round(phase=Phase.PRIORITISATION)
    idea = make_idea(round=closed)
    Vote.objects.create(member=member, idea=idea, revision=idea.revisions.get(), cast_at=now)
    make_idea(round=open).support(make_member(), now=now)
    return open, other, closed


def numbers(member, rounds):
    return [member.votes.filter(idea__round=round).count() for round in rounds]


def test_the_page_offers_each_round_that_is_open(sign_in, member, rounds):
    text = sign_in(member).get(ADDRESS).text
    assert ["Withdraw 2 votes" in text, "Withdraw 1 vote<" in text, "Withdraw all 3 votes" in text] == [
        True
    ] * 3
    assert "1 vote is in a round whose voting is closed" in text


def test_nothing_is_withdrawn_by_looking(sign_in, member, rounds):
    sign_in(member).get(ADDRESS)
    assert numbers(member, rounds) == [2, 1, 1]


def test_votes_of_one_round_are_withdrawn(sign_in, member, rounds):
    response = sign_in(member).post(ADDRESS, {"round": rounds[0].pk}, follow=True)
    assert (numbers(member, rounds), "2 votes are withdrawn." in response.text) == ([0, 1, 1], True)


def test_all_open_votes_are_withdrawn_and_counted_so(sign_in, member, rounds):
    sign_in(member).post(ADDRESS, {"round": "all"})
    assert numbers(member, rounds) == [0, 0, 1]
    ideas = Idea.objects.filter(round__in=rounds).order_by("pk")
    assert [(idea.tally.supporters, idea.tally.withdrawn) for idea in ideas] == [(0, 1)] * 3 + [(1, 0)] * 2


@pytest.mark.parametrize("round", ["", "none", "1e9", "-1", "9" * 30])
def test_without_saying_which_nothing_is_withdrawn(sign_in, member, rounds, round):
    response = sign_in(member).post(ADDRESS, {"round": round})
    assert (response.status_code, numbers(member, rounds)) == (422, [2, 1, 1])


def test_a_closed_round_keeps_its_votes_whatever_is_sent(sign_in, member, rounds):
    sign_in(member).post(ADDRESS, {"round": rounds[2].pk})
    assert numbers(member, rounds) == [2, 1, 1]


def test_nobody_elses_votes_go(sign_in, member, rounds):
    sign_in(member).post(ADDRESS, {"round": "all"})
    assert Vote.objects.exclude(member=member).count() == 1


def test_the_page_takes_as_many_queries_for_many_votes(sign_in, member, rounds, django_assert_num_queries):
    client = sign_in(member)
    for _ in range(2):
        for _ in range(5):
            make_idea(round=make_round()).support(member, now=timezone.now())
        with django_assert_num_queries(6):
            client.get(ADDRESS)
