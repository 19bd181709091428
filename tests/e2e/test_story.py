import os
import re
import signal
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from playwright.sync_api import Error, expect

from profiles.models import Call, Profile, Question
from profiles.vocabularies import Frequency
from tests.factories import PASSWORD, make_call, make_member, make_membership, make_organisation, make_round

from .conftest import QUIET

JS = {"java_script_enabled": True}
ANSWERS = {
    Question.MEANING: "It means that I can ask a plain question and get a plain answer.",
    Question.IMPORTANCE: "Because people look after what they understand.",
    Question.EXAMPLE: "The culvert was mended that same autumn.",
    Question.REFORM: "Make the land register free. All of it.",
}


def sign_in(page, member):
    page.get_by_label("E-mail").fill(member.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main form").get_by_role("button", name=re.compile("^Sign in$")).click()


def saved(page):
    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"^Saved at \d\d:\d\d$"), timeout=15_000)


@pytest.fixture
def insider(db):
    member = make_member(name="Rhian Bevan", email_frequency=Frequency.IMMEDIATELY)
    make_membership(member=member, organisation=make_organisation(name="Glen Trust", slug="glen-trust"))
    return member


def test_from_the_call_to_the_published_story_and_down_again(sign_in_at, open_page, insider, mailoutbox):
    """As editor, organisation, editor, author, visitor and organisation: without JavaScript but for the typing."""
    editor = make_member(name="Edda Editor", groups=["Editors"])
    make_round(title="The UK manifesto")

    desk = sign_in_at(editor, "/admin/profiles/call/add/")
    desk.get_by_label("Title").fill("Tell us your story")
    desk.get_by_label("Slug").fill("stories")
    desk.get_by_label("Introduction").fill("We **ask** because a story says more.")
    desk.get_by_role("button", name="Save and continue editing").click()
    desk.get_by_role("link", name="Open…").click()
    desk.get_by_role("button", name="Open the call").click()
    assert Call.objects.get().opened_by == editor

    page = open_page("/", **JS)
    page.get_by_role("link", name="Tell us your story").click()
    page.get_by_role("link", name="Answer for your organisation").click()
    sign_in(page, insider)
    for question, text in ANSWERS.items():
        page.get_by_label(str(question.label)).fill(text)
    expect(page.locator("#id_answer_4_count")).to_have_text("Words: 8")
    page.get_by_label("Who is speaking?").fill("Rhian Bevan")
    page.get_by_label("In what role?").fill("Secretary")
    saved(page)
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.get_by_text("Nothing can be published unless you agree.").first).to_be_visible()
    page.get_by_label("On behalf of our organisation").check()
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.get_by_role("button", name="Take it back to change it")).to_be_visible()

    desk.goto("/admin/")
    desk.get_by_role("link", name="Read new answers and write up 1 story").click()
    desk.get_by_role("link", name="Glen Trust").click()
    desk.get_by_role("button", name="Begin to write it up").click()
    desk.get_by_label("Standfirst").fill("A glen found out who owned its hill.")
    desk.get_by_label("Pull quote").fill("people look after what they understand")
    desk.get_by_label("Theme of the reform").select_option("open-data")
    desk.locator("#id_answers-2-edited").fill("The culvert was mended the same autumn.")
    desk.get_by_role("button", name="Save and send for approval").click()
    expect(desk.get_by_text("Rhian Bevan will get an e-mail")).to_be_visible()

    call_command("send_notifications")
    [mail] = [mail for mail in mailoutbox if mail.to == [insider.email]]
    link = re.search(r"https?://[^/\s]+(/my/stories/\d+/approval/)", mail.body)[1]
    author = open_page(link, java_script_enabled=False)
    sign_in(author, insider)
    expect(author.get_by_text("people look after what they understand").first).to_be_visible()
    author.get_by_text("Ask for changes").click()
    author.get_by_label("What should change?").fill("Say which autumn.")
    author.get_by_role("button", name="Send this to the editor").click()

    desk.goto("/admin/")
    desk.get_by_role("link", name="See to changes asked for in 1 story").click()
    desk.get_by_role("link", name="Glen Trust").click()
    desk.get_by_text("Say which autumn.").wait_for()
    desk.locator("#id_answers-2-edited").fill("The culvert was mended in the autumn of 2013.")
    desk.get_by_role("button", name="Save and send for approval").click()

    author.goto(link)
    expect(author.get_by_text("autumn of 2013")).to_be_visible()
    author.get_by_role("button", name="Approve this text").click()
    expect(author.get_by_role("heading", name="Approved")).to_be_visible()

    visitor = open_page("/stories/", java_script_enabled=False)
    assert visitor.get_by_text("A glen found out").count() == 0
    desk.goto("/admin/")
    desk.get_by_role("link", name="Publish 1 story that the author has approved").click()
    desk.get_by_role("link", name="Glen Trust").click()
    desk.get_by_role("link", name="Publish…").click()
    desk.get_by_role("button", name="Publish it now").click()
    assert Profile.objects.published().get().published_by == editor

    visitor.reload()
    visitor.get_by_role("link", name="Glen Trust").click()
    story = visitor.url
    expect(visitor.get_by_text("A glen found out who owned its hill.")).to_be_visible()
    visitor.get_by_role("button", name="Turn this reform into a commitment idea").click()
    sign_in(visitor, make_member(name="Mina Member"))
    visitor.get_by_role("button", name="Make it a draft for The UK manifesto").click()
    assert visitor.get_by_label("What is your idea?").input_value() == "Make the land register free"
    expect(visitor.get_by_text("It came from the")).to_be_visible()

    author.goto("/my/stories/")
    author.get_by_role("link", name="Take it down").click()
    author.get_by_role("button", name="Take it down").click()
    assert visitor.goto(story).status == 410
    assert visitor.get_by_text("A glen found out").count() == 0


def test_what_was_typed_outlives_a_killed_browser(chromium, chromium_path, site, sign_in_at, insider):
    """The process is killed half-way, without warning; the member goes on in another browser."""
    make_call(slug="stories", title="Tell us your story")
    address = "/calls/stories/answers/glen-trust/"
    mark = f"--half-way={uuid4()}"
    doomed = chromium.browser_type.launch(executable_path=chromium_path, args=[*QUIET, mark])
    page = doomed.new_page(base_url=site)
    page.goto(f"/account/login/?next={address}")
    sign_in(page, insider)
    page.get_by_label(str(Question.MEANING.label)).fill(ANSWERS[Question.MEANING])
    saved(page)
    page.get_by_label(str(Question.IMPORTANCE.label)).press_sequentially("Because people")
    expect(page.locator("[data-saved]")).to_have_text("Not saved yet")
    saved(page)
    kill(mark)
    with pytest.raises(Error, match="closed"):
        page.wait_for_timeout(10_000)

    other = sign_in_at(insider, address, **JS)
    assert other.get_by_label(str(Question.MEANING.label)).input_value() == ANSWERS[Question.MEANING]
    assert other.get_by_label(str(Question.IMPORTANCE.label)).input_value() == "Because people"
    expect(other.get_by_text("Rhian Bevan saved this")).to_be_visible()


def test_two_people_typing_at_once_see_each_other(sign_in_at, insider):
    colleague = make_member(name="Ewan Galbraith")
    make_membership(member=colleague, organisation=insider.memberships.get().organisation)
    make_call(slug="stories")
    address = "/calls/stories/answers/glen-trust/"
    first, second = (sign_in_at(member, address, **JS) for member in (insider, colleague))
    first.get_by_label(str(Question.MEANING.label)).fill("Rhian's words")
    saved(first)
    second.get_by_label(str(Question.IMPORTANCE.label)).fill("Ewan's words")
    saved(second)
    expect(second.get_by_label(str(Question.MEANING.label))).to_have_value("Rhian's words")
    first.get_by_label(str(Question.IMPORTANCE.label)).fill("Something else")
    expect(first.locator("[data-trouble]")).to_contain_text("Ewan Galbraith has just written something else")
    first.get_by_role("button", name="Save for now").click()
    expect(first.get_by_text("Ewan's words")).to_be_visible()
    assert first.get_by_label(str(Question.IMPORTANCE.label)).input_value() == "Something else"


def command_of(process):
    try:
        return Path(f"/proc/{process}/cmdline").read_text(errors="replace")
    except OSError:
        return ""


def kill(mark):
    for process in os.listdir("/proc"):
        if process.isdigit() and mark in command_of(process):
            os.kill(int(process), signal.SIGKILL)
