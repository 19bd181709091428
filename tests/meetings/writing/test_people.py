"""Who was there, as editors write it down."""

from datetime import date

import pytest
from django.utils import timezone

from meetings.models import Registration
from tests.factories import (
    make_attendance,
    make_meeting,
    make_membership,
    make_organisation,
)
from tests.meetings.writing.page import address_of, people_of, row_of, typed
from tests.profiles.admin_forms import messages_in


def test_people_are_typed_as_lines(client_of_editor, meeting):
    make_organisation(name="Cabinet Office")
    lines = "\n".join(
        [
            "Robin Gray, River Watch (Chair)",
            "Robin Gray",
            "Government:",
            "Gita Gov, Cabinet Office (remotely)",
            "what is this line even about.",
            "",
            "Apologies:",
            "Sam Carter, River Watch",
        ]
    )
    page = client_of_editor.get(address_of(meeting))
    response = client_of_editor.post(address_of(meeting), typed(page, do="attendees", lines=lines))
    assert people_of(meeting) == [
        ("Robin Gray", "River Watch", "civil_society", "chair", ""),
        ("Robin Gray", "", "civil_society", "", ""),
        ("Gita Gov", "Cabinet Office", "government", "", "remote"),
        ("Sam Carter", "River Watch", "civil_society", "", "apologies"),
    ]
    assert (response.status_code, response.context["left"]) == (422, "what is this line even about.")
    client_of_editor.post(address_of(meeting), typed(response, lines=""))
    assert meeting.attendances.count() == 4


def test_people_are_typed_whole_into_the_field_for_the_name(client_of_editor, meeting):
    page = client_of_editor.get(address_of(meeting))
    row = row_of(page, "attendees")
    client_of_editor.post(
        address_of(meeting), typed(page, **{f"{row}-name": "Robin Gray, River Watch (Chair)"})
    )
    assert people_of(meeting) == [("Robin Gray", "River Watch", "civil_society", "chair", "")]


def test_people_are_picked_from_earlier_meetings_of_the_kind(client_of_editor, meeting):
    earlier = make_meeting(held_on=date(2026, 3, 1))
    robin = make_attendance(
        meeting=earlier, organisation=make_organisation(name="River Watch"), role="chair", is_named=False
    )
    make_attendance(meeting=make_meeting(held_on=date(2026, 2, 1)), organisation=robin.organisation)
    make_attendance(meeting=make_meeting(held_on=date(2026, 3, 1), kind="forum"), name="Somebody Else")
    make_attendance(meeting=make_meeting(held_on=date(2026, 9, 1)), name="Later Comer")
    page = client_of_editor.get(address_of(meeting))
    assert list(page.context["pickable"]) == [str(robin.pk)]
    client_of_editor.post(address_of(meeting), typed(page, do="attendees", pick=[robin.pk, "999999999", "x"]))
    assert people_of(meeting) == [("Robin Gray", "River Watch", "civil_society", "", "")]
    assert meeting.attendances.get().public_name == "A member"
    assert client_of_editor.get(address_of(meeting)).context["pickable"] == {}


def test_those_who_registered_are_added_once(client_of_editor, draft, member):
    Registration.objects.create(
        meeting=draft.meeting,
        member=member,
        name="Mina Member",
        mode="remote",
        registered_at=timezone.now(),
        placed_at=timezone.now(),
    )
    for words in (
        "1 person was added. Remove those who didn’t come.",
        "0 people were added. Remove those who didn’t come.",
    ):
        page = client_of_editor.get(address_of(draft.meeting))
        response = client_of_editor.post(address_of(draft.meeting), typed(page, do="registered"), follow=True)
        assert messages_in(response) == [words]
    assert [(person[0], person[4]) for person in people_of(draft.meeting)] == [
        ("Robin Gray", ""),
        ("Mina Member", "remote"),
    ]


@pytest.mark.parametrize("shown", ["name", "initials"])
def test_who_asked_not_to_be_named_has_the_last_word(client_of_editor, draft, page, shown):
    robin = draft.meeting.attendances.get()
    sent = typed(page, **{f"{row_of(page, 'attendees', 0)}-shown": shown})
    robin.ask_not_to_be_named(now=timezone.now())
    response = client_of_editor.post(address_of(draft.meeting), sent)
    assert (response.status_code, draft.meeting.attendances.get().public_name) == (422, "A member")
    sent = typed(client_of_editor.get(address_of(draft.meeting)), **{f"attendees-{robin.key}-shown": shown})
    response = client_of_editor.post(address_of(draft.meeting), sent)
    assert [message for _, _, message in response.context["errors"]] == [
        "This person has asked not to be named at all."
    ]
    assert draft.meeting.attendances.get().public_name == "A member"


def test_members_and_earlier_attendees_are_offered_by_name(client_of_editor, meeting, member, other_member):
    body = make_organisation(name="River Watch")
    make_membership(member=member, organisation=body)
    make_membership(member=other_member, organisation=body, confirmed=False)
    make_attendance(meeting=make_meeting(held_on=date(2026, 3, 1)))
    html = client_of_editor.get(address_of(meeting)).content.decode()
    assert [f'<option value="{name}">' in html for name in ("Mina Member, River Watch", "Robin Gray")] == [
        True,
        True,
    ]
    assert "Otto Other" not in html


def test_organisation_spelt_another_way_is_offered_as_the_one_there_is(client_of_editor, meeting):
    body = make_organisation(name="International Budget Partnership")
    make_attendance(meeting=meeting, organisation_name="Intl Budget Partnership")
    page = client_of_editor.get(address_of(meeting))
    row = page.context["sheet"].parts["attendees"][0]
    assert row.suggestion == body
    client_of_editor.post(address_of(meeting), typed(page, do=f"take:{row.key}:{body}"))
    assert meeting.attendances.get().organisation == body
