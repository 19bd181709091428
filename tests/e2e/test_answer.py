"""An answer of government, from an editor's desk to the page that everybody reads."""

from datetime import timedelta

from django.utils import timezone

from manifesto.models import ExpectedAnswer


def test_an_answer_that_an_editor_records_is_on_the_public_pages(sign_in_to_look, open_page, demonstration):
    editor = sign_in_to_look("editor")
    expected = ExpectedAnswer.objects.unanswered().select_related("idea__round").earliest("pk")
    editor.goto("/admin/")
    editor.get_by_role("link", name="Look whether government has answered").click()
    editor.get_by_role("link", name=f"Record an answer to {expected.idea}").click()
    editor.get_by_label("Answer").first.select_option("in_part")
    editor.get_by_label("Reasons").fill("Half of it, and by next spring.")
    editor.get_by_label("Source", exact=True).fill("A late response")
    editor.get_by_label("Address of the source").fill("https://example.org/late-response")
    editor.get_by_label("Said on").fill(f"{timezone.localdate() - timedelta(days=1):%Y-%m-%d}")
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.get_by_role("row", name=expected.idea.title).get_by_role("link").first.click()
    editor.get_by_role("link", name="Put it on record…").click()
    editor.get_by_role("button", name="Put it on record").click()
    page = open_page(expected.idea.get_absolute_url())
    answers = page.locator("#answers")
    assert "Half of it, and by next spring." in answers.inner_text()
    assert "days late" in answers.inner_text()
    page.goto(f"/rounds/{expected.idea.round.slug}/answers/")
    assert "4 have been given" in page.locator("main").inner_text()
