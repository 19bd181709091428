import pytest

from tests.factories import make_attendance, make_member, make_note
from tests.meetings.circulation.circulating import bring_to


@pytest.fixture
def attendee(db):
    return make_member(name="Ash Attendee")


@pytest.fixture
def note(attendee):
    """A draft of a meeting the attendee was at."""
    note = make_note(
        published=False, key_points=["Secret point"], sections=[("Secret heading", "Secret body")]
    )
    make_attendance(meeting=note.meeting, name="Ash Attendee", member=attendee)
    make_attendance(meeting=note.meeting, name="Hidden Hal", is_named=False)
    return note


@pytest.fixture
def circulated(note):
    return bring_to(note, "circulated")
