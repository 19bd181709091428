"""The whole way in one browser journey: from the published shortlist to a promise that was kept, late."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from manifesto.models import Commitment, Institution, Phase
from tests.factories import (
    make_decision,
    make_idea,
    make_institution,
    make_member,
    make_organisation,
    make_round,
    make_spokesperson,
    make_theme,
)

TODAY = timezone.localdate
PROMISED = "Diaries of ministers, every month"


def shortlisted_idea():
    round = make_round(phase=Phase.SHORTLISTED, slug="first", title="The first round")
    idea = make_idea(round=round, theme=make_theme(round=round), title="Open the diaries")
    make_decision(idea=idea, position=1, reasons="It is clear, and cheap.")
    return idea


def draw_and_publish(editor, idea):
    editor.goto(idea.get_absolute_url())
    editor.get_by_role("link", name="Draw a commitment from it").click()
    editor.get_by_label("Title").fill("Diaries of ministers are open")
    editor.get_by_label("The public problem").fill("Nobody sees who meets whom.")
    editor.get_by_label("We call for").fill("Monthly lists\nIn one place")
    editor.get_by_label("The results sought").fill("Everybody sees who was heard.")
    editor.get_by_role("button", name="Keep it as a draft").click()
    editor.get_by_role("link", name="Publish it").click()
    editor.get_by_role("button", name="Publish it").click()
    return Commitment.objects.asked().public().get()


def freeze_pack(editor, round):
    editor.goto(round.get_absolute_url() + "commitments/")
    editor.get_by_role("link", name="Freeze a pack").click()
    editor.get_by_label("Title of the pack").fill("What we ask")
    editor.get_by_role("button", name="Freeze it and publish it").click()
    expect(editor.get_by_role("heading", name="What we ask")).to_be_visible()


def publish_statement(editor, commitment):
    """With an ask about the commitment."""
    editor.goto("/admin/manifesto/statement/add/")
    editor.get_by_label("Title").fill("One ask")
    editor.get_by_label("Slug").fill("one-ask")
    editor.get_by_label("Summary").fill("One thing.")
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.get_by_label("The statement").fill("We ask for one thing.")
    editor.get_by_label("What is asked for").first.fill("Say who met whom")
    editor.get_by_role("button", name="Save, then publish…").click()
    editor.get_by_role("button", name="Publish version 1 for good").click()
    expect(editor.get_by_text("which commitment says an ask in full")).to_be_visible()
    editor.get_by_label("Commitment").select_option(label=str(commitment))
    editor.get_by_role("button", name="Save", exact=True).click()


def sign(speaker):
    speaker.get_by_role("link", name="Sign for your organisation").click()
    speaker.get_by_role("link", name="Sign, or ask for time… for River Watch").click()
    speaker.get_by_label("The organisation has decided to sign").check()
    speaker.get_by_role("button", name="Sign version 1").click()


def record_position(editor):
    """On the ask of the statement."""
    editor.goto("/admin/manifesto/position/add/")
    editor.get_by_label("Institution").select_option(label="Harbour Party")
    editor.get_by_label("Ask", exact=True).select_option(label="Ask 1 of One ask")
    editor.get_by_label("Stance").select_option(label="Committed")
    editor.get_by_label("In one line").fill("They would open them within a year.")
    editor.get_by_label("Source", exact=True).fill("Their manifesto")
    editor.get_by_label("Said on").fill(f"{TODAY():%Y-%m-%d}")
    put_on_record(editor)


def record_answer(editor, idea):
    """To the idea on the shortlist, by the department."""
    editor.goto("/admin/manifesto/expectedanswer/")
    editor.get_by_role("link", name="Ask for answers to a shortlist").click()
    editor.get_by_label("Shortlist of").select_option(label=str(idea.round))
    editor.get_by_label("Expected from").select_option(label="Department for Open Doors")
    editor.get_by_label("Asked on").fill(f"{TODAY() - timedelta(days=30):%Y-%m-%d}")
    editor.get_by_label("Due on").fill(f"{TODAY():%Y-%m-%d}")
    editor.get_by_role("button", name="Set the days").click()
    editor.get_by_role("link", name=f"Record an answer to {idea}").click()
    editor.get_by_label("Answer").first.select_option(label="Accepted")
    editor.get_by_label("Reasons").fill("We will put it into the next plan.")
    editor.get_by_label("Source", exact=True).fill("Response to the shortlist")
    editor.get_by_label("Address of the source").fill("https://example.org/response")
    editor.get_by_label("Said on").fill(f"{TODAY():%Y-%m-%d}")
    put_on_record(editor)


def put_on_record(editor):
    editor.get_by_role("button", name="Save, then put it on record…").click()
    editor.get_by_role("button", name="Put it on record").click()
    expect(editor.get_by_text("It is on record, and everybody can read it.")).to_be_visible()


def adopt(editor, commitment):
    """In a plan with a milestone that is late already."""
    editor.goto("/admin/manifesto/actionplan/add/")
    editor.get_by_label("Title").fill("The next plan")
    editor.get_by_label("Slug").fill("next")
    editor.get_by_label("Round").select_option(label="The first round")
    editor.get_by_label("Starts on").fill(f"{TODAY() - timedelta(days=300):%Y-%m-%d}")
    editor.get_by_label("Ends on").fill(f"{TODAY() + timedelta(days=300):%Y-%m-%d}")
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.get_by_role("link", name="Add a commitment").click()
    editor.get_by_label("Title").fill(PROMISED)
    editor.get_by_label("Reference").first.fill("1.01")
    editor.get_by_label("Expected output").first.fill("The first list is out")
    editor.get_by_label("Due date").first.fill(f"{TODAY() - timedelta(days=9):%Y-%m-%d}")
    editor.get_by_role("button", name="Save", exact=True).click()
    editor.get_by_role("link", name="Publish", exact=True).click()
    editor.get_by_role("button", name="Publish").click()
    editor.goto(commitment.get_absolute_url())
    editor.get_by_role("link", name="Say what was adopted").click()
    editor.get_by_label("Verdict").select_option(label="Adopted, weakened")
    editor.get_by_label("Adopted", exact=True).select_option(label=f"The next plan: 1. {PROMISED}")
    editor.get_by_label("What changed, and why").fill("Lists only, and not in one place.")
    editor.get_by_role("button", name="Save", exact=True).click()


def report_done(editor):
    """By the government's own account, four days after the milestone was due."""
    editor.goto("/admin/manifesto/actionplan/")
    editor.get_by_role("link", name="The next plan").click()
    editor.get_by_role("link", name="Record reports").click()
    editor.get_by_label("kind of source").select_option(label="Government self-assessment")
    editor.get_by_label("name of the source").fill("Self-assessment")
    editor.get_by_label("reported on").fill(f"{TODAY():%Y-%m-%d}")
    editor.get_by_label("Status: 1.01 The first list is out").select_option(label="Completed")
    done = TODAY() - timedelta(days=5)
    editor.get_by_label("Completed on: 1.01 The first list is out").fill(f"{done:%Y-%m-%d}")
    editor.get_by_label(f"Status: 1. {PROMISED}").select_option(label="Complete")
    editor.get_by_role("button", name="Record").click()
    expect(editor.get_by_text("2 reports are recorded.")).to_be_visible()


def test_an_idea_of_the_shortlist_becomes_a_promise_that_is_kept(open_page, sign_in_at):
    idea = shortlisted_idea()
    make_institution(name="Harbour Party")
    make_institution(name="Department for Open Doors", kind=Institution.Kind.DEPARTMENT)
    speaker = make_spokesperson(organisation=make_organisation(name="River Watch"))
    editor = sign_in_at(make_member(groups=["Editors"]))

    commitment = draw_and_publish(editor, idea)
    freeze_pack(editor, idea.round)
    publish_statement(editor, commitment)
    sign(sign_in_at(speaker, "/statements/one-ask/"))
    record_position(editor)
    record_answer(editor, idea)
    adopt(editor, commitment)

    visitor = open_page(
        idea.get_absolute_url(), java_script_enabled=False, viewport={"width": 320, "height": 800}
    )
    visitor.get_by_role("link", name="Diaries of ministers are open").click()
    expect(visitor.get_by_text("9 days late")).to_be_visible()
    report_done(editor)
    visitor.reload()

    stations = visitor.locator(".chain-station.is-reached").all_inner_texts()
    wanted = [
        ["The ideas behind it", "Open the diaries"],
        ["The shortlist", "Accepted: place 1", "It is clear, and cheap."],
        ["What we ask for", "Monthly lists", "What we ask"],
        [
            *["Who was asked, and what they said", "Say who met whom", "Ask 1 of One ask"],
            *["signed by 1 organisation", "Harbour Party", "They would open them within a year."],
            *["Department for Open Doors", "Answered in time", "We will put it into the next plan."],
        ],
        ["What was adopted", "Adopted, weakened", PROMISED, "Lists only, and not in one place."],
        ["Milestones", "The first list is out", "Done, 4 days late", "Self-assessment"],
        ["The result", PROMISED, "Done", "Complete"],
    ]
    assert len(stations) == len(wanted)
    told = zip(wanted, stations, strict=True)
    assert [[words for words in station if words not in text] for station, text in told] == [[]] * len(wanted)
    assert "Not yet" not in visitor.locator("main").inner_text()
    assert visitor.evaluate("document.documentElement.scrollWidth") == 320
