"""Meetings that move, are cancelled and take place after all: what is kept, shown and told to calendars."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from meetings.models import Meeting, MeetingChange, Note
from profiles.errors import NotReady
from tests.factories import make_meeting, make_note
from tests.profiles.admin_forms import filled_in, messages_in

DAY = timedelta(days=1)


def now():
    return timezone.now()


def today():
    return timezone.localdate()


def move(meeting, reason="The hall is taken.", by=None, **to):
    meeting.move(to, reason=reason, by=by, now=now())


def kinds(meeting):
    return [change.kind for change in meeting.changes.all()]


def address(meeting, change):
    return reverse(f"admin:meetings_meeting_{change}", args=[meeting.pk])


# The verbs


def test_move_keeps_when_and_where_it_was_to_be(editor, db):
    meeting = make_meeting(starts_at=time(9), venue="Old hall")
    was = meeting.held_on
    move(meeting, by=editor, held_on=was + DAY, starts_at=time(10), venue="New hall")
    change = meeting.changes.get()
    assert (meeting.held_on, meeting.starts_at, meeting.venue) == (was + DAY, time(10), "New hall")
    assert change.before == {
        "held_on": was,
        "starts_at": time(9),
        "ends_on": None,
        "ends_at": None,
        "venue": "Old hall",
    }
    assert (change.kind, change.reason, change.made_by) == ("moved", "The hall is taken.", editor)
    assert Meeting.objects.get() == meeting and meeting.sequence == 1


def test_doing_it_twice_changes_nothing(db):
    meeting = make_meeting()
    for _ in range(2):
        move(meeting, held_on=today() + 9 * DAY)
    for reason in ("Illness.", "Another reason."):
        meeting.cancel(reason=reason, by=None, now=now())
    assert (meeting.cancellation_reason, meeting.sequence) == ("Illness.", 2)
    for _ in range(2):
        meeting.reinstate(reason="All well.", by=None, now=now())
    assert (meeting.is_cancelled, meeting.cancellation_reason, meeting.sequence) == (False, "", 3)
    assert kinds(meeting) == ["reinstated", "cancelled", "moved"]


def test_moment_is_that_of_the_caller(db):
    meeting, moment = make_meeting(), datetime(2026, 1, 2, 3, tzinfo=UTC)
    meeting.cancel(reason="Illness.", by=None, now=moment)
    assert meeting.cancelled_at == meeting.changes.get().made_at == moment


def test_meeting_that_takes_place_is_not_reinstated(db):
    meeting = make_meeting()
    meeting.reinstate(reason="All well.", by=None, now=now())
    assert kinds(meeting) == []


@pytest.mark.parametrize(
    "fields, to, words",
    [
        ({"announced_at": None}, {"venue": "New hall"}, "Nobody has been told of it yet"),
        ({"cancelled_at": datetime(2026, 1, 1, tzinfo=UTC)}, {"venue": "New hall"}, "It is cancelled."),
        ({"days": -1}, {"venue": "New hall"}, "It is over"),
        ({}, {"held_on": date(2026, 1, 1)}, "It can only move to a day to come."),
        ({}, {"starts_at": time(14), "ends_at": time(12)}, "The end must be later than the start."),
        ({}, {"ends_on": date(2026, 1, 1)}, "The last day must be later than the date."),
    ],
)
def test_move_that_makes_no_sense_is_refused_and_changes_nothing(db, fields, to, words):
    meeting = make_meeting(**fields)
    before = Meeting.objects.values().get()
    with pytest.raises(NotReady, match=words):
        move(meeting, **to)
    assert (Meeting.objects.values().get(), kinds(meeting)) == (before, [])


@pytest.mark.parametrize("change", ["cancel", "reinstate"])
def test_meeting_nobody_knows_of_is_neither_cancelled_nor_reinstated(db, change):
    is_on = change == "cancel"
    meeting = make_meeting(announced_at=None, cancelled_at=None if is_on else now())
    with pytest.raises(NotReady, match="Nobody has been told"):
        getattr(meeting, change)(reason="Why.", by=None, now=now())
    assert kinds(meeting) == []


@pytest.mark.parametrize("reason", ["", " \n"])
def test_public_is_always_told_why(db, reason):
    meeting, off = make_meeting(), make_meeting(cancelled_at=now())
    for change in (
        lambda: move(meeting, reason=reason, venue="New hall"),
        lambda: meeting.cancel(reason=reason, by=None, now=now()),
        lambda: off.reinstate(reason=reason, by=None, now=now()),
    ):
        with pytest.raises(NotReady, match="Say why"):
            change()


def test_meeting_with_a_published_note_took_place(db):
    meeting = make_note().meeting
    with pytest.raises(NotReady, match="it took place"):
        meeting.cancel(reason="Illness.", by=None, now=now())
    bare = make_meeting(days=-1)
    bare.cancel(reason="Nobody came.", by=None, now=now())
    assert bare.is_cancelled


@pytest.mark.parametrize("verb, fields", [("publish", {}), ("circulate", {"until": date(2100, 1, 1)})])
def test_note_of_a_cancelled_meeting_stays_with_its_writers(db, verb, fields):
    note = make_note(published=False)
    note.meeting.cancel(reason="Nobody came.", by=None, now=now())
    with pytest.raises(NotReady, match="was cancelled"):
        getattr(note, verb)(**fields, by=None, now=now())
    assert Note.objects.get().is_draft


def test_meeting_is_cancelled_or_its_note_published(transactional_db, at_once):
    note = make_note(published=False)
    meeting = Meeting.objects.get()
    results = at_once(
        lambda: note.publish(by=None, now=now()),
        lambda: meeting.cancel(reason="Nobody came.", by=None, now=now()),
    )
    assert sorted(map(type, results), key=str) == [type(None), NotReady]
    assert Meeting.objects.get().is_cancelled != Note.objects.get().is_published


@pytest.mark.django_db(transaction=True)
def test_two_editors_who_cancel_at_once_cancel_once():
    meeting = make_meeting()

    def cancel(reason):
        try:
            Meeting.objects.get(pk=meeting.pk).cancel(reason=reason, by=None, now=now())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(cancel, ["One.", "Two."]))
    meeting.refresh_from_db()
    assert (kinds(meeting), meeting.sequence) == (["cancelled"], 1)
    assert meeting.cancellation_reason == meeting.changes.get().reason


@pytest.mark.parametrize(
    "constraint, fields",
    [
        ("meeting_change_keeps_day_of_move", {"kind": "moved", "reason": "Why."}),
        (
            "meeting_change_keeps_day_of_move",
            {"kind": "cancelled", "reason": "Why.", "held_on_before": date(2026, 1, 1)},
        ),
        ("meeting_change_has_reason", {"kind": "cancelled", "reason": ""}),
    ],
)
def test_change_that_makes_no_sense_is_refused_by_the_database(db, constraint, fields):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        MeetingChange.objects.create(meeting=make_meeting(), made_at=now(), **fields)


# Calendars that follow


class OtherCalendar(dict):
    """What another program has of the feed: by UID, the form with the highest SEQUENCE. Any flaw is an error."""

    def read(self, response):
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        text = response.content.decode()
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n")) and "\n" not in text.replace(
            "\r\n", ""
        )
        calendar = Calendar.from_ical(text)
        zones = {str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")}
        assert not calendar.errors and {"VERSION", "PRODID"} <= set(calendar)
        for event in calendar.walk("VEVENT"):
            assert not event.errors and {"UID", "DTSTAMP", "DTSTART", "SEQUENCE", "SUMMARY"} <= set(event)
            assert all(not isinstance(event[name], list) for name in event)
            assert {value.params["TZID"] for name, value in event.items() if "TZID" in value.params} <= zones
            if "DTEND" in event:
                assert event["DTEND"].dt > event["DTSTART"].dt
            known = self.get(str(event["UID"]))
            assert known is None or known["SEQUENCE"] <= event["SEQUENCE"]
            self[str(event["UID"])] = event

    @property
    def shown(self):
        return [(event["DTSTART"].dt, str(event["STATUS"])) for event in self.values()]


def at(day, hour):
    return timezone.make_aware(datetime.combine(day, time(hour)))


def test_meeting_moved_twice_is_one_event_in_another_calendar(visitor, db):
    meeting, theirs = make_meeting(starts_at=time(9), ends_at=time(11)), OtherCalendar()
    first, last = meeting.held_on, meeting.held_on + 9 * DAY
    theirs.read(visitor.get("/meetings/calendar.ics"))
    assert theirs.shown == [(at(first, 9), "CONFIRMED")]
    move(meeting, held_on=first + DAY)
    theirs.read(visitor.get("/meetings/calendar.ics"))
    move(meeting, held_on=last, starts_at=time(10))
    theirs.read(visitor.get(f"{meeting.get_absolute_url()}event.ics"))
    assert theirs.shown == [(at(last, 10), "CONFIRMED")]
    meeting.cancel(reason="Illness.", by=None, now=now())
    theirs.read(visitor.get("/meetings/calendar.ics"))
    assert theirs.shown == [(at(last, 10), "CANCELLED")]
    meeting.reinstate(reason="All well.", by=None, now=now())
    theirs.read(visitor.get("/meetings/calendar.ics"))
    assert theirs.shown == [(at(last, 10), "CONFIRMED")]


@pytest.mark.parametrize(
    "to",
    [
        {"held_on": date(2030, 3, 31), "starts_at": time(0, 30), "ends_at": time(2, 30)},
        {"held_on": date(2030, 3, 31), "starts_at": time(1, 30), "ends_at": time(2, 15)},
        {"held_on": date(2030, 10, 27), "starts_at": time(0, 30), "ends_at": time(1, 30)},
        {
            "held_on": date(2030, 10, 26),
            "starts_at": time(23),
            "ends_on": date(2030, 10, 27),
            "ends_at": time(0),
        },
        {"held_on": date(2030, 7, 1), "starts_at": time(0)},
    ],
)
def test_move_to_a_night_of_the_clocks_reaches_another_calendar(visitor, db, to):
    meeting, theirs = make_meeting(starts_at=time(9)), OtherCalendar()
    theirs.read(visitor.get("/meetings/calendar.ics"))
    move(meeting, **to)
    theirs.read(visitor.get("/meetings/calendar.ics"))
    [(start, _)] = theirs.shown
    assert start == timezone.make_aware(datetime.combine(to["held_on"], to["starts_at"]))


# The page


def test_page_says_what_has_changed_and_who_changed_it_is_nobodys_business(visitor, editor, db):
    meeting = make_meeting(held_on=date(2030, 5, 2), starts_at=time(9), venue="Old <hall>")
    move(meeting, by=editor, held_on=date(2030, 5, 9), reason="The <hall> is taken.")
    html = visitor.get(meeting.get_absolute_url()).content.decode()
    assert "This meeting has moved" in html and html.count("Thursday 2 May 2030") == 2
    assert html.count('</time>, <span dir="auto">Old &lt;hall&gt;</span>.') == 2
    assert html.count("The &lt;hall&gt; is taken.") == 2 and "Old &lt;hall&gt;" in html
    assert (editor.email in html, editor.display_name in html) == (False, False)
    meeting.cancel(reason="Illness.", by=editor, now=now())
    html = visitor.get(meeting.get_absolute_url()).content.decode()
    assert "This meeting has moved" not in html and "This meeting was cancelled." in html
    meeting.reinstate(reason="All well.", by=editor, now=now())
    html = visitor.get(meeting.get_absolute_url()).content.decode()
    assert "takes place after all" in html and html.index("on again.") < html.index("moved from")


@pytest.mark.parametrize("rows", [1, 30])
def test_history_costs_the_same_at_one_and_at_thirty(visitor, db, rows, django_assert_num_queries):
    meeting = make_meeting(venue="0")
    for number in range(rows):
        move(meeting, venue=str(number + 1))
    with django_assert_num_queries(9):
        visitor.get(meeting.get_absolute_url())


# The admin


@pytest.mark.parametrize(
    "person, status", [(None, 302), ("member", 302), ("expert", 403), ("editor", 200), ("administrator", 200)]
)
@pytest.mark.parametrize("change", ["move", "cancel", "reinstate"])
def test_who_may_change_a_meeting(db, request, sign_in, client, person, status, change):
    meeting = make_meeting(cancelled_at=now() if change == "reinstate" else None, venue="Old hall")
    client = sign_in(request.getfixturevalue(person)) if person else client
    page = address(meeting, change)
    assert client.get(page).status_code == status
    done = client.post(page, {"reason": "Why.", "held_on": meeting.held_on, "venue": "New hall"})
    assert done.status_code == (302 if status in (200, 302) else 403)
    assert len(kinds(meeting)) == (1 if status == 200 else 0)


def test_editor_moves_a_meeting(sign_in, editor):
    meeting = make_meeting(starts_at=time(9), venue="Old hall")
    client = sign_in(editor)
    page = client.get(address(meeting, "move"))
    sent = {field.html_name: field.value() or "" for field in page.context["form"]}
    sent |= {"held_on": "2030-05-09", "starts_at": "10:30", "reason": "The hall is taken."}
    response = client.post(address(meeting, "move"), sent, follow=True)
    meeting.refresh_from_db()
    assert (meeting.held_on, meeting.starts_at, meeting.venue) == (date(2030, 5, 9), time(10, 30), "Old hall")
    assert messages_in(response) == ["Moved. Its page says so, and so do the calendars that follow ours."]
    assert meeting.changes.get().made_by == editor


@pytest.mark.parametrize(
    "sent, complaint",
    [
        ({"reason": ""}, "Say why it moves."),
        ({"starts_at": "14:00", "ends_at": "12:00"}, "The end must be later than the start."),
        ({"held_on": "2026-02-31"}, "Enter a valid date."),
        ({"held_on": "2020-01-01"}, "It can only move to a day to come."),
        ({"held_on": "9999-12-31"}, "Look at the year again: it can’t be right."),
        ({"ends_on": "9999-12-31"}, "Look at the year again: it can’t be right."),
    ],
)
def test_move_with_a_mistake_keeps_what_was_typed(sign_in, editor, sent, complaint):
    meeting = make_meeting()
    typed = {"held_on": "2030-05-09", "venue": "New hall", "reason": "Typed.", **sent}
    response = sign_in(editor).post(address(meeting, "move"), typed)
    html = response.content.decode()
    assert (response.status_code, complaint in html, "New hall" in html) == (422, True, True)
    meeting.refresh_from_db()
    assert (meeting.venue, kinds(meeting)) == ("", [])


def test_what_people_were_told_changes_under_move_alone(sign_in, editor):
    meeting = make_meeting(starts_at=time(9))
    client = sign_in(editor)
    page = reverse("admin:meetings_meeting_change", args=[meeting.pk])
    fields = client.get(page).context["adminform"].form.fields
    assert {"held_on", "starts_at", "ends_on"} & set(fields) == set()
    sent = filled_in(client.get(page), held_on="2031-01-01", ends_at="11:00", venue="Hall")
    client.post(page, sent)
    after = Meeting.objects.get()
    assert (after.held_on, after.ends_at, after.venue) == (meeting.held_on, time(11), "Hall")


@pytest.mark.parametrize("fields", [{"announced_at": None}, {"days": -3}])
def test_what_nobody_was_told_or_what_is_over_is_just_edited(sign_in, editor, fields):
    meeting = make_meeting(venue="Old hall", **fields)
    client = sign_in(editor)
    page = reverse("admin:meetings_meeting_change", args=[meeting.pk])
    client.post(page, filled_in(client.get(page), venue="New hall"))
    assert (Meeting.objects.get().venue, kinds(meeting)) == ("New hall", [])


def test_end_before_a_start_that_is_fixed_is_refused_in_words(sign_in, editor):
    meeting = make_meeting(starts_at=time(9))
    client = sign_in(editor)
    page = reverse("admin:meetings_meeting_change", args=[meeting.pk])
    response = client.post(page, filled_in(client.get(page), ends_at="08:00"))
    assert "The end must be later than the start." in response.content.decode()


@pytest.mark.parametrize(
    "fields, offered",
    [
        ({}, ["move", "cancel"]),
        ({"days": -1}, ["cancel"]),
        ({"cancelled_at": datetime(2026, 1, 1, tzinfo=UTC)}, ["reinstate"]),
        ({"announced_at": None}, []),
    ],
)
def test_page_of_a_meeting_offers_what_can_be_done(sign_in, editor, fields, offered):
    meeting = make_meeting(**fields)
    html = sign_in(editor).get(reverse("admin:meetings_meeting_change", args=[meeting.pk])).content.decode()
    assert [c for c in ("move", "cancel", "reinstate") if f'href="{address(meeting, c)}"' in html] == offered
