from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from icalendar import Calendar

from meetings.models import Meeting
from tests.factories import make_attendance, make_meeting, make_note

FEED = "/meetings/calendar.ics"
WALES = "W92000004"
LONDON = ZoneInfo("Europe/London")
OCTOBER, MARCH = date(2026, 10, 25), date(2026, 3, 29)


def address(meeting):
    return f"{meeting.get_absolute_url()}event.ics"


def events(response):
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    assert not calendar.errors
    found = calendar.walk("VEVENT")
    assert not any(event.errors for event in found)
    return found


def event_of(visitor, meeting):
    [event] = events(visitor.get(address(meeting)))
    return event


def titles(response):
    return [str(event["SUMMARY"]) for event in events(response)]


# What an event says


def test_event_says_what_the_page_says(visitor, db, settings):
    meeting = make_meeting(
        title="Budget; openness, and more",
        held_on=date(2026, 7, 1),
        starts_at=time(14),
        ends_at=time(16, 30),
        venue="Mint House,\r\n7 Mint Street",
        summary="First line\n\nSecond line \N{WHITE SMILING FACE} " * 9,
        has_remote_access=True,
    )
    event = event_of(visitor, meeting)
    assert str(event["SUMMARY"]) == "Budget; openness, and more"
    assert str(event["LOCATION"]) == "Mint House, 7 Mint Street"
    assert str(event["DESCRIPTION"]) == f"{meeting.summary.strip()}\n\nPeople can join remotely."
    assert str(event["URL"]) == settings.SITE_URL + meeting.get_absolute_url()
    assert (str(event["UID"]), event["SEQUENCE"], str(event["STATUS"])) == (str(meeting.uid), 0, "CONFIRMED")
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == meeting.changed_at.replace(microsecond=0)
    assert event["DTSTART"].params["TZID"] == event["DTEND"].params["TZID"] == "Europe/London"
    assert event["DTSTART"].dt == datetime(2026, 7, 1, 13, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 7, 1, 15, 30, tzinfo=UTC)


def test_calendar_is_whole_and_its_lines_are_short(visitor, db):
    make_meeting(summary="é" * 400, starts_at=time(9))
    content = visitor.get(FEED).content
    calendar = Calendar.from_ical(content)
    assert (str(calendar["VERSION"]), str(calendar["METHOD"])) == ("2.0", "PUBLISH")
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/London"]
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75


def test_calendar_of_nothing_has_no_events(visitor, db):
    response = visitor.get(FEED)
    assert events(response) == []
    assert "Last-Modified" not in response


@pytest.mark.parametrize(
    "day, utc_offset", [(date(2026, 3, 28), 0), (date(2026, 3, 30), 1), (date(2026, 10, 24), 1), (OCTOBER, 0)]
)
def test_our_time_zone_changes_with_the_clocks(visitor, db, day, utc_offset):
    meeting = make_meeting(held_on=day, starts_at=time(9))
    [zone] = Calendar.from_ical(visitor.get(address(meeting)).content).walk("VTIMEZONE")
    noon = datetime.combine(day, time(12), zone.to_tz(lookup_tzid=False))
    assert noon.utcoffset() == timedelta(hours=utc_offset)


@pytest.mark.parametrize(
    "fields, start, end",
    [
        # 01:30 comes twice on this night: the first is meant.
        (
            {"held_on": OCTOBER, "starts_at": time(0, 30), "ends_at": time(1, 30)},
            datetime(2026, 10, 24, 23, 30, tzinfo=UTC),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),
        (
            {"held_on": OCTOBER, "starts_at": time(1, 30), "ends_at": time(2, 30)},
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            datetime(2026, 10, 25, 2, 30, tzinfo=UTC),
        ),
        (
            {"held_on": MARCH, "starts_at": time(0, 30), "ends_at": time(2, 30)},
            datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        ),
        (
            {
                "held_on": date(2026, 7, 1),
                "starts_at": time(22),
                "ends_on": date(2026, 7, 2),
                "ends_at": time(1),
            },
            datetime(2026, 7, 1, 21, tzinfo=UTC),
            datetime(2026, 7, 2, 0, tzinfo=UTC),
        ),
        (
            {"held_on": date(2026, 7, 1), "starts_at": time(9), "ends_on": date(2026, 7, 2)},
            datetime(2026, 7, 1, 8, tzinfo=UTC),
            datetime(2026, 7, 2, 23, tzinfo=UTC),
        ),
    ],
)
def test_event_begins_and_ends_at_the_right_moment(visitor, db, fields, start, end):
    event = event_of(visitor, make_meeting(**fields))
    assert event["DTSTART"].dt.astimezone(UTC) == start
    assert event["DTEND"].dt.astimezone(UTC) == end


def test_end_that_the_missing_hour_swallows_is_left_out(visitor, db):
    event = event_of(visitor, make_meeting(held_on=MARCH, starts_at=time(1, 30), ends_at=time(2, 15)))
    assert event["DTSTART"].to_ical() == b"20260329T013000"
    assert "DTEND" not in event


def test_event_whose_end_is_unknown_has_none(visitor, db):
    assert "DTEND" not in event_of(visitor, make_meeting(starts_at=time(9)))


@pytest.mark.parametrize(
    "fields, end",
    [
        ({}, date(2026, 10, 26)),
        ({"ends_on": date(2026, 10, 27)}, date(2026, 10, 28)),
        ({"ends_on": date(2026, 10, 27), "ends_at": time(12)}, date(2026, 10, 28)),
    ],
)
def test_event_without_hours_takes_whole_days(visitor, db, fields, end):
    event = event_of(visitor, make_meeting(held_on=OCTOBER, **fields))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (OCTOBER, end)
    assert event["DTSTART"].params["VALUE"] == event["DTEND"].params["VALUE"] == "DATE"


# Changes


def test_meeting_moved_twice_is_one_event_that_knows_its_latest_form(visitor, db):
    meeting = make_meeting(starts_at=time(9))
    seen = [event_of(visitor, meeting)]
    for hour in (10, 11):
        meeting.starts_at = time(hour)
        meeting.save()
        seen.append(event_of(visitor, meeting))
    assert {str(event["UID"]) for event in seen} == {str(meeting.uid)}
    assert [event["SEQUENCE"] for event in seen] == [0, 1, 2]
    assert [event["DTSTART"].dt.astimezone(LONDON).hour for event in seen] == [9, 10, 11]
    assert titles(visitor.get(FEED)) == [meeting.title]


def test_cancelled_meeting_stays_as_a_cancelled_event(visitor, db):
    meeting = make_meeting(summary="About budgets.", has_remote_access=True)
    meeting.cancelled_at, meeting.cancellation_reason = timezone.now(), "The minister is ill."
    meeting.save()
    event = event_of(visitor, meeting)
    assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CANCELLED", 1)
    assert str(event["DESCRIPTION"]) == "Cancelled. The minister is ill.\n\nAbout budgets."


@pytest.mark.parametrize(
    "name, value, sequence",
    [
        ("title", "Another title", 1),
        ("held_on", date(2030, 1, 1), 1),
        ("starts_at", time(9), 1),
        ("ends_on", date(2040, 1, 1), 1),
        ("venue", "Elsewhere", 1),
        ("cancelled_at", datetime(2026, 1, 1, tzinfo=UTC), 1),
        ("summary", "In other words.", 0),
        ("slug", "elsewhere", 0),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_sequence_rises_by_what_moves_people(db, name, value, sequence, named):
    meeting = make_meeting()
    before = meeting.changed_at
    setattr(meeting, name, value)
    meeting.save(**({"update_fields": [name]} if named else {}))
    meeting.refresh_from_db()
    assert getattr(meeting, name) == value
    assert meeting.sequence == sequence
    assert meeting.changed_at > before


def test_saving_the_same_again_changes_nothing(db):
    meeting = make_meeting()
    before = meeting.changed_at
    meeting.save()
    meeting.kind = Meeting.Kind.WORKSHOP
    meeting.save()
    meeting.refresh_from_db()
    assert (meeting.sequence, meeting.changed_at) == (0, before)


def test_what_is_not_saved_is_no_change(db):
    meeting = make_meeting()
    meeting.title, meeting.kind = "Not saved", Meeting.Kind.WORKSHOP
    meeting.save(update_fields=["kind"])
    meeting.refresh_from_db()
    assert (meeting.sequence, meeting.kind) == (0, Meeting.Kind.WORKSHOP)


def test_sequence_counts_from_what_is_stored(db):
    first = make_meeting()
    second = Meeting.objects.get(pk=first.pk)
    first.venue, second.venue = "Here", "There"
    first.save()
    second.save()
    second.refresh_from_db()
    assert second.sequence == 2


def test_two_meetings_never_share_a_uid(db):
    meeting = make_meeting()
    with pytest.raises(IntegrityError, match="uid"), transaction.atomic():
        make_meeting(uid=meeting.uid)


def test_meetings_there_before_get_uids_of_their_own(db):
    ids = [make_meeting().pk for _ in range(2)]
    uid = Meeting._meta.get_field("uid")
    connection.check_constraints()
    with connection.schema_editor() as schema:
        schema.remove_field(Meeting, uid)
        schema.add_field(Meeting, uid)
    assert len({meeting.uid for meeting in Meeting.objects.filter(pk__in=ids)}) == 2


# Which meetings


def test_feed_has_past_and_coming_meetings_and_can_be_narrowed_down(visitor, db):
    make_meeting(title="A", kind="workshop", areas=[WALES])
    make_meeting(title="B", kind="workshop", days=-2)
    make_meeting(title="C", areas=[WALES], days=-3)
    assert titles(visitor.get(FEED)) == ["C", "B", "A"]
    assert titles(visitor.get(FEED, {"kind": "workshop"})) == ["B", "A"]
    assert titles(visitor.get(FEED, {"area": WALES})) == ["C", "A"]
    assert titles(visitor.get(FEED, {"area": WALES, "kind": "workshop"})) == ["A"]


@pytest.mark.parametrize("query", [{"kind": "party"}, {"area": "\x00"}, {"kind": "x" * 10_000}])
def test_feed_leaves_out_a_filter_that_makes_no_sense(visitor, db, query):
    make_meeting(title="A")
    assert titles(visitor.get(FEED, query)) == ["A"]


def test_meeting_that_is_not_announced_is_in_no_calendar(visitor, editor, sign_in, db):
    secret = make_meeting(title="Hush", announced_at=None)
    for client in (visitor, sign_in(editor)):
        assert client.get(address(secret)).status_code == 404
        assert titles(client.get(FEED)) == []
    assert visitor.get("/meetings/nowhere/event.ics").status_code == 404


@pytest.mark.parametrize("published", [True, False])
def test_calendar_says_nothing_of_people_or_notes(visitor, db, published):
    meeting = make_meeting(days=-7)
    make_attendance(meeting=meeting, name="Robin Gray")
    make_note(meeting=meeting, key_points=["We agreed."], published=published)
    for url in (FEED, address(meeting)):
        content = visitor.get(url).content.decode()
        assert not any(word in content for word in ("ATTENDEE", "ORGANIZER", "Robin", "agreed"))


@pytest.mark.parametrize("slug", ["calendar", "event", "calendar-ics"])
def test_no_slug_stands_in_the_way(visitor, db, slug):
    meeting = make_meeting(slug=slug, title="A")
    assert visitor.get(meeting.get_absolute_url()).status_code == 200
    assert titles(visitor.get(address(meeting))) == titles(visitor.get(FEED)) == ["A"]


# Asking again


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize(
    "sent, asked", [("Last-Modified", "HTTP_IF_MODIFIED_SINCE"), ("ETag", "HTTP_IF_NONE_MATCH")]
)
def test_client_that_has_it_is_told_so_until_something_changes(visitor, db, single, sent, asked):
    meeting = make_meeting(changed_at=timezone.now() - timedelta(hours=1))
    url = address(meeting) if single else FEED
    known = {asked: visitor.get(url)[sent]}
    assert visitor.get(url, **known).status_code == 304
    meeting.summary = "In other words."
    meeting.save()
    assert visitor.get(url, **known).status_code == 200


def test_feed_is_sent_again_when_a_meeting_has_left_it(visitor, db):
    old = make_meeting(changed_at=timezone.now() - timedelta(hours=1))
    make_meeting()
    known = {"HTTP_IF_NONE_MATCH": visitor.get(FEED)["ETag"]}
    old.announced_at = None
    old.save()
    assert visitor.get(FEED, **known).status_code == 200


def test_meeting_announced_late_is_news_to_a_client(visitor, db):
    make_meeting(changed_at=timezone.now() - timedelta(hours=1))
    late = make_meeting(changed_at=timezone.now() - timedelta(hours=2), announced_at=None)
    known = {"HTTP_IF_MODIFIED_SINCE": visitor.get(FEED)["Last-Modified"]}
    late.announced_at = timezone.now()
    late.save()
    assert visitor.get(FEED, **known).status_code == 200


def test_calendars_are_only_read(visitor, db):
    assert visitor.post(FEED).status_code == visitor.post(address(make_meeting())).status_code == 405


@pytest.mark.parametrize("rows", [1, 30])
def test_feed_costs_the_same_at_one_and_at_thirty(visitor, db, rows, django_assert_num_queries):
    for _ in range(rows):
        make_meeting()
    with django_assert_num_queries(1):
        assert len(events(visitor.get(FEED))) == rows


# Links


@pytest.mark.parametrize("page", ["/meetings/", "/meetings/month/2026/07/"])
def test_pages_offer_the_calendar_of_what_they_are_narrowed_down_to(visitor, db, settings, page):
    address = f"{settings.SITE_URL}{FEED}"
    query = {"kind": "workshop", "area": WALES, "page": "1", "other": "x"}
    asked = [({}, ""), (query, f"?kind=workshop&area={WALES}"), ({"kind": "party"}, "")]
    for sent, kept in asked:
        offered = visitor.get(page, sent).context["subscription"]
        assert offered.address == address + kept
        assert offered.webcal == "webcal://" + (address + kept).partition("://")[2]


def test_list_offers_a_calendar_of_each_kind_and_nation_and_each_is_one(visitor, db, settings):
    make_meeting(title="A", kind="workshop", areas=[WALES])
    make_meeting(title="B", kind="hustings")
    response = visitor.get("/meetings/")
    offered = {calendar.label: calendar.address for calendar in response.context["calendars"]}
    assert len(offered) == 1 + len(Meeting.Kind) + 4
    shown = {
        label: titles(visitor.get(address.removeprefix(settings.SITE_URL)))
        for label, address in offered.items()
    }
    assert {label: found for label, found in shown.items() if found} == {
        "All meetings": ["A", "B"],
        "Workshop": ["A"],
        "Hustings": ["B"],
        "Wales": ["A"],
    }
    html = response.content.decode()
    assert all(f'href="{address}"' in html for address in offered.values())


@pytest.mark.parametrize(
    "fields, words",
    [
        ({}, "Add to your calendar"),
        ({"cancelled_at": datetime(2026, 1, 1, tzinfo=UTC)}, "Mark it as cancelled in your calendar"),
        ({"days": -1}, None),
    ],
)
def test_page_offers_the_event_while_it_is_to_come(visitor, db, fields, words):
    meeting = make_meeting(**fields)
    html = visitor.get(meeting.get_absolute_url()).content.decode()
    assert (f'<a href="{address(meeting)}">{words}</a>' in html) == bool(words)
    assert (address(meeting) in html) == bool(words)


def test_page_that_is_not_public_offers_no_event(editor, sign_in, db):
    meeting = make_meeting(announced_at=None)
    html = sign_in(editor).get(meeting.get_absolute_url()).content.decode()
    assert address(meeting) not in html
