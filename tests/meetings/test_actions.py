"""Actions after their meeting: what happens to them, who may say so, and what everybody can read of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from meetings.models import Action, ActionEvent, Meeting
from profiles.errors import NotReady
from tests.factories import make_action, make_meeting, make_note, make_organisation

DAY = timedelta(days=1)
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


def kinds(action):
    return list(action.events.values_list("kind", flat=True))


def told(**fields):
    return {"by": None, "now": NOW, **fields}


# Verbs


def test_finishing_twice_keeps_the_first_time_and_name(editor, administrator):
    action = make_action()
    action.finish(words="Sent.", by=editor, now=NOW)
    action.finish(words="Sent again.", by=administrator, now=NOW + DAY)
    event = action.events.get()
    assert (action.done_at, event.made_by, event.words) == (NOW, editor, "Sent.")


def test_dropping_takes_a_reason_and_counts_once(db):
    action = make_action()
    with pytest.raises(NotReady, match="why it is dropped"):
        action.drop(" ", **told())
    action.drop("Too dear.", **told())
    action.drop("Still too dear.", **told(now=NOW + DAY))
    assert (action.dropped_at, kinds(action)) == (NOW, ["dropped"])


@pytest.mark.parametrize("close", ["finish", "drop"])
def test_reopening_what_is_closed_or_open(db, close):
    action = make_action()
    action.reopen(**told())
    getattr(action, close)(words="Why.", **told())
    action.reopen(words="Not quite.", **told())
    assert (action.is_open, kinds(action)) == (True, ["done" if close == "finish" else "dropped", "reopened"])


def test_new_date_replaces_what_was_written(db):
    action = make_action(due_text="before the summer")
    action.postpone(TODAY + DAY, words="Holidays.", **told())
    action.postpone(TODAY + DAY, **told())
    event = action.events.get()
    assert (action.due_on, action.due_text, event.before) == (TODAY + DAY, "", "before the summer")
    assert event.after == action.due
    with pytest.raises(NotReady, match="passed already"):
        action.postpone(TODAY - DAY, **told())


def test_new_owner_is_on_record_as_published(member, other_member):
    river = make_organisation(name="River Watch")
    action = make_action(owner_name="Kim", owner_member=member)
    new = {"name": "Lee", "organisation": river, "member": other_member}
    action.hand_over(**new, words="Kim is away.", by=member, now=NOW)
    action.hand_over(**new, by=member, now=NOW)
    event = action.events.get()
    assert (event.before, event.after, event.is_from_owner) == ("Kim", "Lee, River Watch", True)
    assert (action.owner, action.owner_member) == ("Lee, River Watch", other_member)
    with pytest.raises(NotReady, match="who does it"):
        action.hand_over(name="", organisation=None, member=None, **told())
    assert action.owner_name == "Lee"


def test_same_update_right_after_itself_is_said_once(db):
    action = make_action()
    for words in ("Half done.", "Half done.", "Nearly.", "Half done."):
        action.remark(words, **told())
    assert list(action.events.values_list("words", flat=True)) == ["Half done.", "Nearly.", "Half done."]
    with pytest.raises(NotReady, match="how it goes"):
        action.remark("  ", **told())


CHANGES = {
    "carried": lambda action: action.carry_to(make_meeting(), **told()),
    "postponed": lambda action: action.postpone(TODAY + DAY, **told()),
    "handed_over": lambda action: action.hand_over(name="Lee", organisation=None, member=None, **told()),
    "remark": lambda action: action.remark("Well.", **told()),
    "done": lambda action: action.finish(**told()),
    "reopened": lambda action: action.reopen(**told()),
    "dropped": lambda action: action.drop("No.", **told()),
}
# What each state takes; everything else is refused, or changes nothing where it is so already.
TAKEN = {
    "open": ["carried", "postponed", "handed_over", "remark", "done", "dropped"],
    "done": ["remark", "reopened"],
    "dropped": ["remark", "reopened"],
}


@pytest.mark.parametrize("state", TAKEN)
@pytest.mark.parametrize("kind", CHANGES)
def test_what_can_happen_to_an_action_in_each_state(db, state, kind):
    action = make_action(
        done_at=NOW if state == "done" else None, dropped_at=NOW if state == "dropped" else None
    )
    same = {("open", "reopened"), ("done", "done"), ("dropped", "dropped")}
    if kind in TAKEN[state] or (state, kind) in same:
        CHANGES[kind](action)
    else:
        with pytest.raises(NotReady, match="Open it again first"):
            CHANGES[kind](action)
    assert kinds(action) == ([kind] if kind in TAKEN[state] else [])


# Carrying forward


def test_carrying_links_the_action_and_copies_nothing(db):
    action, meeting = make_action(), make_meeting()
    assert [action.carry_to(meeting, **told()) for _ in range(2)] == [True, False]
    assert list(Action.objects.carried_to(meeting)) == [action] == list(Action.objects.all())
    action.leave_out_of(meeting)
    assert not Action.objects.carried_to(meeting).exists()


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"days": -7}, "to a later meeting"),
        ({"days": -30}, "to a later meeting"),
        ({"cancelled_at": NOW}, "is cancelled"),
    ],
)
def test_actions_are_carried_to_later_meetings_that_take_place(db, fields, words):
    action = make_action()
    with pytest.raises(NotReady, match=words):
        action.carry_to(make_meeting(**fields), **told())


def test_actions_on_the_agenda_of_a_meeting_with_a_public_note_stay_as_they_are(db):
    action, note = make_action(note=make_note(meeting=make_meeting(days=-30))), make_note(published=False)
    action.carry_to(note.meeting, **told())
    note.publish(by=None, now=NOW)
    meeting = Meeting.objects.get(pk=note.meeting.pk)
    with pytest.raises(NotReady, match="note of that meeting is public"):
        action.leave_out_of(meeting)
    with pytest.raises(NotReady, match="its note is public already"):
        make_action(note=action.note).carry_to(meeting, **told())


def test_actions_of_drafts_are_neither_offered_nor_carried(db):
    action, meeting = make_action(note=make_note(published=False)), make_meeting()
    assert list(Action.objects.offered_to(meeting)) == []
    with pytest.raises(NotReady, match="isn’t public yet"):
        action.carry_to(meeting, **told())


def test_what_is_offered_to_a_meeting(db):
    meeting = make_meeting()
    offered = make_action(text="Offered")
    make_action(done_at=NOW)
    make_action(dropped_at=NOW)
    make_action(note=make_note(meeting=make_meeting(days=-7, kind="workshop")))
    make_action().carry_to(meeting, **told())
    assert list(Action.objects.offered_to(meeting)) == [offered]


def test_two_who_carry_at_once_carry_once(transactional_db, at_once):
    action, meeting = make_action(), make_meeting()
    results = at_once(*[lambda: Action.objects.get(pk=action.pk).carry_to(meeting, **told())] * 2)
    assert (sorted(results), action.events.count()) == ([False, True], 1)


# Integrity and agreement


@pytest.mark.parametrize(
    "fields, name",
    [
        ({"kind": "carried"}, "action_event_meeting_if_carried"),
        ({"kind": "remark"}, "action_event_has_words"),
        ({"kind": "dropped"}, "action_event_has_words"),
        ({"kind": "postponed", "after": "May"}, "action_event_says_what_changed"),
        ({"kind": "done", "before": "May"}, "action_event_says_what_changed"),
    ],
)
def test_events_say_what_their_kind_needs(db, fields, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ActionEvent.objects.create(action=make_action(), made_at=NOW, **fields)


def test_action_is_carried_once_to_a_meeting(db):
    values = {"action": make_action(), "meeting": make_meeting(), "kind": "carried", "made_at": NOW}
    ActionEvent.objects.create(**values)
    with pytest.raises(IntegrityError, match="action_carried_once_to_a_meeting"), transaction.atomic():
        ActionEvent.objects.create(**values)


def test_only_carrying_names_a_meeting(db):
    values = {"action": make_action(), "meeting": make_meeting(), "kind": "done", "made_at": NOW}
    with pytest.raises(IntegrityError, match="action_event_meeting_if_carried"), transaction.atomic():
        ActionEvent.objects.create(**values)


def test_action_is_not_done_and_dropped(db):
    with pytest.raises(IntegrityError, match="action_done_or_dropped"), transaction.atomic():
        make_action(done_at=NOW, dropped_at=NOW)


@pytest.mark.parametrize("state", ["open", "overdue", "done", "dropped"])
def test_states_as_querysets_and_predicates_agree(db, state):
    for fields in ({}, {"done_at": NOW}, {"dropped_at": NOW}):
        for due_on in (None, TODAY - DAY, TODAY, TODAY + DAY):
            make_action(due_on=due_on, **fields)
    arguments = [TODAY] if state == "overdue" else []

    def holds(action):
        predicate = getattr(action, f"is_{state}")
        return predicate(*arguments) if arguments else predicate

    expected = {action for action in Action.objects.all() if holds(action)}
    assert set(getattr(Action.objects, state)(*arguments)) == expected
    assert len(expected) == (1 if state == "overdue" else 4)
    assert Action.objects.count_by_status(TODAY)[state] == len(expected)


def test_delay_is_told_in_days(db):
    make_action(due_on=TODAY - 3 * DAY)
    make_action(due_on=TODAY - 3 * DAY, done_at=NOW)
    make_action(due_on=TODAY)
    delays = Action.objects.with_delay(TODAY).order_by("pk").values_list("overdue_by", flat=True)
    assert list(delays) == [3 * DAY, None, None]


def test_owner_who_deletes_the_account_leaves_the_action(member):
    action = make_action(owner_name="Kim", owner_member=member)
    action.finish(by=member, now=NOW)
    member.delete()
    action.refresh_from_db()
    event = action.events.get()
    assert (action.owner, action.owner_member, event.made_by, event.is_from_owner) == (
        "Kim",
        None,
        None,
        True,
    )
