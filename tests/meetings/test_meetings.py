from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from manifesto.models import Phase
from meetings.models import Attendance, Meeting
from tests.factories import (
    make_attendance,
    make_idea,
    make_meeting,
    make_note,
    make_organisation,
    make_round,
)

LIST = "/meetings/"
WALES = "W92000004"


def upcoming(response):
    return [meeting.title for meeting in response.context["upcoming"]]


def past(response):
    return [meeting.title for meeting in response.context["page_obj"]]


def html_of(client, meeting):
    return client.get(meeting.get_absolute_url()).content.decode()


# The list


def test_list_parts_what_is_coming_from_what_is_past(visitor, db):
    for days in (-20, -1, 0, 9, 2):
        make_meeting(days=days, title=f"{days:+}")
    response = visitor.get(LIST)
    assert (upcoming(response), past(response)) == (["+0", "+2", "+9"], ["-1", "-20"])


def test_meeting_of_several_days_is_upcoming_until_its_last(visitor, db):
    today = timezone.localdate()
    make_meeting(title="Still on", held_on=today - timedelta(days=1), ends_on=today)
    assert upcoming(visitor.get(LIST)) == ["Still on"]


def test_list_filters_by_kind_and_place(visitor, db):
    make_meeting(title="A", kind="workshop", areas=[WALES])
    make_meeting(title="B", kind="workshop", days=-2)
    make_meeting(title="C", areas=[WALES], days=-3)
    workshops, welsh = visitor.get(LIST, {"kind": "workshop"}), visitor.get(LIST, {"area": WALES})
    assert (upcoming(workshops), past(workshops)) == (["A"], ["B"])
    assert (upcoming(welsh), past(welsh)) == (["A"], ["C"])


@pytest.mark.parametrize("query", [{"kind": "party"}, {"area": "\x00"}, {"kind": "x" * 10_000}])
def test_list_leaves_out_a_filter_that_makes_no_sense(visitor, db, query):
    make_meeting(title="A")
    response = visitor.get(LIST, query)
    assert (response.status_code, upcoming(response)) == (200, ["A"])
    assert list(response.context["filter"].form.errors) == list(query)


@pytest.mark.parametrize("page, number", [("2", 2), ("abc", 1), ("1e29", 1), ("999", 2)])
def test_past_meetings_come_in_pages(visitor, db, page, number):
    make_meeting(title="To come")
    for _ in range(21):
        make_meeting(days=-2)
    response = visitor.get(LIST, {"page": page})
    assert response.context["page_obj"].number == number
    assert ("To come" in response.content.decode()) == (number == 1)


def test_list_says_what_is_cancelled_and_which_notes_are_published(visitor, db):
    make_meeting(cancelled_at=timezone.now())
    make_note()
    make_note(published=False)
    html = visitor.get(LIST).content.decode()
    assert (html.count("Cancelled"), html.count("Note published")) == (1, 1)


def test_list_counts_people_who_were_there(visitor, db):
    note = make_note(published=False)
    for mode in ("in_person", "remote", "", "apologies"):
        make_attendance(meeting=note.meeting, mode=mode)
    assert visitor.get(LIST).context["page_obj"][0].attendee_count == 0
    note.publish(by=None, now=timezone.now())
    assert visitor.get(LIST).context["page_obj"][0].attendee_count == 3


@pytest.mark.parametrize("rows", [1, 30])
def test_list_costs_the_same_at_one_and_at_thirty(visitor, db, rows, django_assert_num_queries):
    for _ in range(rows):
        make_attendance(meeting=make_meeting())
        make_attendance(meeting=make_note().meeting)
    with django_assert_num_queries(4):
        visitor.get(LIST)


# The page


def test_page_shows_when_and_where(visitor, db):
    meeting = make_meeting(
        title="Manifesto workshop",
        kind="workshop",
        held_on=date(2014, 11, 15),
        starts_at=time(12),
        ends_at=time(14),
        venue="33 Corsham Street, London",
        has_remote_access=True,
        areas=[WALES],
    )
    html = html_of(visitor, meeting)
    shown = ["Manifesto workshop", "Workshop", "Saturday 15 November 2014", "12:00", " to ", "14:00"]
    shown += ["33 Corsham Street, London", "Could be joined remotely", "Wales"]
    assert [text in html for text in shown] == [True] * 9


def test_page_of_a_meeting_without_times_shows_none(visitor, db):
    html = html_of(visitor, make_meeting(held_on=date(2014, 11, 4)))
    assert ("Tuesday 4 November 2014" in html, "#clock" in html) == (True, False)


def test_page_of_a_meeting_past_midnight_names_its_last_day(visitor, db):
    meeting = make_meeting(
        held_on=date(2014, 11, 15), starts_at=time(22), ends_on=date(2014, 11, 16), ends_at=time(1)
    )
    html = html_of(visitor, meeting)
    assert "01:00" in html and "Sunday 16 November 2014" in html


def test_page_says_why_a_meeting_was_cancelled_and_lists_nobody(visitor, db):
    meeting = make_meeting(cancelled_at=timezone.now(), cancellation_reason="The hall is flooded.")
    make_attendance(meeting=meeting, name="Robin Gray")
    html = html_of(visitor, meeting)
    assert [text in html for text in ("was cancelled", "The hall is flooded.", "Robin Gray")] == [
        True,
        True,
        False,
    ]


def test_attendees_are_grouped_by_side_with_organisation_and_role(visitor, db):
    meeting = make_note().meeting
    office = make_organisation(name="Cabinet Office")
    make_attendance(meeting=meeting, name="Olu Observer", side="observer")
    make_attendance(meeting=meeting, name="Gita Gov", side="government", organisation=office)
    make_attendance(meeting=meeting, name="Second Civil", position=2, mode="remote")
    make_attendance(meeting=meeting, name="First Civil", position=1, role="chair")
    make_attendance(meeting=meeting, name="Absent Amy", mode="apologies")
    html = html_of(visitor, meeting)
    order = ["<h3>Civil society</h3>", "First Civil", "Chair", "Second Civil", "(remotely)"]
    order += ["<h3>Government</h3>", "Gita Gov", "Cabinet Office", "<h3>Observers</h3>", "Olu Observer"]
    order += ["Apologies", "Absent Amy"]
    places = [html.index(text) for text in order]
    assert places == sorted(places)


def test_meeting_not_announced_stays_in_no_cache(sign_in, editor):
    meeting = make_meeting(announced_at=None)
    assert "no-store" in sign_in(editor).get(meeting.get_absolute_url()).headers["Cache-Control"]


@pytest.mark.parametrize("mode", ["", "remote", "apologies"])
def test_unnamed_attendees_lose_everything_that_could_unmask_them(visitor, db, member, mode):
    meeting = make_note().meeting
    make_attendance(meeting=meeting, name="Robin Gray")
    make_attendance(
        meeting=meeting,
        name="Secret Sam",
        member=member,
        organisation=make_organisation(name="Secret Society", slug="secret-society"),
        role=Attendance.Role.CHAIR,
        mode=mode,
        is_named=False,
    )
    html = html_of(visitor, meeting)
    assert [text in html for text in ("A member", "ecret", "Chair", "(remotely)", member.email)] == [
        True,
        False,
        False,
        False,
        False,
    ]
    assert html.index("Robin Gray") < html.index("A member")


def test_initials_are_all_that_is_told_of_who_agreed_to_no_more(visitor, db, member, other_member, editor):
    meeting = make_note().meeting
    organisation = make_organisation(name="Secret Society", slug="secret-society")
    people = {"": member, "remote": other_member, "apologies": editor}
    for mode, person in people.items():
        make_attendance(
            meeting=meeting,
            name="Secret van Samuelsson",
            member=person,
            organisation=organisation,
            role=Attendance.Role.CHAIR,
            mode=mode,
            is_named=False,
            shows_initials=True,
        )
    pages = [html_of(visitor, meeting), visitor.get(organisation.get_absolute_url()).content.decode()]
    assert [page.count("S. V. S.") for page in pages] == [3, 0]
    assert [text in pages[0] for text in ("ecret", "amuel", "Chair", "(remotely)", "A member")] == [False] * 5
    assert meeting.title not in pages[1]


@pytest.mark.parametrize(
    "name, initials",
    [
        ("Robin Gray", "R. G."),
        ("Dr Anna-Maria O’Neill", "D. A. O."),
        ("élodie", "É."),
        ("李 明", "李. 明."),
        ("4711 !", "A member"),
        ("", "A member"),
    ],
)
def test_initials_of_any_name(name, initials):
    assert Attendance(name=name, is_named=False, shows_initials=True).public_name == initials


def test_page_lists_public_ideas_raised_there(visitor, db):
    meeting = make_meeting(days=-2)
    make_idea(raised_at=meeting, title="Open the diaries")
    make_idea(raised_at=meeting, title="Secret idea", published=False)
    html = html_of(visitor, meeting)
    assert ("Open the diaries" in html, "Secret idea" in html) == (True, False)


def test_page_shows_html_as_text(visitor, db):
    meeting = make_meeting(title="<b>T</b>", summary="<script>1</script>", venue="<i>V</i>", days=-2)
    make_attendance(meeting=meeting, name="<u>Robin</u>")
    html = html_of(visitor, meeting)
    assert [tag in html for tag in ("<b>T", "<script>", "<i>V", "<u>Robin")] == [False] * 4


def test_meeting_not_announced_is_seen_by_nobody_but_those_who_look_after_meetings(
    db, sign_in, client, member, expert, editor, administrator
):
    meeting = make_meeting(announced_at=None, title="Secret meeting")
    statuses = [client.get(meeting.get_absolute_url()).status_code]
    listed = ["Secret meeting" in client.get(LIST).content.decode()]
    for person in (member, expert, editor, administrator):
        client = sign_in(person)
        statuses.append(client.get(meeting.get_absolute_url()).status_code)
        listed.append("Secret meeting" in client.get(LIST).content.decode())
    assert statuses == [404, 404, 404, 200, 200]
    assert listed == [False] * 5


def test_editor_who_left_the_staff_no_longer_sees_what_is_not_announced(db, sign_in, editor):
    type(editor).objects.filter(pk=editor.pk).update(is_staff=False)
    assert sign_in(editor).get(make_meeting(announced_at=None).get_absolute_url()).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_page_costs_the_same_at_one_attendee_and_at_thirty(visitor, db, rows, django_assert_num_queries):
    note = make_note(key_points=["Point"] * rows, sections=[("Heading", "Body")] * rows)
    for number in range(rows):
        make_attendance(meeting=note.meeting, organisation=make_organisation(), is_named=number % 2 == 0)
        make_idea(raised_at=note.meeting)
    with django_assert_num_queries(17):
        visitor.get(note.meeting.get_absolute_url())


def test_page_shows_the_announced_rounds_it_is_part_of_and_where_to_put_an_idea_forward(visitor, db):
    open_round, closed = make_round(), make_round(phase=Phase.REFINEMENT)
    meeting = make_meeting(days=7)
    meeting.rounds.add(open_round, closed, make_round(announced_at=None))
    context = visitor.get(meeting.get_absolute_url()).context
    assert (set(context["rounds"]), list(context["open_rounds"])) == ({open_round, closed}, [open_round])


@pytest.mark.parametrize(
    ("days", "fields", "shown"),
    [
        (7, {"has_remote_access": True}, {"To join remotely, write to": True, "Announced": True}),
        (7, {}, {"To join remotely, write to": False, "Questions about it?": True}),
        (-7, {"has_remote_access": True}, {"To join remotely, write to": False, "<dt>Announced": False}),
    ],
)
def test_page_says_how_to_take_part_until_it_is_over(visitor, db, days, fields, shown):
    page = visitor.get(make_meeting(days=days, **fields).get_absolute_url()).content.decode()
    assert {words: words in page for words in shown} == shown


def test_page_shows_agenda_map_organisers_and_who_invites(visitor, db):
    office = make_organisation(name="Cabinet <Office>", slug="office")
    meeting = make_meeting(
        agenda="1. *Who* is here\n<script>1</script>",
        venue="Mint House",
        map_url="https://map.example/?a=1&b=2",
        institution=office,
    )
    meeting.organisers.add(make_organisation(name="River Watch"), make_organisation(name="Air Watch"))
    html = html_of(visitor, meeting)
    order = [
        '(<a href="https://map.example/?a=1&amp;b=2"',
        "<em>Who</em> is here",
        ">Air Watch<",
        ">River Watch<",
    ]
    order += [
        "At the invitation of",
        '<a href="/organisations/office/" dir="auto">Cabinet &lt;Office&gt;</a>',
    ]
    places = [html.index(text) for text in order]
    assert places == sorted(places) and "<script>1" not in html


@pytest.mark.parametrize("named", [True, False])
def test_agenda_is_rendered_whenever_it_is_saved(db, named):
    meeting = make_meeting(agenda="*One*")
    assert meeting.agenda_html == "<p><em>One</em></p>\n"
    meeting.agenda = "Two"
    meeting.save(**({"update_fields": ["agenda"]} if named else {}))
    assert Meeting.objects.get().agenda_html == "<p>Two</p>\n"


def test_page_costs_the_same_with_thirty_organisers(visitor, db, django_assert_num_queries):
    meeting = make_meeting(institution=make_organisation())
    meeting.organisers.set(make_organisation() for _ in range(30))
    with django_assert_num_queries(9):
        html_of(visitor, meeting)


# Integrity and agreement


@pytest.mark.parametrize(
    "constraint, fields",
    [
        ("meeting_ends_after_it_starts", {"starts_at": time(14), "ends_at": time(12)}),
        ("meeting_ends_after_it_starts", {"starts_at": time(14), "ends_at": time(14)}),
        ("meeting_ends_after_it_starts", {"ends_at": time(14)}),
        ("meeting_last_day_after_first", {"held_on": date(2026, 5, 2), "ends_on": date(2026, 5, 2)}),
        ("meeting_last_day_after_first", {"held_on": date(2026, 5, 2), "ends_on": date(2026, 5, 1)}),
        ("meeting_map_is_https", {"map_url": "http://map.example/"}),
    ],
)
def test_meeting_that_makes_no_sense_is_refused_by_the_database(db, constraint, fields):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_meeting(**fields)


def test_announced_as_queryset_and_predicate_agree(db):
    meetings = [make_meeting(), make_meeting(announced_at=None)]
    assert set(Meeting.objects.announced()) == {meeting for meeting in meetings if meeting.is_announced}


def test_begun_as_queryset_and_predicate_agree(db):
    today = timezone.localdate()
    meetings = [make_meeting(days=days) for days in (-1, 0, 1)]
    assert set(Meeting.objects.begun(today)) == {meeting for meeting in meetings if meeting.has_begun(today)}


@pytest.mark.parametrize("state", ["upcoming", "past"])
def test_upcoming_and_past_as_querysets_and_predicates_agree(db, state):
    today, day = timezone.localdate(), timedelta(days=1)
    meetings = [make_meeting(days=days) for days in (-2, -1, 0, 1)]
    meetings += [make_meeting(days=-2, ends_on=today + days * day) for days in (-1, 0, 1)]
    expected = {meeting for meeting in meetings if getattr(meeting, f"is_{state}")(today)}
    assert set(getattr(Meeting.objects, state)(today)) == expected
    assert 0 < len(expected) < len(meetings)


def test_page_leaves_out_ideas_of_rounds_nobody_knows_of(visitor, db):
    meeting = make_meeting(days=-2)
    make_idea(raised_at=meeting, title="Publish the registers")
    make_idea(raised_at=meeting, round=make_round(announced_at=None), title="Secret idea")
    html = html_of(visitor, meeting)
    assert ("Publish the registers" in html, "Secret idea" in html) == (True, False)


@pytest.mark.parametrize("heading", [None, "h2"])
def test_card_of_a_meeting_needs_nothing_but_the_meeting(db, heading):
    meeting = make_meeting(title="Workshop", cancelled_at=timezone.now())
    context = {"meeting": meeting, "is_upcoming": True} | ({"heading": heading} if heading else {})
    html = render_to_string("meetings/_meeting_card.html", context)
    assert (
        f'<{heading or "h3"} lang="en-GB" dir="auto"><a href="{meeting.get_absolute_url()}">Workshop</a>'
        in html
    )
    assert html.count("Cancelled") == 1
