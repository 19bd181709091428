"""A note goes round, is corrected, agreed and published, then read and printed, in browsers without JavaScript."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from meetings.models import Note
from tests.factories import make_attendance, make_member, make_note

from .looks import faults_of


def test_note_goes_round_and_becomes_public(sign_in_at, open_page):
    editor, attendee = make_member(groups=["Editors"]), make_member(name="Ash Attendee")
    note = make_note(published=False, sections=[("What is missing", "Two of us had tried.")])
    make_attendance(meeting=note.meeting, name="Ash Attendee", member=attendee)
    address = note.get_absolute_url()

    desk = sign_in_at(editor, f"/admin/meetings/note/{note.pk}/circulation/")
    desk.get_by_role("button", name="Send it round").click()
    desk.get_by_text("Those who were there can read it now").wait_for()
    visitor = open_page(address, java_script_enabled=False)
    assert visitor.get_by_text("Two of us had tried.").count() == 0

    page = sign_in_at(attendee, address, viewport={"width": 320, "height": 700})
    page.get_by_role("link", name="Say what you would put differently").click()
    page.get_by_label("Where in the note?").select_option("What is missing")
    page.get_by_label("What would you put differently?").fill("Three of us had.")
    page.get_by_role("button", name="Send to the editors").click()
    page.get_by_text("With the editors").wait_for()

    desk.reload()
    desk.get_by_label("Taken in", exact=True).check()
    desk.get_by_role("button", name="Settle it").click()
    page.reload()
    page.get_by_text("Taken in").wait_for()
    Note.objects.update(corrections_until=timezone.localdate() - timedelta(days=1))
    desk.get_by_role("button", name="The note is agreed").click()
    desk.get_by_role("link", name="Back to the note").click()
    desk.get_by_role("button", name="Save and publish").first.click()
    desk.get_by_text("is public now").wait_for()

    visitor.reload()
    visitor.get_by_text("Two of us had tried.").wait_for()
    visitor.emulate_media(media="print")
    assert visitor.get_by_role("navigation").count() == 0
    expect(visitor.get_by_text(address)).to_be_visible()
    assert visitor.pdf(format="A4").startswith(b"%PDF")


def test_desk_and_comparison_pass_axe(sign_in_at):
    editor, attendee = make_member(groups=["Editors"]), make_member()
    note = make_note(published=False)
    make_attendance(meeting=note.meeting, member=attendee)
    note.circulate(until=timezone.localdate(), by=None, now=timezone.now())
    note.corrections.create(name="Ash", member=attendee, words="Three of us.", made_at=timezone.now())
    public = make_note()
    with public.correcting("It was three.", by=None, now=timezone.now()):
        public.points.update(text="We agreed to write three statements.")
    pages = [
        f"/admin/meetings/note/{note.pk}/circulation/",
        f"/admin/meetings/note/{public.pk}/change/",
        public.errata.get().get_absolute_url(),
    ]
    page = sign_in_at(editor, pages[0], java_script_enabled=True, bypass_csp=True)
    assert faults_of(page, pages) == {}
