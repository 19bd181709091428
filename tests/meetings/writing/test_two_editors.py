"""Two editors write the same note at once."""

import uuid

import pytest
from django.utils import timezone

from meetings.models import Action, Note
from meetings.models.manuscript import Manuscript, Page, Row
from tests.factories import (
    make_meeting,
    make_member,
)
from tests.meetings.writing.page import address_of, row_of, typed


def test_two_editors_change_different_fields_and_rows(sign_in, editor, kim, draft, page):
    meeting = draft.meeting
    opening, money = row_of(page, "sections", 0), row_of(page, "sections", 1)
    point = row_of(page, "key_points")
    theirs = typed(
        page,
        written_by="Kim",
        **{f"{opening}-body": "Kim began.", f"{money}-remove": "on", f"{point}-text": "Kim’s point."},
    )
    mine = typed(
        page,
        **{
            f"{opening}-heading": "How it began",
            f"{row_of(page, 'actions')}-text": "My action.",
            f"{row_of(page, 'attendees', 0)}-role": "chair",
        },
    )
    assert sign_in(kim).post(address_of(meeting), theirs).status_code == 302
    assert sign_in(editor).post(address_of(meeting), mine).status_code == 302
    draft.refresh_from_db()
    assert draft.written_by == "Kim"
    assert [(section.heading, section.body) for section in draft.sections.all()] == [
        ("How it began", "Kim began.")
    ]
    assert [point.text for point in draft.points.all()] == ["We agreed to write a statement.", "Kim’s point."]
    assert (Action.objects.get().text, meeting.attendances.get().role) == ("My action.", "chair")


def test_two_editors_change_the_same_words_and_both_are_shown(sign_in, editor, kim, draft, page):
    meeting, opening = draft.meeting, row_of(page, "sections", 0)
    theirs = typed(page, **{f"{opening}-body": "Kim’s words."})
    mine = typed(page, **{f"{opening}-body": "My words.", f"{opening}-heading": "My heading"})
    sign_in(kim).post(address_of(meeting), theirs)
    response = sign_in(editor).post(address_of(meeting), mine)
    section = draft.sections.first()
    assert (response.status_code, section.heading, section.body) == (409, "My heading", "Kim’s words.")
    complaint = "Kim Editor wrote something else here. Bring the two together, then save again."
    assert [(label, message) for _, label, message in response.context["errors"]] == [
        ("Section 1, “Text”:", complaint)
    ]
    html = response.content.decode()
    assert [text in html for text in ("Kim’s words.", "My words.")] == [True, True]
    sign_in(editor).post(address_of(meeting), typed(response, **{f"{opening}-body": "Our words."}))
    assert draft.sections.first().body == "Our words."


def test_row_removed_by_one_and_changed_by_the_other_is_kept(sign_in, editor, kim, draft, page):
    meeting, opening, money = draft.meeting, row_of(page, "sections", 0), row_of(page, "sections", 1)
    theirs = typed(page, **{f"{opening}-remove": "on", f"{money}-body": "Kim’s money."})
    mine = typed(page, **{f"{opening}-body": "My words.", f"{money}-remove": "on"})
    sign_in(kim).post(address_of(meeting), theirs)
    response = sign_in(editor).post(address_of(meeting), mine)
    assert [message for _, _, message in response.context["errors"]] == [
        "Kim Editor has changed this meanwhile. Save again to remove it all the same."
    ]
    assert [section.body for section in draft.sections.all()] == ["My words.", "Kim’s money."]
    sign_in(editor).post(address_of(meeting), typed(response))
    assert [section.body for section in draft.sections.all()] == ["My words."]


def test_rows_moved_by_one_and_added_by_the_other(sign_in, editor, kim, draft, page):
    meeting, new = draft.meeting, row_of(page, "sections")
    keys = [str(row.key) for row in page.context["sheet"].parts["sections"]]
    theirs = typed(page, sections=[keys[1], keys[0]])
    mine = typed(page, **{f"{new}-heading": "After money"})
    sign_in(kim).post(address_of(meeting), theirs)
    sign_in(editor).post(address_of(meeting), mine)
    assert [section.heading for section in draft.sections.all()] == ["Money", "After money", "Opening"]


@pytest.mark.django_db(transaction=True)
def test_two_editors_begin_a_note_at_the_same_moment(at_once):
    meeting, people = make_meeting(days=-1), [make_member(name=name) for name in ("Kim", "Edda")]

    def write(person):
        row = Row(uuid.uuid4(), {"text": person.display_name})
        head = Row(uuid.uuid4(), {"written_by": "Both"}, {})
        meeting_again = type(meeting).objects.get(pk=meeting.pk)
        return Manuscript(meeting_again).keep(
            Page(head, {"key_points": [row]}), by=person, now=timezone.now()
        )

    results = at_once(*(lambda person=person: write(person) for person in people))
    assert [result.clashes for result in results] == [{}, {}]
    assert {point.text for point in Note.objects.get().points.all()} == {"Kim", "Edda"}
