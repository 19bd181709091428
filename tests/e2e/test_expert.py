import re

from manifesto.models import Phase
from tests.factories import make_criterion, make_idea, make_member, make_round, make_term


def answer_with_the_keyboard(page):
    """Choose the middle answer of every criterion, by Tab and arrow keys, and save."""
    for group in page.locator("fieldset.criterion").all():
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
    desk.get_by_role("link", name="Rounds", exact=True).click()
    desk.get_by_role("link", name=re.compile("^Score")).first.click()
    desk.goto(f"/admin/manifesto/round/{round.pk}/scoring/1/")
    for scored in range(1, len(ideas) + 1):
        answer_with_the_keyboard(desk)
        desk.get_by_text(re.compile(f"^{scored} of {len(ideas)} ideas scored")).first.wait_for()
    term = round.expert_terms.get()
    assert (term.has_finished(), term.assessments.count()) == (True, len(ideas))

    desk.goto(f"/admin/manifesto/round/{round.pk}/ranking/")
    assert desk.locator(".standings tbody tr").count() == len(ideas)
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


def tab_to(page, selector):
    """Go on with the Tab key alone until an element that matches has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"The Tab key doesn’t lead to {selector}.")


def enter(page):
    """Follow or send what has the focus, and wait for the next page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_scoring_by_number_keys_and_declaring_an_interest_without_a_mouse(sign_in_at):
    """From what an expert belongs to, over an interest in one idea, to the last score, by keyboard alone."""
    round = make_round(phase=Phase.PRIORITISATION)
    for name in ("Verifiable", "Feasible"):
        make_criterion(round=round, name=name)
    for number in range(1, 4):
        make_idea(round=round, title=f"Idea for Wales {number}")
    expert = make_member(groups=["Experts"])
    term = make_term(round=round, member=expert, interests_declared_at=None)
    page = sign_in_at(expert, f"/admin/manifesto/round/{round.pk}/scoring/", java_script_enabled=True)
    page.wait_for_url("**/about-you/")

    tab_to(page, "#id_interests")
    page.keyboard.type("I answer 1 to 4 letters a day.")
    tab_to(page, "input[type=submit]")
    enter(page)

    tab_to(page, "a.button.default")
    enter(page)
    tab_to(page, "a[href$='/interest/']")
    enter(page)
    tab_to(page, "#id_kind_0")
    page.keyboard.press("Space")
    tab_to(page, "input[type=submit]")
    enter(page)
    page.get_by_text("Idea 1 isn’t yours to score").wait_for()

    tab_to(page, "a.button.default")
    enter(page)
    tab_to(page, ".desk-jump")
    page.keyboard.press("Enter")
    tab_to(page, ".score-choice input")
    page.keyboard.press("Control+1")
    assert page.locator(":checked").count() == 0
    page.keyboard.press("3")
    page.keyboard.press("4")
    assert page.evaluate("document.activeElement.type") == "submit"
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("2 of 4 would do.")
    tab_to(page, "input[type=submit]")
    enter(page)

    tab_to(page, ".score-choice input")
    for key in "12":
        page.keyboard.press(key)
    enter(page)
    page.get_by_text("that was the last one").wait_for()

    term.refresh_from_db()
    assert (term.interests, term.conflicts.get().idea.number) == ("I answer 1 to 4 letters a day.", 1)
    given = term.assessments.order_by("revision__idea__number")
    scores = [[score.half_points for score in one.scores.order_by("criterion")] for one in given]
    assert (scores, [one.note for one in given]) == ([[2, None], [0, 1]], ["2 of 4 would do.", ""])
