"""On a phone without JavaScript: a note is found by its words, an action's page tells all of it, its owner ends it."""

import pytest
from django.utils import timezone

from tests.factories import make_action, make_meeting, make_member, make_note

from .looks import faults_of

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def owner(db):
    return make_member(name="Kim Lee")


@pytest.fixture
def action(owner):
    note = make_note(
        meeting=make_meeting(days=-30, title="Spring meeting"),
        key_points=["A register of lobbyists comes first."],
    )
    action = make_action(note=note, text="Write to the minister.", owner_name="Kim Lee", owner_member=owner)
    action.carry_to(make_meeting(title="Summer meeting"), by=None, now=timezone.now())
    return action


def test_note_is_found_and_its_action_followed_to_the_end(open_page, sign_in_at, action, owner):
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/meetings/")
    page.get_by_role("link", name="Search the notes").click()
    page.get_by_label("Words in the note").fill("registers")
    page.get_by_role("button", name="Show notes").click()
    assert page.locator(".found mark").all_inner_texts() == ["register"]
    page.get_by_role("link", name="Spring meeting").click()
    page.get_by_role("link", name="Write to the minister.").first.click()
    history = page.locator(".history > li")
    assert [text.split("\n")[0] for text in history.all_inner_texts()] == ["Agreed", "Carried forward"]
    assert page.get_by_text("Say how it stands").count() == 0
    page = sign_in_at(owner, action.get_absolute_url())
    page.get_by_text("It’s done", exact=True).click()
    page.get_by_label("What came of it").fill("She answered within a week.")
    page.get_by_role("button", name="Say that it’s done").click()
    assert page.locator(".history > li").count() == 3
    assert "She answered within a week." in page.locator(".history").inner_text()


def test_pages_of_an_editor_have_no_faults(open_page, sign_in_at, action):
    make_action(note=action.note)
    editor = make_member(groups=["Editors"])
    page = sign_in_at(editor, "/meetings/", java_script_enabled=True, bypass_csp=True)
    meeting = action.events.get().meeting
    assert faults_of(page, [action.get_absolute_url(), meeting.get_absolute_url()]) == {}
