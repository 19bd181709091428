"""Ideas from a workshop, typed in with the keyboard alone and without JavaScript."""

import re

from manifesto.models import Capture, Idea
from meetings.models import Meeting
from tests.factories import make_meeting, make_member, make_round, make_theme


def type_in(page, *texts):
    """Type where the focus is, and Tab on to the next field after each text; then press the button."""
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_many_ideas_in_a_row_with_the_keyboard(sign_in_at):
    round = make_round(title="An open country")
    make_theme(round=round, name="Open data")
    meeting = make_meeting(title="Leeds workshop", kind=Meeting.Kind.WORKSHOP, days=-1)
    editor = make_member(groups=["Editors"])
    page = sign_in_at(editor, "/admin/manifesto/capture/")
    page.get_by_label("Round", exact=True).select_option(label="An open country")
    page.get_by_label("Meeting", exact=True).select_option(str(meeting.pk))
    page.get_by_role("button", name="Start").press("Enter")
    page.get_by_label("Theme", exact=True).select_option(label="Open data")
    page.get_by_label("Level of government", exact=True).select_option("local")
    page.get_by_label("The idea in one line", exact=True).focus()
    for number in range(1, 4):
        type_in(page, f"Idea {number}", "Because.", "Like this.", "So.")
        page.get_by_text(f"Entered so far: {number}").wait_for()
    assert list(
        Idea.objects.order_by("number").values_list("title", "why", "how", "difference", "level")
    ) == [(f"Idea {number}", "Because.", "Like this.", "So.", "local") for number in range(1, 4)]

    page.get_by_role("button", name="Take back the last one you entered").press("Enter")
    page.get_by_text("Entered so far: 2").wait_for()
    page.get_by_role("link", name=re.compile("^Change.*Idea 2")).press("Enter")
    page.get_by_label("The idea in one line", exact=True).fill("Idea 2, put better")
    page.get_by_role("button", name="Save the change").press("Enter")
    page.get_by_text("“Idea 2, put better” is changed.").wait_for()
    assert list(Capture.objects.standing().values_list("idea__title", flat=True).order_by("pk")) == [
        "Idea 1",
        "Idea 2, put better",
    ]
