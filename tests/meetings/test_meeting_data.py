"""What search engines read of a meeting, parsed as they parse it."""

import json
import re
from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from tests.factories import make_meeting, make_note, make_organisation

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def data_of(client, meeting):
    head, _, _ = client.get(meeting.get_absolute_url()).text.partition("</head>")
    [text] = SCRIPT.findall(head)
    return json.loads(text)


def test_event_says_what_the_page_says(visitor, db, settings):
    meeting = make_meeting(
        title="Budgets",
        held_on=date(2030, 7, 1),
        starts_at=time(9),
        ends_at=time(11),
        venue="Mint House",
        map_url="https://map.example/?q=mint",
        has_remote_access=True,
        summary="About budgets.",
    )
    organiser = make_organisation(name="River Watch", slug="river-watch")
    meeting.organisers.add(organiser)
    page = settings.SITE_URL + meeting.get_absolute_url()
    place = {"@type": "Place", "name": "Mint House", "address": "Mint House"}
    assert data_of(visitor, meeting) == {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": "Budgets",
        "description": "About budgets.",
        "inLanguage": "en-GB",
        "url": page,
        "eventStatus": "https://schema.org/EventScheduled",
        "startDate": "2030-07-01T09:00:00+01:00",
        "endDate": "2030-07-01T11:00:00+01:00",
        "eventAttendanceMode": "https://schema.org/MixedEventAttendanceMode",
        "location": [
            {**place, "hasMap": "https://map.example/?q=mint"},
            {"@type": "VirtualLocation", "url": page},
        ],
        "organizer": [
            {
                "@type": "Organization",
                "name": "River Watch",
                "url": f"{settings.SITE_URL}/organisations/river-watch/",
            }
        ],
    }


@pytest.mark.parametrize(
    "fields, start, end",
    [
        ({"held_on": date(2030, 1, 1)}, "2030-01-01", "2030-01-01"),
        ({"held_on": date(2030, 1, 1), "ends_on": date(2030, 1, 3)}, "2030-01-01", "2030-01-03"),
        (
            {"held_on": date(2030, 1, 1), "starts_at": time(9), "ends_on": date(2030, 1, 3)},
            "2030-01-01T09:00:00+00:00",
            "2030-01-03",
        ),
        ({"held_on": date(2030, 1, 1), "starts_at": time(0)}, "2030-01-01T00:00:00+00:00", None),
        (
            {
                "held_on": date(2030, 10, 26),
                "starts_at": time(23),
                "ends_on": date(2030, 10, 27),
                "ends_at": time(2),
            },
            "2030-10-26T23:00:00+01:00",
            "2030-10-27T02:00:00+00:00",
        ),
        (
            {"held_on": date(2030, 3, 31), "starts_at": time(1, 30), "ends_at": time(2, 15)},
            "2030-03-31T01:30:00+00:00",
            None,
        ),
    ],
)
def test_event_begins_and_ends_with_the_offset_of_the_day(visitor, db, fields, start, end):
    data = data_of(visitor, make_meeting(**fields))
    assert (data["startDate"], data.get("endDate")) == (start, end)


@pytest.mark.parametrize(
    "fields, mode, places",
    [
        ({"venue": "Hall"}, "https://schema.org/OfflineEventAttendanceMode", ["Place"]),
        ({"has_remote_access": True}, "https://schema.org/OnlineEventAttendanceMode", ["VirtualLocation"]),
        ({}, None, []),
    ],
)
def test_event_says_how_one_takes_part(visitor, db, fields, mode, places):
    data = data_of(visitor, make_meeting(**fields))
    found = [place["@type"] for place in data.get("location", [])]
    assert (data.get("eventAttendanceMode"), found) == (mode, places)


def test_event_that_moves_names_the_starts_it_had(visitor, db):
    meeting = make_meeting(held_on=date(2030, 5, 2), starts_at=time(9))

    def change(verb, *to):
        getattr(meeting, verb)(*to, reason="Why.", by=None, now=timezone.now())
        data = data_of(visitor, meeting)
        return data["eventStatus"].rpartition("/")[2], data["startDate"], data.get("previousStartDate")

    first, second = "2030-05-02T09:00:00+01:00", "2030-05-09T09:00:00+01:00"
    assert change("move", {"venue": "Hall"}) == ("EventScheduled", first, None)
    assert change("move", {"held_on": date(2030, 5, 9)}) == ("EventRescheduled", second, [first])
    third = "2030-05-09T10:00:00+01:00"
    assert change("move", {"starts_at": time(10)}) == ("EventRescheduled", third, [second, first])
    assert change("cancel") == ("EventCancelled", third, [second, first])
    assert change("reinstate") == ("EventRescheduled", third, [second, first])


def test_event_cannot_end_its_script(visitor, db):
    meeting = make_meeting(title="</script><script>alert(1)</script>", venue="<!--")
    assert "<script>alert" not in visitor.get(meeting.get_absolute_url()).content.decode()
    assert data_of(visitor, meeting)["name"] == "</script><script>alert(1)</script>"


def test_meeting_that_is_not_public_is_no_event(sign_in, editor):
    html = sign_in(editor).get(make_meeting(announced_at=None).get_absolute_url()).content.decode()
    assert SCRIPT.findall(html) == []


def test_note_is_a_report_about_the_event(visitor, db, settings):
    note = make_note(meeting=make_meeting(days=-7, title="Budgets", language="cy"))
    report = data_of(visitor, note.meeting)["subjectOf"]
    assert report == {
        "@type": "Report",
        "headline": "Budgets",
        "url": settings.SITE_URL + note.get_absolute_url(),
        "inLanguage": "cy",
        "datePublished": note.published_at.isoformat(),
        "dateModified": note.published_at.isoformat(),
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "publisher": {
            "@type": "Organization",
            "name": "Open Government Manifesto",
            "url": settings.SITE_URL,
        },
    }


def test_report_was_changed_when_its_note_was_last_corrected(visitor, db):
    note = make_note()
    days = [timezone.now() + timedelta(days=day) for day in (1, 2)]
    for number, day in enumerate(days):
        with note.correcting("A slip.", by=None, now=day):
            note.points.update(text=f"We agreed {number}.")
    assert data_of(visitor, note.meeting)["subjectOf"]["dateModified"] == days[1].isoformat()


def test_note_that_is_not_public_is_no_report(visitor, sign_in, editor, db):
    note = make_note(published=False)
    assert "subjectOf" not in data_of(visitor, note.meeting)
    assert "subjectOf" not in data_of(sign_in(editor), note.meeting)
