import re

from manifesto.models import Phase
from tests.factories import make_criterion, make_idea, make_member, make_round, make_term


def answer_with_the_keyboard(page):
    """Choose the middle answer of every criterion, by Tab and arrow keys, and save."""
    for group in page.get_by_role("group").all():
        group.get_by_role("radio").first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    page.get_by_role("button", name=re.compile("^Save")).focus()
    page.keyboard.press("Enter")


def test_from_scoring_to_the_public_shortlist(open_page, sign_in_at):
    """An expert scores every idea and shortlists five with reasons, an editor publishes, a visitor reads."""
    round = make_round(phase=Phase.PRIORITISATION, title="A manifesto for Wales", shortlist_target=5)
    for name in ("Verifiable", "Feasible"):
        make_criterion(round=round, name=name)
    ideas = [make_idea(round=round, title=f"Idea for Wales {number}") for number in range(1, 8)]
    expert = make_member(name="Esi Expert", groups=["Experts"])
    make_term(round=round, member=expert)
    editor = make_member(name="Edda Editor", groups=["Editors"])

    desk = sign_in_at(expert, "/admin/", java_script_enabled=True)
    desk.get_by_role("link", name="Rounds").first.click()
    desk.get_by_role("link", name=re.compile("^Score")).first.click()
    desk.goto(f"/admin/manifesto/round/{round.pk}/scoring/1/")
    for scored in range(1, len(ideas) + 1):
        answer_with_the_keyboard(desk)
        desk.get_by_text(re.compile(f"^{scored} of {len(ideas)} ideas scored")).first.wait_for()
    term = round.expert_terms.get()
    assert (term.has_finished(), term.assessments.count()) == (True, len(ideas))

    desk.goto(f"/admin/manifesto/round/{round.pk}/ranking/")
    assert desk.get_by_role("row").count() == len(ideas) + 1
    assert "Idea for Wales" not in open_page(f"/rounds/{round.slug}/shortlist/").locator("main").inner_text()

    desk.goto(f"/admin/manifesto/round/{round.pk}/shortlist/")
    entries = desk.locator(".shortlist-entry")
    for index in range(len(ideas)):
        entry = entries.nth(index)
        if index < 5:
            entry.get_by_label("Place").fill(str(index + 1))
        entry.get_by_label("Outcome").select_option("accepted" if index < 5 else "deferred")
        entry.get_by_label("Reasons").fill(f"Reason number {index + 1}.")
    desk.get_by_role("button", name=re.compile("^Save")).first.click()
    assert round.decisions.count() == len(ideas)

    office = sign_in_at(editor, f"/admin/manifesto/round/{round.pk}/shortlist/")
    office.get_by_role("link", name=re.compile("[Pp]ublish")).first.click()
    office.get_by_role("button", name=re.compile("[Pp]ublish")).first.click()
    round.refresh_from_db()
    assert (round.is_shortlist_published, round.shortlist_published_by) == (True, editor)

    visitor = open_page("/", java_script_enabled=False)
    visitor.get_by_role("link", name="Read the shortlist").click()
    text = visitor.locator("main").inner_text()
    assert [reason for index in range(1, 8) if (reason := f"Reason number {index}.") not in text] == []
    assert visitor.locator(".decision").count() >= 5
