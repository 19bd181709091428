from playwright.sync_api import expect

from manifesto.models import Commitment, Phase
from tests.factories import (
    make_decision,
    make_idea,
    make_member,
    make_round,
    make_theme,
    make_working_group_member,
)


def test_a_commitment_goes_from_idea_to_pack(open_page, sign_in_at):
    """A working group draws and improves a draft; an editor publishes it and freezes a pack; a visitor follows it."""
    round = make_round(phase=Phase.SHORTLISTED)
    theme = make_theme(round=round, name="Integrity")
    idea = make_idea(round=round, theme=theme, title="Open the diaries")
    make_decision(idea=idea, position=1, reasons="It is clear.")
    drafter = make_member(name="Dora Drafter")
    make_working_group_member(theme=theme, member=drafter)
    editor = make_member(name="Edda Editor", groups=["Editors"])

    page = sign_in_at(drafter, f"/rounds/{round.slug}/commitments/")
    page.get_by_role("link", name="Draw a commitment").click()
    page.get_by_label("Ideas it is drawn from").fill(str(idea.number))
    page.get_by_label("Theme").select_option("Integrity")
    page.get_by_label("Title").fill("Diaries of ministers are open")
    page.get_by_label("The public problem").fill("Nobody sees who meets whom.")
    page.get_by_label("We call for").fill("Monthly lists\nIn one place")
    page.get_by_role("button", name="See what it would say").click()
    expect(page.get_by_role("listitem").filter(has_text="In one place")).to_be_visible()
    assert page.get_by_label("Title").input_value() == "Diaries of ministers are open"
    page.get_by_role("button", name="Keep it as a draft").click()
    expect(
        page.get_by_text("Only editors and the working group of its theme can see this page.")
    ).to_be_visible()
    draft = page.url
    assert open_page(draft).get_by_role("heading", level=1).inner_text() != "Diaries of ministers are open"

    page.get_by_role("link", name="Improve the wording").click()
    page.get_by_label("The results sought").fill("Everybody sees who was heard.")
    page.get_by_role("button", name="Keep this wording").click()
    expect(page.get_by_text("Everybody sees who was heard.")).to_be_visible()

    page = sign_in_at(editor, draft)
    page.get_by_role("link", name="Publish it").click()
    page.get_by_role("button", name="Publish it").click()
    page.goto(f"/rounds/{round.slug}/packs/new/")
    page.get_by_label("Title of the pack").fill("What we ask")
    page.get_by_role("button", name="Freeze it and publish it").click()
    expect(page.get_by_role("heading", name="What we ask")).to_be_visible()

    page = open_page(
        idea.get_absolute_url(), java_script_enabled=False, viewport={"width": 320, "height": 800}
    )
    page.get_by_role("link", name="Diaries of ministers are open").click()
    expect(page.get_by_role("heading", name="Accepted: place 1")).to_be_visible()
    assert page.get_by_text("Not yet").count() == 4
    page.get_by_role("link", name="What we ask").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="For a word processor (DOCX)").click()
    assert download.value.suggested_filename == f"{round.slug}-commitments-1.docx"
    assert Commitment.objects.get().revisions.count() == 2
