"""Notes that go round among those who were there before the public reads them."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from meetings.models import Attendance, Correction, Note, Point
from profiles.errors import NotReady
from profiles.models import Notification
from profiles.vocabularies import Frequency
from tests.factories import make_action, make_attendance, make_meeting, make_member, make_note
from tests.meetings.circulation.circulating import (
    AFTERWARDS,
    LATER,
    NOW,
    STATES,
    TODAY,
    bring_to,
    page_of,
    suggest,
)
from tests.profiles.admin_forms import errors_in, filled_in, messages_in

# States and verbs


@pytest.mark.parametrize("state", STATES)
def test_states_as_querysets_and_predicates_agree(note, attendee, state):
    others = [make_note(published=False) for _ in STATES]
    for other, its_state in zip(others, STATES, strict=True):
        make_attendance(meeting=other.meeting, member=attendee)
        bring_to(other, its_state)
    notes = [note, *others]
    expected = {note for note in notes if getattr(note, f"is_{state}")}
    assert set(getattr(Note.objects, state)()) == expected
    assert len(expected) == (2 if state == "draft" else 1)


ALLOWED = {
    "circulate": {"draft": True, "circulated": True, "agreed": False, "published": False},
    "take_back": {"draft": True, "circulated": True, "agreed": True, "published": False},
    "agree": {"draft": False, "circulated": True, "agreed": True, "published": False},
    "publish": {"draft": True, "circulated": False, "agreed": True, "published": True},
}
VERBS = {
    "circulate": lambda note: note.circulate(until=LATER + timedelta(days=9), by=None, now=AFTERWARDS),
    "take_back": lambda note: note.take_back(),
    "agree": lambda note: note.agree(by=None, now=AFTERWARDS),
    "publish": lambda note: note.publish(by=None, now=AFTERWARDS),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_what_can_be_done_in_each_state(note, state, verb):
    bring_to(note, state)
    before = note.status
    if ALLOWED[verb][state]:
        VERBS[verb](note)
    else:
        with pytest.raises(NotReady):
            VERBS[verb](note)
        note.refresh_from_db()
        assert note.status == before


@pytest.mark.parametrize("state", STATES)
def test_what_is_not_public_stays_in_no_cache(note, editor, sign_in, state):
    pages = [note.get_absolute_url(), make_action(note=note).get_absolute_url()]
    bring_to(note, state)
    client = sign_in(editor)
    kept_out = ["no-store" in client.get(page).headers.get("Cache-Control", "") for page in pages]
    assert kept_out == [state != "published"] * 2


@pytest.mark.parametrize("where", ["point", "section", "owner"])
def test_note_that_says_a_name_it_may_not_say_stays_unpublished(note, where):
    if where == "point":
        note.points.update(text="hidden  HAL spoke.")
    elif where == "section":
        note.sections.update(body="Said **Hidden Hal**.")
    else:
        make_action(note=note, owner_name="Hidden Hal")
    with pytest.raises(NotReady, match="Hidden Hal, who may not be named"):
        note.publish(by=None, now=NOW)
    make_attendance(meeting=note.meeting, name="Hidden Hal")
    note.publish(by=None, now=NOW)
    assert note.is_published


def test_circulation_records_who_when_and_until_when(note, editor):
    note.circulate(until=LATER, by=editor, now=NOW)
    assert (note.circulated_at, note.circulated_by, note.corrections_until) == (NOW, editor, LATER)
    note.circulate(until=LATER + timedelta(days=1), by=None, now=AFTERWARDS)
    assert (note.circulated_at, note.circulated_by) == (NOW, editor)
    assert note.corrections_until == LATER + timedelta(days=1)
    note.agree(by=editor, now=AFTERWARDS + timedelta(days=9))
    assert (note.agreed_at, note.agreed_by) == (AFTERWARDS + timedelta(days=9), editor)
    note.take_back()
    assert (note.status, note.circulated_by, note.agreed_by) == ("Draft", None, None)


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda note: Attendance.objects.update(member=None), "no account of anybody"),
        (lambda note: Attendance.objects.update(mode="apologies"), "no account of anybody"),
        (lambda note: (note.points.all().delete(), note.sections.all().delete()), "no key points"),
        (lambda note: type(note.meeting).objects.update(announced_at=None), "not public yet"),
        (lambda note: type(note.meeting).objects.update(held_on=LATER), "hasn't taken place"),
    ],
)
def test_circulation_of_what_is_not_ready_is_refused(note, spoil, words):
    spoil(note)
    with pytest.raises(NotReady, match=words):
        Note.objects.get().circulate(until=LATER, by=None, now=NOW)
    assert Note.objects.draft().exists()


@pytest.mark.parametrize("days, is_taken", [(-1, False), (0, True)])
def test_day_of_corrections_must_not_be_over(note, days, is_taken):
    until = TODAY + timedelta(days=days)
    if is_taken:
        note.circulate(until=until, by=None, now=NOW)
    else:
        with pytest.raises(NotReady, match="is over"):
            note.circulate(until=until, by=None, now=NOW)


def test_agreeing_waits_for_the_day_and_for_every_correction(circulated, attendee):
    with pytest.raises(NotReady, match="People have until"):
        circulated.agree(by=None, now=NOW)
    correction = suggest(circulated, attendee)
    with pytest.raises(NotReady, match="Settle the last correction first"):
        circulated.agree(by=None, now=AFTERWARDS)
    correction.settle(outcome="taken", reply="", by=None, now=AFTERWARDS)
    circulated.agree(by=None, now=AFTERWARDS)
    assert circulated.is_agreed


def test_what_was_agreed_is_agreed_anew_once_it_changed(note):
    bring_to(note, "agreed")
    with note.correcting("", by=None, now=AFTERWARDS):
        note.points.update(kind=Point.Kind.KEY_POINT)
    note.refresh_from_db()
    assert note.is_agreed
    with note.correcting("", by=None, now=AFTERWARDS):
        note.points.update(text="Another point")
    note.refresh_from_db()
    assert (note.is_circulated, note.agreed_by, note.errata.count()) == (True, None, 0)
    with pytest.raises(NotReady, match="Agree it first"):
        note.publish(by=None, now=AFTERWARDS)
    note.agree(by=None, now=AFTERWARDS)
    note.publish(by=None, now=AFTERWARDS)
    assert note.is_published


# Who reads what


READERS = {
    "visitor": {"published"},
    "member": {"published"},
    "absent": {"published"},
    "attendee": {"circulated", "agreed", "published"},
    "attendee of another": {"published"},
    "expert": {"published"},
    "editor": set(STATES),
    "administrator": set(STATES),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("person", READERS)
def test_who_reads_a_note_in_each_state(request, client, sign_in, note, attendee, person, state):
    bring_to(note, state)
    if person == "attendee of another":
        reader = make_member()
        other = make_note(published=False)
        make_attendance(meeting=other.meeting, member=reader)
        bring_to(other, "circulated")
    elif person == "absent":
        reader = make_member()
        make_attendance(meeting=note.meeting, member=reader, mode="apologies")
    elif person != "visitor":
        reader = attendee if person == "attendee" else request.getfixturevalue(person)
    if person != "visitor":
        sign_in(reader)
    html = client.get(note.get_absolute_url()).content.decode()
    reads = state in READERS[person]
    secrets = ["Secret point", "Secret body", "Ash Attendee"]
    assert [secret in html for secret in secrets] == [reads] * 3
    assert "Hidden Hal" not in html


def test_what_goes_round_is_nowhere_else(visitor, sign_in, circulated, member, attendee):
    suggest(circulated, attendee, words="Secret words")
    pages = ["/", "/meetings/", "/organisations/", "/meetings/calendar.ics", circulated.get_absolute_url()]
    for client in (visitor, sign_in(member)):
        assert [page for page in pages if b"Secret" in client.get(page).content] == []


def test_page_says_that_it_goes_round_and_asks_for_corrections(sign_in, circulated, attendee, editor):
    html = sign_in(attendee).get(circulated.get_absolute_url()).content.decode()
    assert ("isn’t public yet" in html, page_of(circulated) in html) == (True, True)
    html = sign_in(editor).get(circulated.get_absolute_url()).content.decode()
    assert ("isn’t public yet" in html, page_of(circulated) in html) == (True, False)


# Telling


def told():
    return list(Notification.objects.order_by("pk").values_list("member", "subject"))


def test_those_who_were_there_are_told_once(note, attendee, editor, member):
    make_attendance(meeting=note.meeting, member=editor)
    make_attendance(meeting=note.meeting, member=make_member(), mode="apologies")
    note.circulate(until=LATER, by=editor, now=NOW)
    note.circulate(until=LATER + timedelta(days=1), by=editor, now=NOW)
    assert told() == [(attendee.pk, "The note of a meeting you were at")]
    make_attendance(meeting=note.meeting, member=member)
    note.circulate(until=LATER, by=editor, now=NOW)
    assert [pk for pk, _ in told()] == [attendee.pk, member.pk]


def test_mail_says_nothing_of_what_is_in_the_note(note, attendee, mailoutbox):
    attendee.choose_email_frequency(Frequency.IMMEDIATELY)
    bring_to(note, "circulated")
    call_command("send_notifications")
    [mail] = mailoutbox
    assert (mail.to, "Secret" in mail.body, note.get_absolute_url() in mail.body) == (
        [attendee.email],
        False,
        True,
    )


def test_nobody_hears_of_a_note_taken_back_in_time(circulated):
    circulated.take_back()
    assert told() == []
    bring_to(circulated, "circulated")
    assert len(told()) == 1


def test_who_wants_no_mails_gets_none(note, attendee):
    attendee.choose_email_frequency(Frequency.OFF)
    bring_to(note, "circulated")
    assert told() == []


# Names


def name_page(note):
    return f"{note.get_absolute_url()}naming/"


@pytest.mark.parametrize("state", ["circulated", "agreed", "published"])
def test_attendee_decides_about_their_name(visitor, sign_in, note, attendee, state):
    bring_to(note, state)
    client = sign_in(attendee)
    client.post(name_page(note), {"named": "no"})
    attendance = Attendance.objects.get(member=attendee)
    assert (attendance.is_named, attendance.asked_not_to_be_named_at is not None) == (False, True)
    assert "Ash Attendee" not in client.get(note.get_absolute_url()).content.decode().split("<main")[1]
    client.post(name_page(note), {"named": "yes"})
    attendance.refresh_from_db()
    assert (attendance.is_named, attendance.asked_not_to_be_named_at) == (True, None)


@pytest.mark.parametrize(
    "owner, words",
    [("Kim", "The note doesn’t name you, as you wish."), ("Ash Attendee", "its text has it still")],
)
def test_attendee_hears_whether_the_text_has_their_name_still(sign_in, note, attendee, owner, words):
    make_action(note=note, owner_name=owner)
    bring_to(note, "published")
    response = sign_in(attendee).post(name_page(note), {"named": "no"}, follow=True)
    [message] = messages_in(response)
    assert words in message


def test_nobody_decides_about_anothers_name(sign_in, circulated, member):
    assert sign_in(member).post(name_page(circulated), {"named": "no"}).status_code == 404
    assert Attendance.objects.get(name="Ash Attendee").is_named


def test_editors_do_not_name_who_asked_not_to_be(sign_in, note, attendee, editor):
    attendance = Attendance.objects.get(member=attendee)
    attendance.ask_not_to_be_named(now=NOW)
    address = f"/admin/meetings/meeting/{note.meeting.pk}/change/"
    client = sign_in(editor)
    sent = filled_in(client.get(address))
    row = next(name for name, value in sent.items() if value == "Ash Attendee").split("-")[1]
    response = client.post(address, {**sent, f"attendances-{row}-is_named": "on"})
    assert errors_in(response) == ["This person has asked not to be named."]


# Accounts of those who were there


@pytest.mark.parametrize("typed", ["ash@example.org", " ASH@example.org "])
def test_editor_says_whose_account_it_is(sign_in, note, editor, typed):
    member = make_member(email="ash@example.org")
    meeting = make_meeting(days=-1)
    address = f"/admin/meetings/meeting/{meeting.pk}/change/"
    client = sign_in(editor)
    names = {"attendances-0-name": "Ash", "attendances-0-member": typed}
    response = client.post(address, filled_in(client.get(address), **names))
    assert response.status_code == 302, errors_in(response)
    assert meeting.attendances.get().member == member
    client.post(address, filled_in(client.get(address), **{"attendances-0-member": ""}))
    assert meeting.attendances.get().member is None


def test_account_is_known_and_given_once(sign_in, note, attendee, editor):
    address = f"/admin/meetings/meeting/{note.meeting.pk}/change/"
    client = sign_in(editor)
    rows = {"attendances-2-name": "Twin", "attendances-2-member": attendee.email}
    rows |= {"attendances-3-name": "Nobody", "attendances-3-member": "nobody\x00@example.org"}
    rows |= {"attendances-4-name": "No one", "attendances-4-member": "no.one@example.org"}
    complaints = errors_in(client.post(address, filled_in(client.get(address), **rows)))
    assert "This account is entered twice." in complaints
    assert "Nobody has joined with this e-mail address." in complaints


def test_two_attendees_swap_their_accounts(sign_in, editor):
    meeting, members = make_meeting(days=-1), [make_member(), make_member()]
    for member in members:
        make_attendance(meeting=meeting, member=member)
    address = f"/admin/meetings/meeting/{meeting.pk}/change/"
    client = sign_in(editor)
    swapped = {f"attendances-{row}-member": members[1 - row].email for row in (0, 1)}
    response = client.post(address, filled_in(client.get(address), **swapped))
    assert response.status_code == 302, errors_in(response)
    assert [row.member for row in meeting.attendances.order_by("pk")] == members[::-1]


# Integrity


BROKEN = {
    "note_circulated_until_a_day": lambda note: Note.objects.update(corrections_until=LATER),
    "note_agreed_after_circulation": lambda note: Note.objects.update(agreed_at=NOW),
    "attendance_unnamed_if_asked": lambda note: Attendance.objects.update(asked_not_to_be_named_at=NOW),
    "attendance_once_per_member": lambda note: (
        make_attendance(meeting=note.meeting, member=make_member(email="twin@example.org")),
        make_attendance(
            meeting=note.meeting, member=Attendance.objects.get(member__email="twin@example.org").member
        ),
    ),
    "correction_settled_with_outcome": lambda note: note.corrections.create(
        name="Ash", words="Words", made_at=NOW, outcome="taken"
    ),
    "correction_not_taken_with_reply": lambda note: note.corrections.create(
        name="Ash", words="Words", made_at=NOW, outcome="not_taken", settled_at=NOW
    ),
}


@pytest.mark.parametrize("constraint", BROKEN)
def test_database_refuses(note, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        BROKEN[constraint](note)
        connection.check_constraints()


def test_correction_outlives_its_authors_account(circulated, attendee):
    suggest(circulated, attendee)
    attendee.delete()
    correction = Correction.objects.get()
    assert (correction.member, correction.name) == (None, "Ash Attendee")
    correction.settle(outcome="taken", reply="", by=None, now=NOW)
    assert Notification.objects.count() == 0
