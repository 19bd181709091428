"""Places at meetings: who gets one, who waits, who is told, and what is forgotten."""

from datetime import datetime, time, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from meetings import registration_news
from meetings.errors import AlreadyRegistered, NoFreePlace, NotReady, RegistrationClosed, RegistrationOver
from meetings.models import Attendance, Meeting, Registration
from meetings.models.registration import DAYS_KEPT
from profiles.models import Notification
from profiles.vocabularies import Frequency
from tests.factories import (
    make_attendance,
    make_meeting,
    make_member,
    make_note,
    make_organisation,
    make_registration,
)


def open_meeting(**fields):
    return make_meeting(**{"accepts_registrations": True, "venue": "City library", **fields})


def moment(day, hour=12):
    return timezone.make_aware(datetime.combine(day, time(hour)))


def told(member):
    return list(Notification.objects.filter(member=member).order_by("pk").values_list("subject", flat=True))


def names(registrations):
    return [registration.name for registration in registrations]


# Who may


NOT_OPEN = {
    "not announced": {"announced_at": None},
    "no registration": {"accepts_registrations": False},
    "cancelled": {"cancelled_at": timezone.now()},
    "begun": {"days": 0},
    "over": {"days": -1},
    "closed": {"registrations_close_at": timezone.now() - timedelta(hours=1)},
}


@pytest.mark.parametrize("state", [*NOT_OPEN])
def test_nobody_registers_while_it_is_not_open(member, state):
    with pytest.raises(RegistrationClosed):
        make_registration(meeting=open_meeting(**NOT_OPEN[state]), member=member)
    assert Registration.objects.count() == 0


def test_registration_is_open_until_the_meeting_begins(db):
    meeting = open_meeting(starts_at=time(17, 30))
    begins = timezone.make_aware(datetime.combine(meeting.held_on, time(17, 30)))
    assert meeting.begins_at == begins
    assert meeting.refusal_to_register(begins - timedelta(minutes=1)) is None
    assert "has begun" in str(meeting.refusal_to_register(begins))


def test_registration_never_closes_later_than_the_meeting_begins(db):
    meeting = open_meeting(starts_at=time(9))
    meeting.registrations_close_at = meeting.begins_at + timedelta(days=3)
    assert meeting.last_registration_at == meeting.begins_at


@pytest.mark.parametrize(
    "fields", [{"verified": False}, {"suspended_at": timezone.now(), "suspension_reason": "Spam"}]
)
def test_unproven_and_suspended_members_do_not_register(db, fields):
    with pytest.raises(NotReady):
        make_registration(meeting=open_meeting(), member=make_member(**fields))


def test_nobody_registers_twice(member):
    meeting = open_meeting()
    make_registration(meeting=meeting, member=member)
    with pytest.raises(AlreadyRegistered):
        make_registration(meeting=meeting, member=member)


@pytest.mark.parametrize(
    "fields, offered",
    [
        ({"venue": "Hall"}, ["in_person"]),
        ({"venue": ""}, ["in_person"]),
        ({"venue": "", "has_remote_access": True}, ["remote"]),
        ({"venue": "Hall", "has_remote_access": True}, ["in_person", "remote"]),
    ],
)
def test_places_are_of_the_kinds_the_meeting_offers(member, fields, offered):
    meeting = open_meeting(**fields)
    assert list(Registration.objects.places_at(meeting)) == offered
    for mode in {"in_person", "remote"} - set(offered):
        with pytest.raises(NoFreePlace):
            make_registration(meeting=meeting, member=member, mode=mode)


# Places and the queue


def test_who_comes_when_it_is_full_waits_and_is_told_their_place(db):
    meeting, members = open_meeting(capacity=1), [make_member() for _ in range(3)]
    first, second, third = (make_registration(meeting=meeting, member=member) for member in members)
    assert (first.is_placed, second.is_waiting, third.is_waiting) == (True, True, True)
    assert (second.queue_place, third.queue_place) == (1, 2)
    assert [told(member) for member in members] == [
        ["You have a place"],
        ["You are on the waiting list"],
        ["You are on the waiting list"],
    ]
    assert "number 2 in the queue" in Notification.objects.get(member=members[2]).words


def test_each_kind_of_place_has_a_queue_of_its_own(db):
    meeting = open_meeting(has_remote_access=True, capacity=1, remote_capacity=1)
    for mode in ("in_person", "in_person", "remote", "remote"):
        registration = make_registration(meeting=meeting, mode=mode)
    assert registration.queue_place == 1
    places = Registration.objects.places_at(meeting)
    assert [(place.taken, place.waiting, place.free) for place in places.values()] == [(1, 1, 0), (1, 1, 0)]


def test_room_for_all_never_fills(db):
    meeting = open_meeting()
    assert all(make_registration(meeting=meeting).is_placed for _ in range(3))
    assert Registration.objects.places_at(meeting)["in_person"].free is None


def test_no_place_at_all_makes_everybody_wait(db):
    assert make_registration(meeting=open_meeting(capacity=0)).is_waiting


def test_cancelled_place_goes_to_the_first_who_waits(db):
    meeting = open_meeting(capacity=1)
    first, second, third = (make_registration(meeting=meeting, name=name) for name in "ABC")
    first.cancel(now=timezone.now())
    assert names(Registration.objects.placed()) == ["B"]
    assert Registration.objects.of(meeting, third.member).queue_place == 1
    assert told(second.member) == ["You are on the waiting list", "You have a place now"]
    # What the first hadn't been told yet is no longer so.
    assert told(first.member) == []


def test_cancelled_wait_gives_nobody_a_place(db):
    meeting = open_meeting(capacity=1)
    _, second, _ = (make_registration(meeting=meeting, name=name) for name in "ABC")
    second.cancel(now=timezone.now())
    second.cancel(now=timezone.now())
    assert names(Registration.objects.placed()) == ["A"]


def test_cancelling_forgets_what_the_person_needs_and_can_be_made_good(member):
    meeting = open_meeting(capacity=1)
    make_registration(meeting=meeting, member=member, access_requirements="A ramp").cancel(now=timezone.now())
    assert Registration.objects.get().access_requirements == ""
    assert make_registration(meeting=meeting, member=member).is_placed


def test_place_is_not_given_up_after_the_meeting_began(member):
    registration = make_registration(meeting=open_meeting(), member=member)
    with pytest.raises(RegistrationOver):
        registration.cancel(now=registration.meeting.begins_at)
    assert Registration.objects.get().is_placed


def test_more_places_let_in_those_who_wait_longest(db):
    meeting = open_meeting(capacity=1)
    registrations = [make_registration(meeting=meeting, name=name) for name in "ABCD"]
    meeting.capacity = 3
    meeting.save()
    for _ in range(2):
        Registration.objects.give_free_places(meeting, now=timezone.now())
    assert names(Registration.objects.placed().by_queue()) == ["A", "B", "C"]
    assert told(registrations[2].member)[1:] == ["You have a place now"]


def test_fewer_places_take_none_away(db):
    meeting = open_meeting(capacity=2)
    for name in "ABC":
        make_registration(meeting=meeting, name=name)
    Meeting.objects.update(capacity=1)
    Registration.objects.placed().by_queue().first().cancel(now=timezone.now())
    assert names(Registration.objects.placed()) == ["B"]


@pytest.mark.parametrize("fields", [{"cancelled_at": timezone.now()}, {"held_on": timezone.localdate()}])
def test_nobody_is_let_in_to_a_meeting_that_is_cancelled_or_has_begun(db, fields):
    meeting = open_meeting(capacity=0)
    make_registration(meeting=meeting)
    Meeting.objects.update(capacity=5, **fields)
    Registration.objects.give_free_places(meeting, now=timezone.now())
    assert Registration.objects.placed().count() == 0


def test_place_of_an_account_that_is_deleted_goes_to_the_next(member):
    meeting = open_meeting(capacity=1)
    make_registration(meeting=meeting, member=member, access_requirements="A ramp")
    make_registration(meeting=meeting, name="B")
    member.delete()
    call_command("tend_registrations")
    assert names(Registration.objects.all()) == names(Registration.objects.placed()) == ["B"]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_share_the_last_place(at_once):
    meeting, members = open_meeting(capacity=1), [make_member(), make_member()]
    results = at_once(
        *[lambda member=member: make_registration(meeting=meeting, member=member) for member in members]
    )
    assert sorted(registration.is_placed for registration in results) == [False, True]
    member = members[0]
    other = open_meeting()
    results = at_once(*[lambda: make_registration(meeting=other, member=member)] * 2)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyRegistered", "Registration"]
    placed, waiting = Registration.objects.placed().get(meeting=meeting), Registration.objects.waiting().get()
    at_once(
        lambda: placed.cancel(now=timezone.now()),
        lambda: make_registration(meeting=meeting),
    )
    assert Registration.objects.placed().get(meeting=meeting) == waiting


# Changing


def test_change_keeps_place_and_queue(member):
    meeting = open_meeting(capacity=1)
    registration = make_registration(meeting=meeting, member=member)
    registration.change(now=timezone.now(), mode="in_person", name="M", access_requirements="A ramp")
    stored = Registration.objects.get()
    assert (stored.name, stored.access_requirements, stored.is_placed) == ("M", "A ramp", True)
    assert stored.registered_at == registration.registered_at


def test_change_to_the_other_kind_frees_the_place(member):
    meeting = open_meeting(capacity=1, has_remote_access=True)
    registration = make_registration(meeting=meeting, member=member)
    make_registration(meeting=meeting, name="B")
    registration.change(now=timezone.now(), mode="remote")
    assert sorted(Registration.objects.placed().values_list("name", "mode")) == [
        ("B", "in_person"),
        ("Mina Member", "remote"),
    ]


def test_change_never_gives_up_a_place_for_none(member):
    meeting = open_meeting(has_remote_access=True, remote_capacity=0)
    registration = make_registration(meeting=meeting, member=member)
    with pytest.raises(NoFreePlace):
        registration.change(now=timezone.now(), mode="remote")
    assert Registration.objects.get().mode == "in_person"


def test_nobody_changes_to_a_kind_that_is_not_offered(member):
    registration = make_registration(meeting=open_meeting(capacity=0), member=member)
    with pytest.raises(NoFreePlace):
        registration.change(now=timezone.now(), mode="remote")


def test_who_waits_may_wait_for_the_other_kind(member):
    meeting = open_meeting(has_remote_access=True, capacity=0, remote_capacity=0)
    make_registration(meeting=meeting, mode="remote")
    registration = make_registration(meeting=meeting, member=member)
    registration.change(now=timezone.now(), mode="remote")
    assert Registration.objects.of(meeting, member).queue_place == 2


@pytest.mark.parametrize("end", ["cancelled", "begun", "meeting cancelled"])
def test_nothing_is_changed_when_it_is_over(member, end):
    registration = make_registration(meeting=open_meeting(), member=member)
    now = registration.meeting.begins_at if end == "begun" else timezone.now()
    if end == "cancelled":
        Registration.objects.get().cancel(now=now)
    elif end == "meeting cancelled":
        Meeting.objects.update(cancelled_at=now)
    with pytest.raises(RegistrationOver):
        registration.change(now=now, mode="in_person", name="Else")
    assert Registration.objects.get().name == "Mina Member"


# E-mails


@pytest.mark.parametrize("frequency, count", [(Frequency.OFF, 0), (Frequency.DAILY, 1)])
def test_who_wants_no_e_mails_is_told_nothing(db, frequency, count):
    member = make_member(email_frequency=frequency)
    make_registration(meeting=open_meeting(), member=member)
    assert len(told(member)) == count


def test_reminder_comes_once_on_the_day_before_to_those_with_a_place(db):
    meeting = open_meeting(capacity=2)
    with_place, without_reminder, waiting = (
        make_registration(meeting=meeting, wants_reminder=wants) for wants in (True, False, True)
    )
    Notification.objects.all().delete()
    day = meeting.held_on
    for now in (
        moment(day - timedelta(days=2)),
        moment(day - timedelta(days=1), 1),
        moment(day - timedelta(days=1)),
    ):
        Registration.objects.remind(now=now)
    assert told(with_place.member) == ["A meeting is coming up"]
    assert told(without_reminder.member) == told(waiting.member) == []
    Meeting.objects.update(held_on=day + timedelta(days=5))
    Registration.objects.remind(now=moment(day + timedelta(days=4)))
    assert told(with_place.member) == ["A meeting is coming up"] * 2


def test_nobody_is_reminded_of_what_is_cancelled_or_of_what_they_heard_today(db):
    meeting = open_meeting(days=1)
    make_registration(meeting=meeting)
    Notification.objects.all().delete()
    Registration.objects.remind(now=timezone.now())
    Registration.objects.update(placed_at=timezone.now() - timedelta(days=3))
    Meeting.objects.update(cancelled_at=timezone.now())
    Registration.objects.remind(now=timezone.now())
    assert Notification.objects.count() == 0


def test_everybody_registered_can_be_told_once(db):
    meeting = open_meeting(capacity=1)
    placed, waiting, gone = (make_registration(meeting=meeting) for _ in range(3))
    gone.cancel(now=timezone.now())
    for _ in range(2):
        registration_news.tell_registered(
            meeting, key="moved-1", subject="It has moved", words="To Monday.", now=timezone.now()
        )
    assert [told(registration.member)[-1:] for registration in (placed, waiting, gone)] == [
        ["It has moved"],
        ["It has moved"],
        [],
    ]


@pytest.mark.parametrize("change", ["move", "cancel", "reinstate"])
def test_everybody_registered_is_told_of_a_change_and_why(db, change):
    meeting = open_meeting(capacity=1, days=1)
    placed, waiting, gone = (make_registration(meeting=meeting) for _ in range(3))
    gone.cancel(now=timezone.now())
    Registration.objects.placed().update(placed_at=timezone.now() - timedelta(days=2))
    Registration.objects.remind(now=timezone.now())
    if change == "reinstate":
        Meeting.objects.update(cancelled_at=timezone.now(), cancellation_reason="Ill")
    how = {"reason": "The hall is flooded", "by": None, "now": timezone.now()}
    if change == "move":
        how["to"] = {"held_on": meeting.held_on + timedelta(days=4)}
    getattr(meeting, change)(**how)
    subject = {
        "move": "A meeting has moved",
        "cancel": "A meeting is cancelled",
        "reinstate": "A meeting takes place after all",
    }[change]
    assert [told(registration.member)[-1:] for registration in (placed, waiting, gone)] == [
        [subject],
        [subject],
        [],
    ]
    assert "The hall is flooded" in Notification.objects.filter(member=waiting.member).last().words
    # Nobody hears any more that it is near.
    assert ("A meeting is coming up" in told(placed.member)) == (change == "reinstate")


# Into the note, and out of memory


def test_registrations_become_attendances_once(member):
    meeting = open_meeting(capacity=2, has_remote_access=True)
    cabinet = make_organisation(name="Cabinet Office", kind="government")
    make_registration(meeting=meeting, member=member, agrees_to_be_named=True, organisation_name="Riverers")
    make_registration(meeting=meeting, name="Ona", organisation=cabinet, mode="remote")
    make_registration(meeting=meeting, name="ROBIN GRAY")
    make_registration(meeting=meeting, name="Waits")
    make_attendance(meeting=meeting, name="Robin Gray", position=4)
    Meeting.objects.update(held_on=timezone.localdate())
    assert [Registration.objects.take_over(meeting, now=timezone.now()) for _ in range(2)] == [2, 0]
    fields = ("name", "member", "organisation", "organisation_name", "side", "mode", "is_named", "position")
    assert list(Attendance.objects.order_by("position").values_list(*fields))[1:] == [
        ("Mina Member", member.pk, None, "Riverers", "civil_society", "in_person", True, 5),
        (
            "Ona",
            Registration.objects.get(name="Ona").member_id,
            cabinet.pk,
            "",
            "government",
            "remote",
            False,
            6,
        ),
    ]


def test_public_note_says_that_people_were_taken_over(editor):
    meeting = open_meeting()
    make_registration(meeting=meeting)
    Meeting.objects.update(held_on=timezone.localdate())
    note = make_note(meeting=Meeting.objects.get())
    for _ in range(2):
        Registration.objects.take_over(meeting, by=editor, now=timezone.now())
    assert [(erratum.corrected_by, erratum.has_comparison) for erratum in note.errata.all()] == [
        (editor, False)
    ]


def test_nobody_is_taken_over_before_the_day(db):
    meeting = open_meeting()
    make_registration(meeting=meeting)
    with pytest.raises(NotReady):
        Registration.objects.take_over(meeting, now=timezone.now())


def test_what_people_need_is_forgotten_days_after(db):
    meeting, today = open_meeting(), timezone.localdate()
    make_registration(meeting=meeting, access_requirements="A ramp")
    make_registration(meeting=meeting).cancel(now=timezone.now())
    for days in (DAYS_KEPT, DAYS_KEPT + 1):
        Meeting.objects.update(held_on=today - timedelta(days=days))
        call_command("tend_registrations")
        kept = list(Registration.objects.values_list("access_requirements", flat=True))
        assert kept == (["A ramp", ""] if days == DAYS_KEPT else [""])


# The database


@pytest.mark.parametrize(
    "name, fields",
    [
        ("registration_mode_is_known", {"mode": "apologies"}),
        (
            "registration_cancelled_forgets_requirements",
            {"cancelled_at": timezone.now(), "access_requirements": "A ramp"},
        ),
    ],
)
def test_constraints(db, name, fields):
    make_registration(meeting=open_meeting())
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Registration.objects.update(**fields)


def test_database_keeps_one_live_registration_per_member(member):
    meeting = open_meeting()
    make_registration(meeting=meeting, member=member)
    with pytest.raises(IntegrityError, match="registration_once_per_member"), transaction.atomic():
        meeting.registrations.create(member=member, mode="remote", registered_at=timezone.now())


def test_predicates_agree_with_querysets(db):
    meeting = open_meeting(capacity=1)
    placed, waiting, gone = (make_registration(meeting=meeting) for _ in range(3))
    gone.cancel(now=timezone.now())
    for registration in (placed, waiting, gone):
        here = Registration.objects.filter(pk=registration.pk)
        assert registration.is_placed == here.placed().exists()
        assert registration.is_waiting == here.waiting().exists()
        assert registration.is_live == here.live().exists()
