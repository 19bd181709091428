"""A note saved while it is typed, and a public one that is only corrected as a whole."""

import json

import pytest
from django.utils import timezone

from meetings.models import Action
from tests.meetings.writing.page import address_of, autosave, row_of, typed

# Saved while typing


def test_what_is_typed_is_saved_and_the_page_told(client_of_editor, draft, page):
    section, new = row_of(page, "sections", 0), row_of(page, "sections")
    sent = typed(page, **{f"{section}-body": "**Loud**", f"{new}-heading": "New", f"{new}-body": "- One"})
    answer = json.loads(autosave(client_of_editor, draft.meeting, sent).content)
    assert [section.heading for section in draft.sections.all()] == ["Opening", "Money", "New"]
    assert answer["html"][section] == "<p><strong>Loud</strong></p>\n"
    assert (answer["errors"], answer["clashes"], answer["gone"], answer["others"]) == ([], [], [], {})
    assert answer["saved"].startswith("Saved at ")
    page = client_of_editor.get(address_of(draft.meeting))
    assert answer["opened"] == {
        "opened": page.context["sheet"].head["opened"].value(),
        **{
            f"{row.prefix}-opened": row.opened
            for rows in page.context["sheet"].parts.values()
            for row in rows
            if row.opened
        },
    }


def test_what_others_wrote_comes_with_the_answer(sign_in, editor, kim, draft, page):
    meeting, opening, money = draft.meeting, row_of(page, "sections", 0), row_of(page, "sections", 1)
    theirs = {
        f"{opening}-heading": "Kim’s heading",
        f"{opening}-body": "Kim’s words.",
        f"{money}-remove": "on",
    }
    theirs[f"{row_of(page, 'links')}-title"], theirs[f"{row_of(page, 'links')}-url"] = (
        "Paper",
        "https://a.org",
    )
    sign_in(kim).post(address_of(meeting), typed(page, **theirs))
    sent = typed(page, **{f"{opening}-body": "My words.", "links": []})
    answer = json.loads(autosave(sign_in(editor), meeting, sent).content)
    assert answer["others"] == {f"{opening}-heading": {"text": "Kim’s heading", "place": 1}}
    assert (answer["gone"], answer["has_more"]) == ([money], True)
    assert (answer["clashes"], answer["by"]) == (["Section 1"], "Kim Editor")
    again = {**sent, **answer["opened"], f"{opening}-heading": "Kim’s heading"}
    assert json.loads(autosave(sign_in(editor), meeting, again).content)["clashes"] == ["Section 1"]
    assert draft.sections.get().body == "Kim’s words."


def test_half_a_row_is_named_and_the_rest_saved(client_of_editor, draft, page):
    action = row_of(page, "actions")
    sent = typed(page, written_by="Kim", **{f"{action}-text": "Draft it.", f"{action}-due": "31 June"})
    answer = json.loads(autosave(client_of_editor, draft.meeting, sent).content)
    assert answer["errors"] == ["Action 1, “By when”: There is no 31 June. Look at a calendar again."]
    draft.refresh_from_db()
    assert (draft.written_by, Action.objects.get().text) == ("Kim", "Draft it.")


# Once it is public


@pytest.fixture
def public(draft):
    draft.publish(by=None, now=timezone.now())
    return draft


def test_public_note_is_not_saved_while_typing(client_of_editor, public):
    page = client_of_editor.get(address_of(public.meeting))
    sent = typed(page, **{f"{row_of(page, 'sections', 0)}-body": "**Loud**"})
    answer = autosave(client_of_editor, public.meeting, sent)
    assert (answer.status_code, "is public" in answer.content.decode()) == (403, True)
    answer = autosave(client_of_editor, public.meeting, {**sent, "do": "look"})
    assert answer.json()["html"][row_of(page, "sections", 0)] == "<p><strong>Loud</strong></p>\n"
    assert public.sections.first().body == "We began."


def test_public_note_is_corrected_with_words_or_not_at_all(client_of_editor, editor, public):
    page = client_of_editor.get(address_of(public.meeting))
    opening = row_of(page, "sections", 0)
    response = client_of_editor.post(
        address_of(public.meeting), typed(page, **{f"{opening}-body": "We met."})
    )
    assert [message for _, _, message in response.context["errors"]] == [
        "Say what was wrong: the note is public, and so is its correction."
    ]
    assert (response.status_code, public.sections.first().body) == (422, "We began.")
    sent = typed(response, explanation="It was another beginning.")
    response = client_of_editor.post(address_of(public.meeting), sent)
    erratum = public.errata.get()
    assert (response.url, erratum.corrected_by) == (public.get_absolute_url(), editor)
    assert (public.sections.first().body, erratum.explanation) == ("We met.", "It was another beginning.")
    assert "We began." in erratum.text_before


def test_public_list_of_people_is_corrected_and_it_is_said(client_of_editor, public):
    page = client_of_editor.get(address_of(public.meeting))
    sent = typed(page, **{f"{row_of(page, 'attendees', 0)}-name": "Robyn Gray"})
    client_of_editor.post(address_of(public.meeting), sent)
    assert public.meeting.attendances.get().name == "Robyn Gray"
    assert public.errata.get().explanation == "The list of those who were there was corrected."


def test_what_must_not_be_read_again_is_left_out_of_the_correction(client_of_editor, public):
    page = client_of_editor.get(address_of(public.meeting))
    sent = typed(
        page, **{f"{row_of(page, 'sections', 0)}-body": "We met."}, explanation="Why.", hides_texts="on"
    )
    client_of_editor.post(address_of(public.meeting), sent)
    assert public.errata.get().text_before == ""


@pytest.mark.parametrize("do", ["more:sections", "down:sections:{}", "attendees", "preview"])
def test_buttons_change_the_page_of_a_public_note_and_nothing_else(client_of_editor, public, do):
    page = client_of_editor.get(address_of(public.meeting))
    keys = [row.key for row in page.context["sheet"].parts["sections"]]
    sent = typed(page, do=do.format(keys[0]), explanation="Why.", lines="Sam Carter")
    response = client_of_editor.post(address_of(public.meeting), sent)
    assert response.status_code == 200
    shown = response.context["sheet"].parts
    assert "Sam Carter" in [row["name"].value() for row in shown["attendees"]]
    if "down" in do:
        assert [row.key for row in shown["sections"]][:2] == [keys[1], keys[0]]
    assert (public.errata.count(), public.meeting.attendances.count()) == (0, 1)


def test_two_corrections_of_the_same_words_are_brought_together(sign_in, editor, kim, public):
    meeting = public.meeting
    page = sign_in(editor).get(address_of(meeting))
    opening, money = row_of(page, "sections", 0), row_of(page, "sections", 1)
    sign_in(kim).post(
        address_of(meeting), typed(page, **{f"{opening}-body": "Kim’s words."}, explanation="Why.")
    )
    mine = {f"{opening}-body": "My words.", f"{money}-body": "My money."}
    response = sign_in(editor).post(address_of(meeting), typed(page, **mine, explanation="Why not."))
    assert [section.body for section in public.sections.all()] == ["Kim’s words.", "None."]
    assert (response.status_code, "Kim’s words." in response.content.decode()) == (409, True)
    assert typed(response).items() >= mine.items()
    sign_in(editor).post(address_of(meeting), typed(response, explanation="Why not."))
    assert [section.body for section in public.sections.all()] == ["My words.", "My money."]
    assert public.errata.count() == 2


def test_draft_is_nobody_elses_to_read(visitor, draft):
    assert "We began." not in visitor.get(draft.get_absolute_url()).content.decode()
