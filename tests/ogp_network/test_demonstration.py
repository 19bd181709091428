from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from manifesto.models import CountRegister, Idea, Phase, Round, Tally, Vote
from meetings.models import Attendance, Meeting, Note
from ogp_network.demonstration import ACCOUNTS, PASSWORD, load
from profiles.models import Member, Profile
from tests.factories import make_member

ROUNDS = {"uk": Phase.CROWDSOURCING, "wales": Phase.PRIORITISATION, "pilot": Phase.SHORTLISTED}


def test_the_command_refuses_outside_demonstrations(db):
    with pytest.raises(CommandError, match="SITE_MODE=demonstration"):
        call_command("load_demonstration")
    assert Round.objects.count() == 0


def test_the_command_refuses_a_database_with_members_of_its_own(db, settings):
    settings.DEMO_MODE = True
    make_member(email="someone@real.example")
    with pytest.raises(CommandError, match="members of its own"):
        call_command("load_demonstration")
    assert Round.objects.count() == 0


@pytest.fixture(scope="module")
def loaded_once(django_db_setup, django_db_blocker):
    """When the demonstration was loaded, once for all tests here; each undoes what it does on top of that."""
    now = timezone.now()
    with django_db_blocker.unblock(), transaction.atomic():
        load(now=now)
        with django_db_blocker.block():
            yield now
        transaction.set_rollback(True)


@pytest.fixture
def loaded(loaded_once, db):
    return loaded_once


def counts():
    return [model.objects.count() for model in (Member, Idea, Vote, Meeting, Attendance, Note, Profile)]


@pytest.mark.parametrize("days_later", [0, 45, 400])
def test_every_round_is_in_its_phase_whenever_it_is_loaded(loaded, days_later):
    later = loaded + timedelta(days=days_later)
    load(now=later)
    assert {round.slug: round.phase_at(later) for round in Round.objects.all()} == ROUNDS


def test_loading_twice_changes_nothing(loaded):
    before = counts()
    load(now=loaded)
    assert counts() == before


def test_it_holds_what_it_promises(loaded):
    uk, wales, pilot = (Round.objects.get(slug=slug) for slug in ROUNDS)
    assert (uk.ideas.published().count(), uk.ideas.pending().count(), uk.themes.count()) == (17, 2, 5)
    assert (pilot.ideas.shortlisted().count(), pilot.ideas.published().filter(decision=None).count()) == (
        5,
        0,
    )
    scored = wales.ideas.filter(revisions__assessments__isnull=False).distinct().count()
    assert (wales.ideas.published().count(), wales.expert_terms.count(), scored > 0) == (12, 4, True)
    assert {area for idea in uk.ideas.published() for area in idea.areas} >= {
        "E92000001",
        "W92000004",
        "S92000003",
        "N92000002",
    }
    assert set(uk.ideas.published().values_list("level", flat=True)) == {
        "uk",
        "devolved",
        "local",
        "parliament",
    }


def test_the_real_meetings_are_as_published(loaded):
    november = Meeting.objects.get(slug="2014-11-15-political-parties")
    chair = november.attendances.get(role="chair")
    assert (november.attendances.count(), chair.name, chair.organisation.name) == (
        10,
        "Tim Hughes",
        "Involve",
    )
    assert november.attendances.get(organisation=None).name == "David Newman"
    minister = Meeting.objects.get(slug="2014-11-04-francis-maude")
    sides = [minister.attendances.filter(side=side).count() for side in ("civil_society", "government")]
    assert (sides, minister.starts_at, minister.venue) == ([7, 4], None, "")


def test_counters_agree_with_votes(loaded):
    assert {tally.idea_id: tally.supporters for tally in Tally.objects.all()} == {
        idea.pk: idea.votes.count() for idea in Idea.objects.filter(votes__isnull=False).distinct()
    }


def test_registers_of_the_day_agree_with_the_votes(loaded):
    registers = CountRegister.objects.latest_of_each_round()
    assert {register.round.slug for register in registers} == {"uk"}
    assert [fault for register in registers for fault in register.faults()] == []


def test_nothing_lies_in_the_future(loaded):
    later = loaded + timedelta(days=3)
    load(now=later)
    assert not Idea.objects.filter(published_at__gt=later).exists()
    assert not Vote.objects.filter(cast_at__gt=later).exists()


@pytest.mark.parametrize("account", ACCOUNTS)
def test_everybody_named_can_sign_in(client, loaded, account):
    assert client.login(email=f"{account}@example.org", password=PASSWORD)
