import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from manifesto.models import CommentTally, CountRegister, Idea, Tally, Vote, WordingTally
from tests.factories import make_comment, make_idea, make_member, make_round, make_votes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def counted():
    """A round with a merged idea, its survivor, one that stands alone, votes for each, and a register of them."""
    round = make_round(slug="wales")
    source, target, alone = [make_idea(round=round) for _ in range(3)]
    member = make_member()
    for idea in (source, target, alone):
        make_votes(idea=idea, number=2)
        idea.support(member, now=timezone.now())
    source.merge_into(target, by=None, reason="The same.", now=timezone.now())
    CountRegister.objects.make(round, now=timezone.now())
    return source, target, alone


def faults(capsys):
    """What the command says before it fails."""
    with pytest.raises(CommandError):
        call_command("verify_counts")
    return capsys.readouterr().out.splitlines()


def test_counts_that_agree_pass(counted, capsys):
    counted[1].withdraw_support(make_member(), now=timezone.now())
    call_command("verify_counts")
    assert capsys.readouterr().out == "Votes, comments, tallies, merges and count registers agree.\n"


def test_nothing_to_count_passes():
    call_command("verify_counts", verbosity=0)


def test_a_wrong_tally_is_found(counted, capsys):
    Tally.objects.filter(idea=counted[1]).update(supporters=6)
    assert faults(capsys) == ["wales, idea 2: the tally says 6 supporters, the votes say 5."]


def test_a_missing_tally_is_found(counted, capsys):
    Tally.objects.filter(idea=counted[2]).delete()
    assert faults(capsys) == ["wales, idea 3: the tally says 0 supporters, the votes say 3."]


def test_a_wrong_tally_of_a_wording_is_found(counted, capsys):
    WordingTally.objects.filter(idea=counted[0]).update(supporters=9)
    assert faults(capsys) == ["wales, idea 1: the tally of wording 1 is wrong, the votes say 3."]


def test_a_survivor_that_no_merge_gives_is_found(counted, capsys):
    source, target, alone = counted
    Idea.objects.filter(pk=alone.pk).update(survivor=target)
    assert "wales, idea 3: by the merges in force it should count for itself." in faults(capsys)
    Idea.objects.filter(pk=alone.pk).update(survivor=None)
    Idea.objects.filter(pk=source.pk).update(survivor=None)
    assert "wales, idea 1: by the merges in force it should count for wales, idea 2." in faults(capsys)


def test_a_register_that_lists_other_votes_is_found(counted, capsys):
    Vote.objects.filter(idea=counted[2]).first().delete()
    Tally.objects.filter(idea=counted[2]).update(withdrawn=0)
    assert [line for line in faults(capsys) if "1 codes have no vote" in line] != []


def test_a_wrong_number_of_comments_is_found(counted, capsys):
    make_comment(idea=counted[2])
    CommentTally.objects.filter(idea=counted[2]).update(comments=5)
    assert faults(capsys) == ["wales, idea 3: the tally of comments is wrong, 1 can be read."]
