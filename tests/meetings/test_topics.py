"""Topics: each gathers the meetings that come back to it, their notes and what was promised there."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from meetings.models import Topic
from tests.factories import make_action, make_meeting, make_note, make_topic

ADMIN = "/admin/meetings/topic/"


def test_page_gathers_meetings_and_open_actions(visitor, db):
    topic = make_topic(name="Lobbying")
    coming, past = make_meeting(title="Coming"), make_meeting(days=-7, title="Past")
    hidden = make_meeting(title="Hidden", announced_at=None)
    topic.meetings.set([coming, past, hidden])
    note = make_note(meeting=past)
    make_action(note=note, text="Open action")
    make_action(note=note, text="Done action", done_at=timezone.now())
    make_action(text="Elsewhere")
    response = visitor.get(topic.get_absolute_url())
    assert [meeting.title for meeting in response.context["upcoming"]] == ["Coming"]
    assert [meeting.title for meeting in response.context["page_obj"]] == ["Past"]
    assert [action.text for action in response.context["actions"]] == ["Open action"]
    assert "Hidden" not in response.content.decode()


def test_page_shows_no_actions_of_drafts(visitor, db):
    topic = make_topic()
    action = make_action(note=make_note(published=False), text="Secret action")
    topic.meetings.add(action.note.meeting)
    assert "Secret" not in visitor.get(topic.get_absolute_url()).content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_page_costs_the_same_at_one_and_at_thirty(visitor, db, rows, django_assert_num_queries):
    topic = make_topic()
    for _ in range(rows):
        note = make_note()
        make_action(note=note)
        topic.meetings.add(note.meeting, make_meeting())
    with django_assert_num_queries(5):
        visitor.get(topic.get_absolute_url())


def test_topics_narrow_meetings_notes_and_actions(visitor, db):
    topic, other = make_topic(slug="lobbying"), make_topic()
    for title, tagged in (("A", [topic, other]), ("B", [other]), ("C", [])):
        note = make_note(meeting=make_meeting(days=-7, title=title))
        note.meeting.topics.set(tagged)
        make_action(note=note, text=title)
    pages = ["/meetings/", "/meetings/search/", "/meetings/actions/"]
    rows = [visitor.get(page, {"topic": "lobbying"}).context["page_obj"].object_list for page in pages]
    assert [[getattr(row, "title", None) or row.text for row in found] for found in rows] == [["A"]] * 3
    assert visitor.get("/meetings/calendar.ics", {"topic": "lobbying"}).content.count(b"BEGIN:VEVENT") == 1


def test_topics_stand_on_the_meetings_page_and_beside_the_search(visitor, db):
    topic = make_topic(name="Lobbying")
    note = make_note()
    note.meeting.topics.add(topic)
    topic.meetings.add(make_meeting(), make_note(published=False).meeting)
    link = f'href="{topic.get_absolute_url()}"'
    pages = [note.get_absolute_url(), "/meetings/search/"]
    assert [link in visitor.get(page).content.decode() for page in pages] == [True, True]
    assert Topic.objects.with_note_count().get().note_count == 1


def test_name_is_taken_whatever_its_case(db):
    make_topic(name="Lobbying")
    with pytest.raises(IntegrityError, match="topic_once"), transaction.atomic():
        make_topic(name="lobbying")


@pytest.mark.parametrize(
    "person, status", [("member", 302), ("expert", 403), ("editor", 200), ("administrator", 200)]
)
def test_topics_are_looked_after_by_editors(request, db, sign_in, person, status):
    topic = make_topic()
    client = sign_in(request.getfixturevalue(person))
    pages = [ADMIN, f"{ADMIN}add/", f"{ADMIN}{topic.pk}/change/"]
    assert [client.get(page).status_code for page in pages] == [status] * 3


def test_topic_that_is_there_is_said_beside_the_form(sign_in, editor):
    make_topic(name="Lobbying")
    response = sign_in(editor).post(f"{ADMIN}add/", {"name": "LOBBYING", "slug": "lobby", "summary": ""})
    assert "There is a topic of this name." in response.content.decode()
