import re

from playwright.sync_api import expect

from manifesto.models import Idea, Phase
from tests.factories import make_idea, make_member, make_round, make_votes


def test_an_idea_with_supporters_is_improved_without_javascript(open_page, sign_in_at):
    """The author looks at the change and publishes it; of two supporters one confirms and one withdraws."""
    author = make_member(name="Aud Author")
    idea = make_idea(author=author, title="Publish ministers’ diaries")
    stays, leaves = (vote.member for vote in make_votes(idea=idea, number=2))

    page = sign_in_at(author, idea.get_absolute_url())
    page.get_by_role("link", name="Improve the wording").click()
    page.get_by_label("How would it work?").fill("Every meeting is listed within a week.")
    page.get_by_label("What did you change").fill("Sooner")
    page.get_by_role("button", name="See what would change").click()
    assert "month" in page.locator(".comparison del").inner_text()
    assert "week" in page.locator(".comparison ins").inner_text()
    assert page.get_by_label("What did you change").input_value() == "Sooner"
    page.get_by_role("button", name="Publish this wording").click()
    expect(page.get_by_text("0 for this wording, 2 for an earlier wording.")).to_be_visible()

    page = sign_in_at(stays, idea.get_absolute_url())
    page.get_by_role("link", name="See what changed").click()
    assert "week" in page.locator(".comparison ins").inner_text()
    page.go_back()
    page.get_by_role("button", name="I support this wording, too").click()
    expect(page.get_by_text("1 for this wording, 1 for an earlier wording.")).to_be_visible()

    page = sign_in_at(leaves, idea.get_absolute_url())
    page.get_by_role("button", name="Withdraw my support").click()
    expect(page.get_by_text("1 for this wording, 0 for an earlier wording.")).to_be_visible()
    assert [vote.member for vote in idea.votes.all()] == [stays]

    page = open_page(idea.get_absolute_url(), java_script_enabled=False)
    page.get_by_role("link", name="How it changed").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="From revision 1 to revision 2")).to_be_visible()


def test_author_and_editor_at_once_lose_nothing(sign_in_at):
    author, editor = make_member(name="Aud Author"), make_member(name="Edda Editor", groups=["Editors"])
    idea = make_idea(author=author, title="Publish diaries")
    pages = [sign_in_at(person, idea.get_absolute_url()) for person in (author, editor)]
    for page, title in zip(pages, ("Publish ministers’ diaries", "Publish all diaries"), strict=True):
        page.get_by_role("link", name="Improve the wording").click()
        page.get_by_label("What is your idea?").fill(title)
    pages[1].get_by_role("button", name="Publish this wording").click()
    pages[0].get_by_role("button", name="Publish this wording").click()
    expect(
        pages[0].get_by_role("heading", name="What Edda Editor, as an editor changed meanwhile")
    ).to_be_visible()
    assert pages[0].get_by_label("What is your idea?").input_value() == "Publish ministers’ diaries"
    pages[0].get_by_label("What is your idea?").fill("Publish all ministers’ diaries")
    pages[0].get_by_role("button", name="Publish this wording").click()
    assert [revision.title for revision in idea.revisions.all()] == [
        "Publish diaries",
        "Publish all diaries",
        "Publish all ministers’ diaries",
    ]


def test_a_co_author_is_invited_and_joins(sign_in_at):
    author, friend = make_member(name="Aud Author"), make_member(name="Finn Friend")
    idea = make_idea(author=author, round=make_round(phase=Phase.REFINEMENT))
    page = sign_in_at(author, idea.get_absolute_url())
    page.get_by_role("link", name="Invite co-authors").click()
    page.get_by_label("Their e-mail address").fill(friend.email)
    page.get_by_role("button", name="Invite").click()
    page = sign_in_at(friend, "/my/ideas/")
    page.get_by_role("link", name=re.compile("Be a co-author of")).click()
    page.get_by_role("button", name="Yes, I will").click()
    expect(page.get_by_text("Aud Author, Finn Friend")).to_be_visible()
    page.get_by_role("link", name="Improve the wording").wait_for()
    assert Idea.objects.get().is_author(friend)
