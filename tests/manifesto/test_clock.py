"""The server's clock is put back, or forward and back, between what people do."""

import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from manifesto.errors import EditedMeanwhile, VotingClosed
from manifesto.models import Action, CommentTally, Draft, Idea, Merge, Phase, Tally, Vote, WordingTally
from tests.factories import idea_content, make_comment, make_idea, make_member, make_round
from tests.manifesto.test_revisions import improve, tallies

DAY = timedelta(days=1)


def wrong_counts():
    wrong = (Tally.objects.wrong(), WordingTally.objects.wrong(), CommentTally.objects.wrong())
    return [found for each in (*wrong, Merge.objects.wrong_survivors()) for found in each]


@pytest.fixture
def idea(db, member):
    return make_idea(author=member, title="First")


def test_wordings_follow_their_numbers_and_votes_the_latest(idea, member, other_member):
    now = timezone.now()
    for title, moment in (
        ("Second", now),
        ("Third", now - DAY),
        ("Fourth", now + DAY),
        ("Fifth", now - 2 * DAY),
    ):
        improve(idea, member, title=title, now=moment)
    idea.refresh_from_db()
    idea.support(other_member, now=now - 3 * DAY)
    assert [revision.number for revision in idea.revisions.all()] == [1, 2, 3, 4, 5]
    assert (idea.title, idea.revisions.published().by_latest().first().title) == ("Fifth", "Fifth")
    assert (idea.votes.get().revision.number, tallies(idea)) == (5, {5: 1})


def test_support_and_withdrawals_stay_counted(idea, other_member):
    now = timezone.now()
    for moment in (now, now - DAY, now + DAY, now):
        idea.support(other_member, now=moment)
        idea.withdraw_support(other_member, now=moment - DAY)
    idea.support(other_member, now=now - DAY)
    idea.support(other_member, now=now + DAY)
    idea.tally.refresh_from_db()
    assert (idea.tally.supporters, idea.tally.withdrawn, Vote.objects.count()) == (1, 4, 1)
    assert wrong_counts() == []


def test_a_merge_that_was_undone_before_it_was_made_never_was(idea, editor):
    other, now = make_idea(round=idea.round), timezone.now()
    for each in (idea, other):
        each.support(editor, now=now)
    merge = idea.merge_into(other, by=editor, reason="Same.", now=now)
    merge.undo(by=editor, now=now - DAY)
    assert [Idea.objects.get(pk=each.pk).tally.supporters for each in (idea, other)] == [1, 1]
    assert wrong_counts() == []


def test_a_phase_is_what_the_clock_says_now_and_nothing_remembers_another(db, member):
    round = make_round(phase=Phase.CROWDSOURCING)
    idea, now = make_idea(round=round), timezone.now()
    assert round.phase_at(now + 100 * DAY) == Phase.PRIORITISATION
    with pytest.raises(VotingClosed):
        idea.support(member, now=now + 100 * DAY)
    idea.support(member, now=now)
    assert (round.phase_at(now), round.allows(Action.SUPPORT, now)) == (Phase.CROWDSOURCING, True)


def test_an_older_page_never_wins_because_its_clock_was_ahead(db, member):
    round, now = make_round(), timezone.now()
    draft = Draft(author=member, round=round, **idea_content(round=round, title="Begun"))
    draft.keep(version=0, now=now + DAY)
    opened = draft.version
    draft.title = "Later, by the clock before"
    draft.keep(version=opened, now=now)
    stale = Draft.objects.get(pk=draft.pk)
    stale.title = "From the older page"
    with pytest.raises(EditedMeanwhile):
        stale.keep(version=opened, now=now + 2 * DAY)
    assert Draft.objects.get(pk=draft.pk).title == "Later, by the clock before"


def test_what_was_said_before_the_clock_was_put_back_can_be_answered_and_mended(idea, member, other_member):
    now = timezone.now()
    comment = make_comment(idea=idea, author=member, now=now + DAY)
    comment.edit("Mended.", by=member, now=now)
    make_comment(idea=idea, author=other_member)
    reply = comment.reply(other_member, "Yes.", key=uuid.uuid4(), now=now)
    assert (reply.parent, comment.is_editable(now)) == (comment, True)
    assert wrong_counts() == []


def test_a_register_is_one_for_each_day_though_the_day_comes_twice(idea):
    make_member()
    now = timezone.now()
    for moment in (now, now - DAY, now):
        call_command("make_registers", verbosity=0)
        idea.round.registers.make(idea.round, now=moment)
    days = [register.made_on for register in idea.round.registers.order_by("made_on")]
    assert days == [timezone.localdate(now - DAY), timezone.localdate(now)]
