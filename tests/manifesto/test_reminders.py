"""What experts are told of scoring: that it is open, and that it closes soon while something is left to them."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from manifesto.models import ExpertTerm, Round
from profiles.models import Notification
from profiles.vocabularies import Frequency

DAY = timedelta(days=1)
OPENED, CLOSES = "Ideas for you to score", "Scoring closes soon"


def subjects(member):
    """What the expert was told, the phases aside."""
    told = Notification.objects.filter(member=member, subject__in=[OPENED, CLOSES])
    return list(told.by_oldest().values_list("subject", flat=True))


def tell(term, days_before_closing):
    """As cron does, twice."""
    for _ in range(2):
        ExpertTerm.objects.tell_what_is_left(term.round.scoring_close_at - days_before_closing * DAY)


def test_experts_hear_once_of_the_opening_and_once_of_the_closing(term):
    for days in (20, 10, 3, 2, 1):
        tell(term, days)
    assert subjects(term.member) == [OPENED, CLOSES]
    words = Notification.objects.get(subject=CLOSES).words
    assert words.startswith("You have 3 ideas left in An open Wales. Scoring closes on ")


def test_appointed_at_the_last_moment_hears_of_the_closing_alone(term):
    tell(term, 2)
    assert subjects(term.member) == [CLOSES]


def test_later_closing_is_worth_another_reminder(term):
    tell(term, 1)
    Round.objects.update(scoring_close_at=term.round.scoring_close_at + 5 * DAY)
    term.round.refresh_from_db()
    tell(term, 1)
    assert subjects(term.member) == [CLOSES, CLOSES]


def test_who_is_done_out_of_term_or_set_aside_is_left_in_peace(term, assess, editor):
    assess(term, 1, 1)
    tell(term, 2)
    assert subjects(term.member) == []
    term.assessments.all().delete()
    ExpertTerm.objects.update(ends_on=timezone.localdate() - 50 * DAY)
    tell(term, 2)
    ExpertTerm.objects.update(ends_on=None)
    term.set_aside(reason="Why.", by=editor, now=timezone.now())
    tell(term, 2)
    assert subjects(term.member) == []


@pytest.mark.parametrize("days", [-1, 40])
def test_nothing_is_told_while_scoring_is_closed(term, days):
    tell(term, days)
    assert subjects(term.member) == []


def test_nothing_is_told_of_a_round_nobody_knows_of_or_that_is_published(term):
    for fields in ({"announced_at": None}, {"shortlist_published_at": timezone.now()}):
        Round.objects.update(**fields)
        tell(term, 2)
    assert subjects(term.member) == []


def test_member_who_wants_no_news_gets_none(term):
    term.member.email_frequency = Frequency.OFF
    term.member.save()
    tell(term, 2)
    assert subjects(term.member) == []


def test_long_second_look_is_reminded_of_and_a_short_one_is_not(term, editor, assess):
    close = timezone.now() - DAY
    Round.objects.update(scoring_close_at=close)
    term.round.refresh_from_db()
    ideas = list(term.round.ideas.all())
    term.round.open_second_look(ideas, closes_at=close + 3 * DAY, by=editor, now=timezone.now())
    ExpertTerm.objects.tell_what_is_left(timezone.now())
    assert subjects(term.member) == []
    term.round.open_second_look(ideas, closes_at=close + 9 * DAY, by=editor, now=timezone.now())
    ExpertTerm.objects.tell_what_is_left(close + 7 * DAY)
    assert subjects(term.member) == [CLOSES]


def test_the_command_of_the_phases_tells_experts_too(term):
    call_command("announce_phases")
    assert subjects(term.member) == [OPENED]


@pytest.mark.parametrize(
    ("offset", "is_scored"), [(-DAY, False), (timedelta(0), True), (29 * DAY, True), (30 * DAY, False)]
)
def test_rounds_being_scored_agree_with_the_window(scored_round, offset, is_scored):
    now = scored_round.scoring_open_at + offset
    assert Round.objects.being_scored(now).exists() is is_scored
    assert (scored_round.scoring_window(now) is not None) is is_scored
