import csv
import io
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.models import CountRegister, Phase, Tally, Vote
from manifesto.models.vote import grouped
from tests.factories import make_idea, make_member, make_round, make_votes


def make(round):
    return CountRegister.objects.make(round, now=timezone.now())


def file_of(client, register):
    address = reverse("manifesto:register_file", args=[register.round.slug, register.made_on.isoformat()])
    return b"".join(client.get(address).streaming_content).decode()


def recount(path):
    """What the script we publish says of a file; it knows nothing but the file."""
    script = settings.BASE_DIR / "docs/recount_register.py"
    run = subprocess.run([sys.executable, "-I", script, path], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout.splitlines()


def test_anybody_can_recount_with_the_file_alone(client, db, tmp_path):
    round = make_round()
    ideas = [make_idea(round=round) for _ in range(3)]
    make_votes(idea=ideas[0], number=4)
    make_votes(idea=ideas[1], number=1)
    path = tmp_path / "register.csv"
    path.write_text(file_of(client, make(round)))
    assert recount(path) == (
        0,
        [
            "idea 1: 4 codes, 4 supporters stated",
            "idea 2: 1 codes, 1 supporters stated",
            "idea 3: 0 codes, 0 supporters stated",
            "Every code stands once, and every count agrees.",
        ],
    )
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:-1], lines[3]]))
    assert recount(path)[0] == 1


def test_codes_are_sorted_and_tell_nothing_of_members(client, db, member):
    round = make_round()
    idea = make_idea(round=round)
    codes = sorted(grouped(vote.receipt) for vote in make_votes(idea=idea, number=8))
    text = file_of(client, make(round))
    assert [row["code"] for row in csv.DictReader(io.StringIO(text)) if row["code"]] == codes
    assert [vote.member.email for vote in idea.votes.all() if vote.member.email in text] == []


def test_withdrawals_are_numbered_and_their_codes_gone(client, db, member):
    idea = make_idea()
    idea.support(member, now=timezone.now())
    code = grouped(idea.votes.get().receipt)
    idea.withdraw_support(member, now=timezone.now())
    text = file_of(client, make(idea.round))
    assert ("1,withdrawn,,1" in text, code in text) == (True, False)


def test_each_supporter_of_merged_ideas_counts_with_one_code(client, db, editor, member, other_member):
    round, now = make_round(), timezone.now()
    survivor, merged = make_idea(round=round), make_idea(round=round)
    survivor.support(member, now=now)
    merged.support(member, now=now)
    merged.support(other_member, now=now)
    merged.merge_into(survivor, by=editor, reason="The same wish.", now=now)
    entry = make(round).entries.get()
    assert (entry.idea, len(entry.counted), len(entry.elsewhere)) == (survivor, 2, 1)
    assert entry.counted == sorted(
        [survivor.votes.get(member=member).receipt, merged.votes.get(member=other_member).receipt]
    )
    assert Tally.objects.get(idea=survivor).supporters == len(entry.counted)


def test_a_day_has_one_register_and_it_stays_as_it_was(db):
    idea = make_idea()
    make_votes(idea=idea)
    first = make(idea.round)
    make_votes(idea=idea)
    assert make(idea.round) == first
    assert [len(entry.counted) for entry in first.entries.all()] == [1]
    with pytest.raises(IntegrityError, match="register_one_per_round_and_day"), transaction.atomic():
        CountRegister.objects.create(round=idea.round, made_on=first.made_on, made_at=timezone.now())


def test_the_job_makes_registers_of_rounds_that_are_voted_on(db):
    wanted = {make_round(phase=phase) for phase in (Phase.CROWDSOURCING, Phase.REFINEMENT)}
    make_round(phase=Phase.UPCOMING)
    make_round(phase=Phase.SHORTLISTED)
    make_round(announced_at=None)
    for _ in range(2):
        call_command("make_registers")
    assert {register.round for register in CountRegister.objects.all()} == wanted
    assert CountRegister.objects.count() == 2


def test_a_register_agrees_with_votes_until_somebody_meddles(db):
    idea = make_idea()
    votes = make_votes(idea=idea, number=3)
    register = make(idea.round)
    idea.support(make_member(), now=timezone.now() + timedelta(seconds=1))
    idea.withdraw_support(votes[0].member, now=timezone.now())
    assert list(register.faults()) == []
    Vote.objects.filter(pk=votes[1].pk).delete()
    Tally.objects.filter(idea=idea).update(withdrawn=1)
    assert len(list(register.faults())) == 1


def vote_cast(idea, moment):
    Vote.objects.create(member=make_member(), idea=idea, revision=idea.revisions.get(), cast_at=moment)


def test_an_older_vote_missing_from_the_register_is_found(db):
    idea = make_idea()
    register = make(idea.round)
    vote_cast(idea, register.made_at - timedelta(minutes=2))
    assert list(register.faults()) == [f"{register}: 1 older votes are not in it"]


def test_a_vote_that_was_on_its_way_while_the_register_was_made_is_no_fault(db):
    idea = make_idea()
    register = make(idea.round)
    vote_cast(idea, register.made_at - timedelta(seconds=10))
    assert list(register.faults()) == []


def test_my_votes_shows_my_code_to_me(client, db, member):
    idea = make_idea()
    idea.support(member, now=timezone.now())
    client.force_login(member)
    assert grouped(idea.votes.get().receipt) in client.get(reverse("manifesto:my_votes")).content.decode()


def test_pages_of_registers(client, db):
    idea = make_idea(title="Open diaries")
    register = make(idea.round)
    listed = client.get(reverse("manifesto:register_list", args=[idea.round.slug])).content.decode()
    assert register.get_absolute_url() in listed
    assert "Open diaries" in client.get(register.get_absolute_url()).content.decode()


@pytest.mark.parametrize("day", ["2015-02-31", "0000-00-00", "2015-03-31"])
def test_unknown_days_are_not_found(client, db, day):
    round = make_round()
    assert client.get(f"/rounds/{round.slug}/registers/{day}/").status_code == 404


def test_registers_of_a_hidden_round_are_hidden(client, db):
    round = make_round()
    register = make(round)
    type(round).objects.filter(pk=round.pk).update(announced_at=None)
    assert client.get(register.get_absolute_url()).status_code == 404


def test_a_registers_page_costs_the_same_at_1_and_at_30_ideas(client, db, django_assert_num_queries):
    for number in (1, 30):
        round = make_round()
        for _ in range(number):
            make_votes(idea=make_idea(round=round))
        address = make(round).get_absolute_url()
        with django_assert_num_queries(3):
            client.get(address)
