import re

from playwright.sync_api import expect

from manifesto.models import Draft, Lexeme
from tests.factories import make_idea, make_member, make_round, make_theme


def test_a_similar_idea_is_found_and_supported_instead_without_javascript(sign_in_at):
    """Write a title, meet an idea that says the same, support it; the draft waits, and can be finished too."""
    round = make_round(title="The UK manifesto")
    make_theme(round=round, name="Open data")
    idea = make_idea(round=round, title="Publish ministers’ diaries")
    make_idea(round=round, title="Mend rural bridges", why="They are weak.")
    member = make_member()

    page = sign_in_at(member, f"/rounds/{round.slug}/")
    page.get_by_role("link", name="Put forward an idea").click()
    page.get_by_label("What is your idea?").fill("The diaries of ministers")
    page.get_by_role("button", name="Go on").click()
    assert page.get_by_role("heading", level=2).all_inner_texts() == ["Publish ministers’ diaries"]
    page.get_by_role("button", name="Support this one instead").click()
    expect(page.get_by_text("You support an idea like yours.")).to_be_visible()
    assert [vote.idea for vote in member.votes.all()] == [idea]
    page.get_by_role("link", name="My ideas").click()
    page.get_by_role("link", name="The diaries of ministers", exact=True).click()
    assert page.get_by_label("What is your idea?").input_value() == "The diaries of ministers"
    page.get_by_role("link", name="See which ideas are like yours").click()
    page.get_by_role("link", name=re.compile("Mine is different")).click()
    page.get_by_label("Why is it important?").fill("Nobody knows whom they meet.")
    page.get_by_role("button", name="Save as a draft").click()
    assert Draft.objects.get().why == "Nobody knows whom they meet."


def test_searching_filtering_and_sharing_the_address_with_the_keyboard_alone(open_page):
    round = make_round()
    money = make_theme(round=round, name="Money", slug="money")
    make_idea(round=round, theme=money, title="Publish budgets early")
    make_idea(round=round, theme=money, title="Mend rural bridges")
    Lexeme.objects.count_again()
    phone = {"width": 390, "height": 800}
    page = open_page(f"/rounds/{round.slug}/ideas/", java_script_enabled=False, viewport=phone)
    page.get_by_text("Search and filter").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Money")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("budgte")
    page.keyboard.press("Enter")
    page.get_by_text("with words spelt like it").wait_for()
    assert page.locator("mark").all_inner_texts() == ["budgets"]
    assert page.get_by_label("Theme").locator("option").all_inner_texts() == ["All themes", "Money (1)"]
    shared = open_page(page.url)
    assert shared.locator("main article h2").all_inner_texts() == ["Publish budgets early"]
