"""Two editors write a note in two browsers at once: saved while they type, put together, both shown in a clash."""

from datetime import date

import pytest
from playwright.sync_api import expect

from meetings.models import Note
from tests.factories import make_meeting, make_member, make_organisation

from .looks import faults_of


def saved(page):
    expect(page.locator("[data-saved]")).to_contain_text("Saved at")


@pytest.fixture
def meeting(db):
    make_organisation(name="River Watch")
    return make_meeting(held_on=date(2026, 6, 1), title="Workshop", slug="workshop")


def test_two_editors_write_a_note(sign_in_at, meeting):
    people = [make_member(name=name, groups=["Editors"]) for name in ("Edda", "Kim")]
    options = {"java_script_enabled": True, "bypass_csp": True}
    edda = sign_in_at(people[0], "/meetings/workshop/", **options)
    edda.get_by_role("link", name="Write it").click()
    edda.get_by_label("Add several people").fill("Robin Gray, River Watch (Chair)\nApologies:\nSam Carter")
    edda.get_by_role("button", name="Add these people").click()
    edda.get_by_label("Text").first.fill("An election is coming.")
    edda.get_by_role("button", name="Add a key point").click()
    edda.keyboard.type("Three promises are enough.")
    edda.get_by_label("Heading").fill("What we ask for")
    edda.get_by_role("group", name="Section 1").get_by_label("Text").fill("**Three** promises.")
    expect(edda.locator("[data-live] strong")).to_have_text("Three")
    saved(edda)

    kim = sign_in_at(people[1], "/meetings/workshop/note/", **options)
    section = kim.get_by_role("group", name="Section 1")
    assert section.get_by_label("Text").input_value() == "**Three** promises."
    kim.get_by_role("group", name="Key point 2").get_by_role("button", name="Move up").click()
    section.get_by_label("Heading").fill("What we want")
    kim.get_by_label("By when").fill("30 June")
    kim.get_by_label("What", exact=True).fill("Draft it.")
    saved(kim)
    edda.get_by_label("Who writes this note?").fill("Edda and Kim")
    expect(edda.get_by_label("Heading").first).to_have_value("What we want")
    edda.reload()
    assert edda.get_by_label("By when").first.input_value() == "30 June 2026"

    kim.get_by_role("group", name="Section 1").get_by_label("Text").fill("Kim’s words.")
    saved(kim)
    expect(kim.locator("[data-live]").first).to_contain_text("Kim’s words.")
    edda.get_by_role("group", name="Section 1").get_by_label("Text").fill("Edda’s words.")
    expect(edda.locator("[data-trouble]")).to_contain_text(
        "Kim has just written something else in “Section 1”"
    )
    edda.get_by_role("button", name="Save the draft").last.click()
    expect(edda.locator(".theirs")).to_contain_text("Kim’s words.")
    assert edda.get_by_role("group", name="Section 1").get_by_label("Text").input_value() == "Edda’s words."
    edda.get_by_role("group", name="Section 1").get_by_label("Text").fill("Our words.")
    edda.get_by_role("button", name="Save and read it").click()
    edda.get_by_text("Our words.").wait_for()

    note = Note.objects.get()
    assert (note.written_by, note.sections.get().heading) == ("Edda and Kim", "What we want")
    assert [point.text for point in note.points.all()] == [
        "Three promises are enough.",
        "An election is coming.",
    ]
    assert [person.name for person in meeting.attendances.order_by("position")] == [
        "Robin Gray",
        "Sam Carter",
    ]
    assert faults_of(edda, ["/meetings/workshop/note/"]) == {}
