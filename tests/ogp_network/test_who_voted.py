"""Whatever is published, it is the same whoever voted: nothing can be found out of voters by comparing what is public.

Two sets of people, who differ in everything the site knows of them, support the same ideas one after the other. Whoever
attacks sees everything public after each vote, its differences too. If that is the same in both worlds, none of it says
anything about who they are.
"""

import re
from datetime import timedelta
from itertools import pairwise, product

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from manifesto.models import CountRegister, Idea, Vote
from profiles.small_cells import FEWEST, is_small, may_be_told
from tests.addresses import Addresses, routes
from tests.factories import (
    make_attendance,
    make_comment,
    make_criterion,
    make_idea,
    make_meeting,
    make_member,
    make_membership,
    make_note,
    make_organisation,
    make_round,
    make_theme,
)
from tests.remembering import Remembering

DAY = timedelta(days=1)
# For members and staff, without anything of a round, or what changes with the clock alone.
ELSEWHERE = re.compile(
    r"^/(admin|account|my|cy|cards|style|stories|organisations|meetings|calls|news|drafts|health)/"
)
# A form has a token against forgery, and that of a comment a key of its own.
FORM_TOKEN = re.compile(r'(name="(?:csrfmiddlewaretoken|key)" value=")[^"]*')


class Undone(Exception):
    """Ends a world."""


@pytest.fixture
def round(db):
    """With ideas of two themes and nations, so that there is something to break down by."""
    round = make_round(now=timezone.now() - 20 * DAY, slug="wales")
    themes = [make_theme(round=round) for _ in range(2)]
    make_criterion(round=round)
    for at, theme in enumerate([*themes, themes[0]]):
        make_comment(idea=make_idea(round=round, theme=theme, areas=[["W92000004"], ["S92000003"], []][at]))
    Idea.objects.update(published_at=timezone.now() - 15 * DAY)
    return round


def old_hands():
    """Welsh, known to organisations and meetings, and members for long."""
    organisation = make_organisation(name="Cymru Open", areas=["W92000004"])
    meeting = make_note(meeting=make_meeting(days=-9)).meeting
    people = [
        make_member(email=f"old{n}@cymru.example", language="cy", joined_at=timezone.now() - 900 * DAY)
        for n in range(8)
    ]
    for person in people:
        make_membership(member=person, organisation=organisation)
        make_attendance(meeting=meeting, member=person, name="A. Nonymous")
    return people


def newcomers():
    """Who joined a moment ago, all from one free mail host, and belong nowhere."""
    return [make_member(email=f"new{n}@throwaway.example", name="") for n in range(8)]


def public_addresses(round):
    """Where a visitor can read what a vote could change."""
    known = Addresses(round)
    return [address for route in routes() for address in known.of(route) if not ELSEWHERE.match(address)]


def public_at(address):
    response = Client().get(address)
    body = response.getvalue() if response.streaming else response.content
    return FORM_TOKEN.sub(r"\1", body.decode("utf-8", "replace"))


def seen_by_an_attacker(round, voters, addresses, public):
    """What is public after each of the votes that these people give, in the same order and at the same moments."""
    ideas, began = list(round.ideas.order_by("number")), timezone.now() - 12 * DAY
    seen = []
    try:
        with transaction.atomic():
            for at, voter in enumerate(voters):
                idea = ideas[at % 2]
                moment = began + at * DAY
                receipt = f"{'ABCDEFGH'[at] * 16}"
                Vote.objects.create(
                    member=voter, idea=idea, revision=idea.revisions.get(), cast_at=moment, receipt=receipt
                )
                CountRegister.objects.make(round, now=moment)
                public.the_database_changed()
                seen.append({address: public(address) for address in addresses})
            raise Undone
    except Undone:
        return seen


def test_nothing_public_says_who_voted(round):
    worlds, addresses, public = [old_hands(), newcomers()], public_addresses(round), Remembering(public_at)
    one, other = (seen_by_an_attacker(round, voters, addresses, public) for voters in worlds)
    differing = {
        (vote, address)
        for vote, (before, after) in enumerate(zip(one, other, strict=True))
        for address in before.keys() | after.keys()
        if before.get(address) != after.get(address)
    }
    assert sorted(differing) == []


def test_the_attacker_sees_the_votes_come_in(round):
    """Or the test above couldn't fail: each vote changes what is public."""
    seen = seen_by_an_attacker(round, newcomers()[:3], public_addresses(round), Remembering(public_at))
    changed = [{a for a in before if before[a] != after.get(a)} for before, after in pairwise(seen)]
    wanted = {"/rounds/wales/ideas/1/", "/rounds/wales/ideas/2/", "/open-data/ideas.csv"}
    assert [sorted(wanted - {a for c in changed for a in c})] == [[]]


def test_a_small_part_is_told_of_no_whole():
    """Neither from the part nor, the whole being public, from what is left of it."""
    told = [
        (part, whole)
        for whole, part in product(range(40), range(40))
        if part <= whole and may_be_told(part, whole)
    ]
    assert [pair for pair in told if is_small(pair[0]) or is_small(pair[1] - pair[0])] == []


@pytest.mark.parametrize("whole", range(40))
def test_that_a_part_is_not_told_does_not_say_how_large_it_is(whole):
    """Whoever knows the rule and the whole, and is told nothing, is left with more than one number."""
    hidden = [part for part in range(whole + 1) if not may_be_told(part, whole)]
    assert len(hidden) != 1 or whole in (2,)


@pytest.mark.parametrize(
    ("new", "earlier", "is_told"), [(5, 0, True), (5, 5, True), (4, 5, False), (5, 1, False), (9, 4, False)]
)
def test_new_support_is_told_only_if_the_rest_is_not_a_few_people(db, new, earlier, is_told):
    now = timezone.now()
    idea = make_idea(round=make_round(now=now - 20 * DAY))
    revision = idea.revisions.get()
    for at in range(new + earlier):
        moment = now - (DAY if at < new else 16 * DAY)
        Vote.objects.create(member=make_member(), idea=idea, revision=revision, cast_at=moment)
    assert (idea in Idea.objects.live().gaining_support(now), FEWEST) == (is_told, 5)
