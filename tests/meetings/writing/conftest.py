from datetime import date

import pytest

from tests.factories import (
    make_attendance,
    make_meeting,
    make_member,
    make_note,
)
from tests.meetings.writing.page import address_of


@pytest.fixture
def client_of_editor(sign_in, editor):
    return sign_in(editor)


@pytest.fixture
def meeting(db):
    return make_meeting(days=-3, held_on=date(2026, 6, 1), title="Workshop")


@pytest.fixture
def draft(meeting):
    note = make_note(
        meeting=meeting, published=False, sections=[("Opening", "We began."), ("Money", "None.")]
    )
    make_attendance(meeting=meeting, name="Robin Gray")
    return note


@pytest.fixture
def page(client_of_editor, draft):
    return client_of_editor.get(address_of(draft.meeting))


@pytest.fixture
def kim(db):
    return make_member(name="Kim Editor", groups=["Editors"])
