"""What owners of actions are told: before they are due, when they are overdue, and not for ever."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from meetings.models import Action
from profiles.models import Notification
from profiles.vocabularies import Frequency
from tests.factories import make_action, make_member, make_note

DAY = timedelta(days=1)
SOON, LATE = "Something you promised is due soon", "Something you promised is overdue"
NOW = timezone.now()
DUE = timezone.localdate(NOW) + 30 * DAY


def told(member):
    return list(Notification.objects.filter(member=member).by_oldest().values_list("subject", flat=True))


def tell(*days):
    """As cron does, twice on each of the days counted from the one it is due on."""
    for day in days:
        for _ in range(2):
            Action.objects.tell_owners(NOW + (30 + day) * DAY)


def test_owner_is_reminded_a_week_before_and_then_when_it_is_overdue(member):
    action = make_action(text="Write the letter", owner_member=member, due_on=DUE)
    for days, number in ((range(-20, -7), 0), (range(-7, 1), 1), (range(1, 30), 2), (range(30, 60), 3)):
        tell(*days)
        assert len(told(member)) == number
    assert told(member) == [SOON, LATE, LATE]
    first = Notification.objects.by_oldest().first()
    assert "Write the letter" in first.words
    assert (first.address, first.words.count(f"due on {action.due}")) == (action.get_absolute_url(), 1)


def test_reminders_end(member):
    make_action(owner_member=member, due_on=DUE)
    tell(*range(-8, 400, 4))
    assert told(member) == [SOON, *[LATE] * 6]


def test_days_the_command_did_not_run_are_made_up_for(member):
    make_action(owner_member=member, due_on=DUE)
    tell(-2, 17)
    assert told(member) == [SOON, LATE]


@pytest.mark.parametrize("state", ["done", "dropped", "draft", "no date", "no account", "no e-mails"])
def test_who_is_left_in_peace(member, state):
    action = make_action(
        note=make_note(published=state != "draft"),
        owner_member=None if state == "no account" else member,
        due_on=None if state == "no date" else DUE,
    )
    if state == "done":
        action.finish(by=None, now=NOW)
    if state == "dropped":
        action.drop("No.", by=None, now=NOW)
    if state == "no e-mails":
        member.email_frequency = Frequency.OFF
        member.save()
    tell(-5, 3)
    assert not Notification.objects.exists()


def test_what_waits_to_be_told_is_taken_back_when_it_is_done(member):
    action = make_action(owner_member=member, due_on=DUE)
    other = make_action(owner_member=member, due_on=DUE)
    tell(-5)
    action.finish(by=member, now=NOW)
    assert list(Notification.objects.values_list("address", flat=True)) == [other.get_absolute_url()]


def test_new_date_and_new_owner_are_told_afresh(member):
    new = make_member()
    action = make_action(owner_member=member, owner_name="Kim", due_on=DUE)
    tell(-5)
    action.postpone(DUE + 60 * DAY, by=None, now=NOW)
    tell(3)
    assert told(member) == []
    action.hand_over(name="Lee", organisation=None, member=new, by=None, now=NOW)
    tell(55)
    assert (told(member), told(new)) == ([], [SOON])


def test_number_is_no_beginning_of_another(member):
    """Taking back what waits about action 1 leaves what waits about action 10."""
    note = make_note()
    make_action(pk=1, note=note, owner_member=member, due_on=DUE)
    make_action(pk=10, note=note, owner_member=member, due_on=DUE)
    tell(-5)
    Action.objects.get(pk=1).finish(by=None, now=NOW)
    assert Notification.objects.get().address.endswith("/10/")


def test_command_reminds(member):
    make_action(owner_member=member, due_on=timezone.localdate() + DAY)
    for _ in range(2):
        call_command("remind_action_owners")
    assert told(member) == [SOON]
