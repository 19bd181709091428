import re

from playwright.sync_api import expect

from manifesto.models import Idea
from profiles.models import Member
from tests.factories import make_idea, make_member, make_round, make_theme


def test_from_joining_to_supporting_without_javascript(open_page, sign_in_at, mailoutbox):
    """Join, verify by code, submit, be approved, support another idea, withdraw, and support again."""
    round = make_round(title="The UK manifesto")
    make_theme(round=round, name="Open data")
    other = make_idea(round=round, title="Publish ministers’ diaries")
    editor = make_member(name="Edda Editor", groups=["Editors"])

    page = open_page("/", java_script_enabled=False)
    page.get_by_role("link", name="Join").click()
    page.get_by_label("E-mail").fill("new@example.org")
    page.get_by_label("Password", exact=True).fill("a quiet afternoon")
    page.get_by_label("Your name").fill("Nia Newcomer")
    page.get_by_label("I agree").check()
    page.locator("main form button[type=submit]").first.click()
    code = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", mailoutbox[-1].body, re.M).group(1)
    page.get_by_label("Code").fill(code)
    page.locator("main form button[type=submit]").first.click()
    member = Member.objects.get(email="new@example.org")
    assert (member.has_verified_email, member.has_current_consent, member.display_name) == (
        True,
        True,
        "Nia Newcomer",
    )

    page.goto(f"/rounds/{round.slug}/")
    page.get_by_role("link", name="Put forward an idea").click()
    page.get_by_label("What is your idea?").fill("Open the planning register")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Why is it important?").fill("Nobody hears of plans in time.")
    page.get_by_role("button", name="Send for checking").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.get_by_label("What is your idea?").input_value() == "Open the planning register"
    page.get_by_label("How would it work?").fill("One register, open to all.")
    page.get_by_label("What difference would it make").fill("People could speak up in time.")
    page.get_by_label("Theme").select_option(label="Open data")
    page.get_by_label("Local government").first.check()
    page.get_by_label("Civic participation").check()
    page.get_by_role("button", name="Send for checking").click()
    expect(page.get_by_text("Waiting for an editor.")).to_be_visible()

    desk = sign_in_at(editor, "/admin/manifesto/idea/?state=pending")
    desk.get_by_role("link", name=re.compile("Read and answer")).click()
    desk.get_by_label("Publish it").check()
    desk.get_by_role("button", name="Send the answer").click()
    assert Idea.objects.get(title="Open the planning register").is_published

    page.goto(f"/rounds/{round.slug}/ideas/?order=newest")
    page.get_by_role("link", name="Publish ministers’ diaries").click()
    for label, supporters in (
        ("Support this idea", 1),
        ("Withdraw my support", 0),
        ("Support this idea", 1),
    ):
        page.get_by_role("button", name=label).click()
        assert page.locator(".vote-count strong").inner_text() == str(supporters)
    assert other.votes.get().member == member
    page.get_by_role("link", name="My votes").click()
    expect(page.get_by_role("link", name="Publish ministers’ diaries")).to_be_visible()


def test_supporting_with_the_keyboard_alone(sign_in_at):
    idea = make_idea()
    page = sign_in_at(make_member(), idea.get_absolute_url(), java_script_enabled=True)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == "Support this idea":
            break
    page.keyboard.press("Enter")
    page.get_by_text("Thank you: you support this").wait_for()
    assert idea.votes.count() == 1


def test_what_a_visitor_wrote_survives_joining(open_page, mailoutbox):
    round = make_round()
    make_theme(round=round)
    page = open_page(f"/rounds/{round.slug}/ideas/new/", java_script_enabled=False)
    page.get_by_label("What is your idea?").fill("Written before joining")
    page.get_by_role("button", name="Go on").click()
    page.locator("main").get_by_role("link", name=re.compile("join", re.I)).first.click()
    page.get_by_label("E-mail").fill("writer@example.org")
    page.get_by_label("Password", exact=True).fill("a quiet afternoon")
    page.get_by_label("Your name").fill("Wren Writer")
    page.get_by_label("I agree").check()
    page.locator("main form button[type=submit]").first.click()
    code = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", mailoutbox[-1].body, re.M).group(1)
    page.get_by_label("Code").fill(code)
    page.locator("main form button[type=submit]").first.click()
    assert page.get_by_label("What is your idea?").input_value() == "Written before joining"
