"""Who is told when an institution takes a position or government answers what was asked."""

import pytest
from django.utils import timezone

from manifesto.models import Endorsement, Follow, Position
from profiles.models import Notification
from profiles.vocabularies import Frequency
from tests.factories import (
    make_answer,
    make_commitment,
    make_expected,
    make_idea,
    make_member,
    make_membership,
    make_organisation,
    make_plan,
    make_position,
    make_round,
    make_signature,
    make_spokesperson,
    make_statement,
    publish_version,
)

pytestmark = pytest.mark.django_db
POSITION, ANSWER = "A position of an institution", "An answer from government"


def today():
    return timezone.localdate()


def told(subject):
    return {row.member for row in Notification.objects.filter(subject=subject).select_related("member")}


def withdraw(entry, **fields):
    values = {"on": today(), "words": "Taken back.", "by": None, "now": timezone.now(), "today": today()}
    entry.withdraw(**{**values, **fields})


def correct(entry, **content):
    return entry.correct(
        content=content, explanation="It was wrong.", by=None, now=timezone.now(), today=today()
    )


def signatory_of(statement):
    """Somebody who may speak for an organisation that signed, and a colleague who may not."""
    organisation = make_organisation()
    speaker = make_spokesperson(organisation=organisation)
    make_membership(member=make_member(), organisation=organisation)
    make_signature(statement=statement, organisation=organisation)
    return speaker


@pytest.fixture
def asked():
    """A commitment drawn from an idea, with members who have a part in it, and their organisations; and strangers."""
    now = timezone.now()
    idea = make_idea(author=make_member())
    asked = make_commitment(ideas=[idea], title="Open diaries")
    supporter, fan, follower, reader = (make_member() for _ in range(4))
    idea.support(supporter, now=now)
    for member, subject in ((fan, idea), (follower, asked), (reader, asked.round)):
        Follow.objects.begin(member, subject, now=now)
    endorsing = make_organisation()
    speaker = make_spokesperson(organisation=endorsing)
    Endorsement.objects.create(organisation=endorsing, commitment=asked, endorsed_at=now)
    statement = make_statement()
    statement.asks.update(commitment=asked)
    signatory = signatory_of(statement)
    left = make_organisation()
    make_spokesperson(organisation=left)
    Endorsement.objects.create(organisation=left, commitment=asked, endorsed_at=now, withdrawn_at=now)
    Follow.objects.begin(make_member(), make_round(), now=now)
    Notification.objects.all().delete()
    concerned = {idea.authorships.get().member, supporter, fan, follower, reader, speaker, signatory}
    return asked, concerned


@pytest.mark.parametrize("kind", ["position", "answer"])
def test_all_concerned_are_told_the_same_and_nobody_else(asked, kind):
    asked, concerned = asked
    if kind == "position":
        entry, subject = make_position(commitment=asked), POSITION
    else:
        entry, subject = make_answer(expected=make_expected(commitment=asked)), ANSWER
    assert told(subject) == concerned
    [words] = {row.words for row in Notification.objects.all()}
    assert "“Open diaries”" in words
    [address] = {row.address for row in Notification.objects.all()}
    assert address.partition("#")[0] == entry.get_absolute_url().partition("#")[0]


def test_signatories_are_told_of_positions_on_asks_whichever_version_they_signed():
    statement = make_statement()
    earlier = signatory_of(statement)
    publish_version(statement, asks=[(1, "Publish the diaries", ""), (2, "Publish list 2", "")])
    later = signatory_of(statement)
    signatory_of(make_statement())
    signatory = make_organisation()
    make_spokesperson(organisation=signatory)
    make_signature(statement=statement, organisation=signatory, withdrawn_at=timezone.now())
    Notification.objects.all().delete()
    make_position(ask=statement.asks.get(number=1))
    assert told(POSITION) == {earlier, later}
    assert "“Publish the diaries” is on record: committed" in Notification.objects.first().words


def test_a_position_on_an_ask_of_a_commitment_concerns_those_of_the_commitment(asked):
    asked, concerned = asked
    make_position(ask=asked.asks.first())
    assert told(POSITION) == concerned


def test_a_correction_and_a_withdrawal_are_told_once(asked):
    asked, concerned = asked
    position = make_position(commitment=asked)
    new = correct(position, stance=Position.Stance.DECLINED)
    withdraw(new)
    with pytest.raises(Exception, match="withdrawn already"):
        withdraw(new)
    for subject in (POSITION, "A position was corrected", "A position was withdrawn"):
        assert told(subject) == concerned
    assert Notification.objects.count() == 3 * len(concerned)
    words = Notification.objects.filter(subject="A position was corrected").first().words
    assert "was corrected: declined" in words


def test_telling_twice_is_impossible(asked):
    asked, concerned = asked
    position = make_position(commitment=asked)
    position.publish(by=None, now=timezone.now(), today=today())
    position._tell(timezone.now())
    assert Notification.objects.count() == len(concerned)


def test_nobody_is_told_of_a_draft_or_of_what_is_not_public(asked):
    asked, _concerned = asked
    make_position(commitment=asked, published=False)
    make_answer(expected=make_expected(commitment=asked), published=False)
    draft = make_statement(published=False)
    draft.asks.update(commitment=asked)
    make_position(ask=draft.asks.first())
    hidden = make_commitment(ideas=list(asked.ideas.all()), published=False)
    make_position(commitment=hidden)
    assert not Notification.objects.exists()


def test_who_wants_no_news_is_told_nothing(asked):
    asked, concerned = asked
    for member in concerned:
        member.choose_email_frequency(Frequency.OFF)
    make_position(commitment=asked)
    make_answer(expected=make_expected(commitment=asked))
    assert not Notification.objects.exists()


def test_an_answer_to_a_promise_concerns_its_followers_and_nobody_without_a_part_in_it(member, other_member):
    promise = make_commitment(plan=make_plan())
    Follow.objects.begin(member, promise, now=timezone.now())
    make_answer(expected=make_expected(commitment=promise))
    assert told(ANSWER) == {member}


def test_it_takes_as_many_queries_whoever_is_concerned(asked, django_assert_num_queries):
    asked, _concerned = asked
    statement = asked.asks.first().statement
    for many in (0, 29):
        for _ in range(many):
            signatory_of(statement)
            Follow.objects.begin(make_member(), asked, now=timezone.now())
        draft = make_position(commitment=asked, published=False)
        draft = Position.objects.get(pk=draft.pk)
        with django_assert_num_queries(12):
            draft.publish(by=None, now=timezone.now(), today=today())
