"""The shortlist meeting's board with the keyboard alone, with the mouse, and without a script."""

import re

import pytest
from playwright.sync_api import expect

from manifesto.models import Phase
from tests.factories import make_criterion, make_idea, make_member, make_round


@pytest.fixture
def round(db):
    round = make_round(phase=Phase.PRIORITISATION, title="A manifesto for Wales", shortlist_target=3)
    make_criterion(round=round)
    for number in range(1, 5):
        make_idea(round=round, title=f"Idea {number}")
    return round


@pytest.fixture
def open_board(round, sign_in_at):
    """The board as an editor sees it."""

    def open_board(**options):
        member = make_member(groups=["Editors"])
        return sign_in_at(member, f"/admin/manifesto/round/{round.pk}/shortlist/", **options)

    return open_board


def order(page):
    return page.locator(".is-placed [data-title]").all_text_contents()


def places(round):
    rows = round.decisions.exclude(position=None).order_by("position")
    return [f"Idea {number}" for number in rows.values_list("idea__number", flat=True)]


def test_with_the_keyboard_alone(round, open_board):
    page = open_board(java_script_enabled=True)
    for number in (3, 1, 4):
        page.locator(f"#idea-{number} [value=add-{number}]").focus()
        page.keyboard.press("Enter")
    assert order(page) == ["Idea 3", "Idea 1", "Idea 4"]
    up = page.locator("#idea-4 [value=up-4]")
    up.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert order(page) == ["Idea 4", "Idea 3", "Idea 1"]
    expect(up).to_be_focused()
    expect(page.locator("[data-announce]")).to_have_text("Idea 4: place 1 of 3.")
    page.locator("#idea-3 [value=off-3]").focus()
    page.keyboard.press("Space")
    expect(page.locator("#idea-3 [value=add-3]")).to_be_focused()
    page.get_by_label("Reasons, as they will be published, for idea 1").focus()
    page.keyboard.type("It can be done.")
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^Saved at \d\d:\d\d$"))
    assert (places(round), round.decisions.get(idea__number=1).reasons) == (
        ["Idea 4", "Idea 1"],
        "It can be done.",
    )


def test_with_the_mouse(round, open_board):
    page = open_board(java_script_enabled=True, viewport={"width": 1280, "height": 2400})
    for number in (1, 2, 3):
        page.locator(f"#idea-{number} [value=add-{number}]").click()
    page.locator("#idea-3 .board-handle").scroll_into_view_if_needed()
    box, target = page.locator("#idea-3 .board-handle").bounding_box(), page.locator("#idea-1").bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 10, target["y"] + 40, steps=12)
    page.mouse.move(target["x"] + 10, target["y"] + 5)
    page.mouse.up()
    assert order(page) == ["Idea 3", "Idea 1", "Idea 2"]
    expect(page.locator("[data-saved]")).to_have_text(re.compile("^Saved at"))
    assert places(round) == ["Idea 3", "Idea 1", "Idea 2"]


def test_without_a_script(round, open_board):
    page = open_board()
    page.get_by_label("Reasons, as they will be published, for idea 2").fill("Kept.")
    page.locator("#idea-2 [value=add-2]").click()
    page.locator("#idea-4 [value=add-4]").click()
    page.locator("#idea-4 [value=up-4]").click()
    assert (order(page), places(round)) == (["Idea 4", "Idea 2"],) * 2
    page.get_by_label("Place of idea 1").fill("3")
    page.get_by_label("Outcome of idea 1").select_option("accepted")
    page.get_by_role("button", name="Save the shortlist").first.click()
    assert places(round) == ["Idea 4", "Idea 2", "Idea 1"]
    assert round.decisions.get(idea__number=2).reasons == "Kept."


def test_saving_by_itself_stops_where_somebody_else_has_changed_the_same(round, open_board):
    mine, theirs = open_board(java_script_enabled=True), open_board()
    theirs.get_by_label("Reasons, as they will be published, for idea 2").fill("Theirs.")
    theirs.get_by_role("button", name="Save the shortlist").first.click()
    mine.get_by_label("Reasons, as they will be published, for idea 2").fill("Mine.")
    expect(mine.locator("[data-trouble]")).to_contain_text("Somebody else saved the shortlist")
    mine.get_by_role("button", name="Save the shortlist").first.click()
    expect(mine.get_by_text("Saved by somebody else meanwhile:")).to_be_visible()
    assert mine.get_by_label("Reasons, as they will be published, for idea 2").input_value() == "Mine."
    assert round.decisions.get().reasons == "Theirs."
