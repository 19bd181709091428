import re

from playwright.sync_api import expect

from manifesto.models import Idea, Merge
from tests.factories import make_idea, make_member, make_round, make_votes


def test_merging_two_ideas_and_undoing_it_without_javascript(open_page, sign_in_at):
    """An editor merges; a visitor sees the survivor alone, a supporter still counts; then it is undone."""
    round = make_round(title="The UK manifesto")
    target = make_idea(round=round, title="Publish every contract of the council")
    source = make_idea(round=round, title="Publish every contract that councils sign")
    member = make_member()
    for idea in (source, target):
        make_votes(idea=idea, number=2)
    source.support(member, now=source.published_at)
    editor = make_member(name="Edda Editor", groups=["Editors"])

    office = sign_in_at(editor, f"/admin/manifesto/idea/{source.pk}/change/")
    office.get_by_role("link", name="Merge into another idea…").click()
    office.get_by_label("Why do they belong together?").fill("Both ask for the same register.")
    office.get_by_role("button", name="See what it would change").click()
    expect(office.get_by_role("alert")).to_be_visible()
    office.get_by_label("Publish every contract of the council").check()
    office.get_by_role("button", name="See what it would change").click()
    expect(office.get_by_text("5 supporters")).to_be_visible()
    office.get_by_role("button", name="Merge them").click()
    assert Idea.objects.get(pk=source.pk).survivor == target

    visitor = open_page(f"/rounds/{round.slug}/ideas/", java_script_enabled=False)
    assert visitor.locator(".idea-card").count() == 1
    visitor.get_by_role("link", name="Publish every contract of the council").click()
    assert visitor.locator(".vote-count strong").inner_text() == "5"
    visitor.get_by_role("link", name="Publish every contract that councils sign").click()
    expect(visitor.get_by_text("Both ask for the same register.")).to_be_visible()
    visitor.get_by_role("link", name="Go to the merged idea").click()
    assert visitor.get_by_role("heading", level=1).inner_text() == "Publish every contract of the council"

    supporter = sign_in_at(member, target.get_absolute_url())
    expect(supporter.get_by_text("Thank you: you support this")).to_be_visible()
    supporter.get_by_role("button", name="Withdraw my support").click()
    assert supporter.locator(".vote-count strong").inner_text() == "4"

    office.get_by_role("link", name=re.compile("^Undo…")).click()
    office.get_by_role("button", name="Undo the merge").click()
    assert Merge.objects.get().undone_by == editor
    visitor.goto(source.get_absolute_url())
    assert visitor.locator(".vote-count strong").inner_text() == "2"
    visitor.goto(f"/rounds/{round.slug}/ideas/")
    assert visitor.locator(".idea-card").count() == 2
