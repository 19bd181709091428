"""Registering for a meeting, on a phone and without JavaScript."""

from playwright.sync_api import expect

from meetings.models import Registration
from tests.factories import make_meeting, make_member, make_registration

PHONE = {"viewport": {"width": 320, "height": 640}}
WAY_IN = "https://meet.example/door"


def test_last_place_goes_to_the_next_who_waits(sign_in_at, mailoutbox):
    """One has the last place, the other waits by keyboard alone; the place is given up, and the other can join."""
    meeting = make_meeting(
        accepts_registrations=True, capacity=1, venue="City library", joining_details=f"Ring, or {WAY_IN}"
    )
    first = make_registration(meeting=meeting)
    member = make_member(name="Wanda Waits")

    page = sign_in_at(member, meeting.get_absolute_url(), **PHONE)
    page.get_by_role("link", name="Join the waiting list").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/registration/")
    needs = page.get_by_label("What do you need to take part?")
    needs.focus()
    page.keyboard.type("Captions")
    for _ in ("may be named", "reminder", "the button"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("You are number 1 on the waiting list, in person.").wait_for()
    assert WAY_IN not in page.content()
    assert page.evaluate("document.documentElement.scrollWidth") == 320

    away = sign_in_at(first.member, f"{meeting.get_absolute_url()}registration/", **PHONE)
    expect(away.get_by_role("link", name=WAY_IN)).to_be_visible()
    away.get_by_role("link", name="Cancel my place").click()
    away.get_by_role("button", name="Cancel my place").click()
    expect(away.get_by_text("You are no longer registered")).to_be_visible()

    page.reload()
    expect(page.get_by_text("You have a place, in person.")).to_be_visible()
    expect(page.get_by_role("link", name=WAY_IN)).to_be_visible()
    assert Registration.objects.placed().get().access_requirements == "Captions"
    page.get_by_role("link", name="All your meetings").click()
    expect(page.get_by_role("link", name=str(meeting), exact=True)).to_be_visible()
