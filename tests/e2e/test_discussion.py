import re

from playwright.sync_api import expect

from manifesto.models import Comment
from tests.factories import PASSWORD, make_comment, make_idea, make_member

CALM = {"java_script_enabled": False, "viewport": {"width": 320, "height": 800}}


def test_a_discussion_from_typing_signed_out_to_a_reply_without_javascript(open_page, sign_in_at):
    """Write before signing in, have the first comment approved, be replied to, report, be hidden."""
    author, newcomer = make_member(name="Anna Author"), make_member(name="Nora Newcomer")
    editor = make_member(name="Edda Editor", groups=["Editors"])
    idea = make_idea(author=author, title="Publish ministers’ diaries")
    make_comment(idea=idea, author=author, text="Ask me anything.")

    page = open_page(idea.get_absolute_url(), **CALM)
    page.get_by_label("Your comment").fill("Would it cover special advisers?")
    page.get_by_role("button", name="Go on to sign in and post").click()
    page.get_by_label("E-mail").fill(newcomer.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main form").get_by_role("button", name=re.compile("^Sign in$")).click()
    assert page.get_by_label("Your comment").input_value() == "Would it cover special advisers?"
    page.get_by_role("button", name="Post your comment").click()
    expect(page.get_by_text("Waiting for an editor")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320

    desk = sign_in_at(editor, "/admin/")
    desk.get_by_role("link", name="Read 1 comment").click()
    desk.get_by_role("link", name=re.compile(r"^Read\s?: comment")).click()
    desk.get_by_label("Publish it").check()
    desk.get_by_role("button", name="Send the answer").click()
    expect(desk.get_by_text("nothing else is waiting")).to_be_visible()

    theirs = sign_in_at(author, idea.get_absolute_url(), **CALM)
    theirs.get_by_role("link", name="Reply to Nora Newcomer").click()
    theirs.get_by_label("Your comment").fill("Yes, it would.")
    theirs.get_by_role("button", name="Post your reply").click()
    reply = theirs.get_by_role("article", name="Reply by Anna Author")
    expect(reply.get_by_text("Yes, it would.")).to_be_visible()
    expect(reply.get_by_text("Author", exact=True)).to_be_visible()

    page.goto(idea.get_absolute_url())
    page.get_by_role("link", name="Report the comment by Anna Author").first.click()
    page.get_by_label("Not about the idea").check()
    page.get_by_role("button", name="Report it").click()
    desk.goto("/admin/")
    desk.get_by_role("link", name="Read 1 comment").click()
    desk.get_by_role("link", name=re.compile(r"^Read\s?: comment")).first.click()
    desk.get_by_label(re.compile("Hide it")).check()
    desk.get_by_label(re.compile("Reason for hiding")).select_option("off_topic")
    desk.get_by_role("button", name="Send the answer").click()
    page.reload()
    page.goto(idea.get_absolute_url())
    expect(page.get_by_text("Reason: not about the idea.")).to_be_visible()
    expect(page.get_by_text("Ask me anything.")).not_to_be_visible()
    assert Comment.objects.standing().count() == 2


def test_a_comment_is_changed_and_deleted_with_the_keyboard_alone(sign_in_at):
    member = make_member()
    idea = make_idea()
    comment = make_comment(idea=idea, author=member, text="With a slpi.")
    page = sign_in_at(member, idea.get_absolute_url(), **CALM)
    page.get_by_role("link", name=re.compile("^Change")).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Your comment").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("With no slip.")
    # Past the language it is written in.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Your comment is changed.").wait_for()
    comment.refresh_from_db()
    assert comment.text == "With no slip."
    page.get_by_role("link", name=re.compile("^Delete")).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Delete my comment").focus()
    page.keyboard.press("Enter")
    page.get_by_text("This comment was deleted by its author.").wait_for()
