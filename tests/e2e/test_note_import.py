"""A pasted note becomes a published one, in a browser without JavaScript, and how much work that is."""

from pathlib import Path

import pytest

from meetings.models import Note, NoteImport
from tests.factories import make_member, make_organisation

from .looks import faults

TEXT = (Path(__file__).parent.parent / "meetings" / "notes" / "two_posts.txt").read_text()
ADD = "/admin/meetings/noteimport/add/"


@pytest.fixture
def editor(db):
    return make_member(groups=["Editors"])


class Counted:
    """Clicks, and the keystrokes of a paste; each of them is one."""

    def __init__(self):
        self.number = 0

    def click(self, locator):
        self.number += 1
        locator.click()

    def paste(self, locator, text):
        # Into the field that has the focus already: two keys.
        self.number += 2
        locator.fill(text)


def test_editor_takes_a_pasted_note_to_a_published_one(sign_in_at, open_page, editor):
    make_organisation(name="Street Forum")
    page, work = sign_in_at(editor, "/admin/meetings/note/"), Counted()
    work.click(page.get_by_role("link", name="Import a note"))
    work.paste(page.get_by_label("Paste the note"), TEXT)
    work.click(page.get_by_role("button", name="Read it"))
    work.click(page.get_by_label("Show the meeting to everybody"))
    work.click(page.get_by_role("button", name="Make the draft note"))
    page.get_by_text("Here is the draft note.").wait_for()
    work.click(page.get_by_role("button", name="Save and publish").first)
    page.get_by_text("is public now").wait_for()
    print("Clicks and keystrokes:", work.number)
    assert work.number <= 25
    note = Note.objects.published().get()
    public = open_page(note.get_absolute_url())
    shown = [
        "Getting candidates to say where they stand",
        "Tom Hewitt",
        "Budget Watch International",
        "Where things stand",
    ]
    assert [public.get_by_text(text).count() > 0 for text in shown] == [True] * 4


def test_closed_browser_loses_nothing(sign_in_at, editor):
    page = sign_in_at(editor, ADD)
    page.get_by_label("Paste the note").fill(TEXT)
    page.get_by_role("button", name="Read it").click()
    page.get_by_label("Note written by").fill("Kim the Careful")
    page.get_by_role("button", name="Keep it for later").click()
    page.context.close()
    page = sign_in_at(editor, ADD)
    page.get_by_role("link", name="Getting candidates").click()
    assert page.get_by_label("Note written by").input_value() == "Kim the Careful"


def test_pages_pass_axe(sign_in_at, editor):
    page = sign_in_at(editor, ADD, java_script_enabled=True, bypass_csp=True)
    found = {"paste": faults(page)}
    page.get_by_label("Paste the note").fill(TEXT.replace("15th November 2014", "31 June 2014"))
    page.get_by_role("button", name="Read it").click()
    found["preview"] = faults(page)
    page.get_by_role("button", name="Make the draft note").click()
    found["mistakes"] = faults(page)
    page.get_by_label("Date", exact=False).first.fill("2014-11-15")
    page.get_by_role("button", name="Make the draft note").click()
    page.get_by_text("Here is the draft note.").wait_for()
    page.goto(NoteImport.objects.get().get_absolute_url())
    found["done"] = faults(page)
    page.goto("/admin/meetings/noteimport/")
    found["list"] = faults(page)
    assert found == {name: {} for name in found}
