import json
import uuid
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings.models import Action, Attendance, Link, Note, Point, Registration, Section
from meetings.models.manuscript import PARTS, Manuscript, Page, Row
from profiles.models import OrganisationName
from tests.factories import (
    make_action,
    make_attendance,
    make_meeting,
    make_member,
    make_membership,
    make_note,
    make_organisation,
)
from tests.profiles.admin_forms import messages_in


def address_of(meeting):
    return reverse("meetings:note_edit", args=[meeting.slug])


def typed(response, *, do="save", **changes):
    """What a browser would send from the page, with `changes` by field name."""
    sheet = response.context["sheet"]
    sent = {field.html_name: field.value() for field in sheet.head}
    for name, rows in sheet.parts.items():
        sent[name] = [str(row.key) for row in rows]
        for row in rows:
            sent[f"{row.prefix}-opened"] = row.opened
            sent |= {
                field.html_name: field.value() for field in row if field.value() not in (None, "", False)
            }
            if row.is_removed:
                sent[f"{row.prefix}-remove"] = "on"
    return {**sent, "lines": response.context["left"], "do": do, **changes}


def row_of(response, part, number=-1):
    """The beginning of the names of a row's fields; the last row is the blank one."""
    return response.context["sheet"].parts[part][number].prefix


def autosave(client, meeting, sent):
    return client.post(address_of(meeting), sent, headers={"Accept": "application/json"})


@pytest.fixture
def client_of_editor(sign_in, editor):
    return sign_in(editor)


@pytest.fixture
def meeting(db):
    return make_meeting(days=-3, held_on=date(2026, 6, 1), title="Workshop")


@pytest.fixture
def draft(meeting):
    note = make_note(
        meeting=meeting, published=False, sections=[("Opening", "We began."), ("Money", "None.")]
    )
    make_attendance(meeting=meeting, name="Robin Gray")
    return note


@pytest.fixture
def page(client_of_editor, draft):
    return client_of_editor.get(address_of(draft.meeting))


# Who may write


@pytest.mark.parametrize(
    "person, status", [("member", 403), ("expert", 403), ("editor", 200), ("administrator", 200)]
)
def test_notes_are_written_by_editors(request, sign_in, meeting, person, status):
    client = sign_in(request.getfixturevalue(person))
    sent = {"written_by": "Kim", "do": "save"}
    answers = [client.get(address_of(meeting)), client.post(address_of(meeting), sent)]
    assert [answer.status_code for answer in answers] == [status, 302 if status == 200 else 403]
    assert Note.objects.exists() == (status == 200)
    assert autosave(client, meeting, sent).status_code == status


def test_visitors_are_asked_to_sign_in(visitor, meeting):
    assert visitor.get(address_of(meeting)).url == f"/account/login/?next={address_of(meeting)}"
    assert visitor.post(address_of(meeting), {"written_by": "Kim"}).status_code == 302
    assert autosave(visitor, meeting, {"written_by": "Kim"}).status_code == 403
    assert not Note.objects.exists()


def test_editors_without_a_second_factor_write_nothing(client, editor, meeting):
    client.force_login(editor)
    assert client.post(address_of(meeting), {"written_by": "Kim"}).status_code == 403
    assert not Note.objects.exists()


# Writing


def test_editor_writes_a_whole_note_of_a_meeting_that_had_none(client_of_editor, editor, meeting):
    office = make_organisation(name="Cabinet Office")
    OrganisationName.objects.create(organisation=office, name="CO")
    page = client_of_editor.get(address_of(meeting))
    assert page.context["sheet"].head["written_by"].value() == "Network coordinators"
    person, point, section, decision, action, link = (row_of(page, part) for part in PARTS if part)
    sent = typed(
        page,
        **{
            f"{person}-name": "Gita Gov",
            f"{person}-organisation": "co",
            f"{person}-side": "government",
            f"{person}-role": "chair",
            f"{person}-mode": "remote",
            f"{person}-shown": "initials",
            f"{point}-text": "An election is coming.",
            f"{section}-heading": "Reaching the parties",
            f"{section}-body": "*Everybody* agreed.\r\n\r\n- One\r\n\t- Two",
            f"{decision}-text": "Ask all of them.",
            f"{action}-text": "Draft the statement.",
            f"{action}-owner_name": "Kim",
            f"{action}-organisation": "CO",
            f"{action}-due": "30 June",
            f"{action}-is_done": "on",
            f"{link}-title": "The slides",
            f"{link}-url": "example.org/slides",
        },
    )
    response = client_of_editor.post(address_of(meeting), sent, follow=True)
    assert messages_in(response) == ["Saved. It stays a draft until you publish it."]
    note = Note.objects.draft().get()
    assert (note.written_by, note.saved_by, note.saved_at is None) == ("Network coordinators", editor, False)
    gita = meeting.attendances.get()
    assert (gita.name, gita.organisation, gita.side, gita.role, gita.mode) == (
        "Gita Gov",
        office,
        "government",
        "chair",
        "remote",
    )
    assert (gita.is_named, gita.shows_initials, gita.public_name) == (False, True, "G. G.")
    assert list(note.points.values_list("kind", "text")) == [
        ("key_point", "An election is coming."),
        ("decision", "Ask all of them."),
    ]
    assert note.sections.get().body == "*Everybody* agreed.\n\n- One\n\t- Two"
    assert "<em>Everybody</em>" in note.sections.get().body_html
    action = Action.objects.get()
    assert (action.text, action.owner_name, action.owner_organisation, action.due_on, action.is_done) == (
        "Draft the statement.",
        "Kim",
        office,
        date(2026, 6, 30),
        True,
    )
    assert list(Link.objects.values_list("title", "url")) == [("The slides", "https://example.org/slides")]


def test_saving_a_page_unchanged_changes_nothing(client_of_editor, draft, page):
    everything = [Note, Attendance, Point, Section, Action, Link]
    before = [list(model.objects.values()) for model in everything]
    assert client_of_editor.post(address_of(draft.meeting), typed(page)).status_code == 302
    assert [list(model.objects.values()) for model in everything] == before


def test_rows_are_moved_by_buttons(client_of_editor, draft, page):
    first, second = (row.key for row in page.context["sheet"].parts["sections"][:2])
    response = client_of_editor.post(address_of(draft.meeting), typed(page, do=f"down:sections:{first}"))
    assert response.url == f"{address_of(draft.meeting)}#row-{first}"
    assert [section.key for section in draft.sections.all()] == [second, first]
    page = client_of_editor.get(address_of(draft.meeting))
    client_of_editor.post(address_of(draft.meeting), typed(page, do=f"up:sections:{first}"))
    client_of_editor.post(address_of(draft.meeting), typed(page, do=f"up:sections:{uuid.uuid4()}"))
    assert [section.key for section in draft.sections.all()] == [first, second]


def test_more_rows_are_there_for_the_asking(client_of_editor, draft, page):
    response = client_of_editor.post(address_of(draft.meeting), typed(page, do="more:actions"))
    assert response.url == f"{address_of(draft.meeting)}?more=actions#actions-end"
    rows = client_of_editor.get(response.url).context["sheet"].parts
    assert [len(rows[name]) for name in ("actions", "links")] == [3, 1]


def test_rows_are_removed_when_saved_and_not_before(client_of_editor, draft, page):
    sent = typed(page, **{f"{row_of(page, 'sections', 0)}-remove": "on"})
    assert autosave(client_of_editor, draft.meeting, sent).status_code == 200
    assert draft.sections.count() == 2
    client_of_editor.post(address_of(draft.meeting), sent)
    assert [section.heading for section in draft.sections.all()] == ["Money"]


def test_reading_and_publishing_save_first(client_of_editor, editor, draft, page):
    response = client_of_editor.post(address_of(draft.meeting), typed(page, do="preview", written_by="Kim"))
    assert response.url == draft.get_absolute_url()
    page = client_of_editor.get(address_of(draft.meeting))
    response = client_of_editor.post(address_of(draft.meeting), typed(page, do="publish"))
    draft.refresh_from_db()
    assert (response.url, draft.written_by, draft.published_by) == (draft.get_absolute_url(), "Kim", editor)


@pytest.mark.parametrize(
    "name, is_same", [("Robin Grey", True), ("Rob", True), ("R. Gray", True), ("Sam Carter", False)]
)
def test_account_goes_with_the_person_it_is_of(client_of_editor, member, draft, name, is_same):
    """Who takes the place of somebody else in a row doesn't have the note sent to them."""
    draft.meeting.attendances.update(member=member)
    make_action(note=draft, owner_name="Robin Gray", owner_member=member)
    page = client_of_editor.get(address_of(draft.meeting))
    changes = {
        f"{row_of(page, 'attendees', 0)}-name": name,
        f"{row_of(page, 'actions', 0)}-owner_name": name,
    }
    client_of_editor.post(address_of(draft.meeting), typed(page, **changes))
    attendance, action = draft.meeting.attendances.get(), draft.actions.get()
    assert (attendance.name, action.owner_name) == (name, name)
    assert (attendance.member == member, action.owner_member == member) == (is_same, is_same)


def test_editor_is_told_that_an_agreed_note_is_to_be_agreed_again(client_of_editor, draft, page):
    Note.objects.update(
        circulated_at=timezone.now(), corrections_until=date(2026, 6, 9), agreed_at=timezone.now()
    )
    client_of_editor.post(address_of(draft.meeting), typed(page))
    assert Note.objects.get().is_agreed
    answer = client_of_editor.post(address_of(draft.meeting), typed(page, written_by="Kim"), follow=True)
    assert any("agree it again" in message for message in messages_in(answer))
    assert Note.objects.get().is_circulated


def test_note_that_is_not_ready_is_saved_and_not_published(client_of_editor, meeting):
    page = client_of_editor.get(address_of(meeting))
    response = client_of_editor.post(
        address_of(meeting), typed(page, do="publish", written_by="Kim"), follow=True
    )
    assert messages_in(response) == [
        "Saved, but not published. The note has no key points and no sections yet."
    ]
    assert Note.objects.draft().get().written_by == "Kim"


# What is wrong


@pytest.mark.parametrize(
    "part, changes, complaint",
    [
        (
            "actions",
            {"text": "Draft it.", "due": "31 June"},
            "There is no 31 June. Look at a calendar again.",
        ),
        (
            "actions",
            {"text": "Draft it.", "due": "31/06/2026"},
            "There is no 31/06/2026. Look at a calendar again.",
        ),
        (
            "actions",
            {"text": "Draft it.", "organisation": "Nobody"},
            "There is no organisation of this name. Write it beside the person’s name, or add it first.",
        ),
        ("actions", {"due": "30 June"}, "Please fill this in, or remove the row."),
        ("attendees", {"organisation": "River Watch"}, "Please fill this in, or remove the row."),
        ("sections", {"body": "Words."}, "Please fill this in, or remove the row."),
        ("links", {"title": "Paper"}, "Please fill this in, or remove the row."),
        (
            "links",
            {"title": "Paper", "url": "http://example.org"},
            "Give the whole address, with https:// before it.",
        ),
        (
            "links",
            {"title": "Paper", "url": "javascript:x"},
            "Give the whole address, with https:// before it.",
        ),
        ("attendees", {"name": "x" * 151}, "Ensure this value has at most 150 characters (it has 151)."),
    ],
)
def test_mistake_is_told_beside_its_row_and_all_else_is_saved(
    client_of_editor, draft, page, part, changes, complaint
):
    row, point = row_of(page, part), row_of(page, "key_points")
    sent = {f"{row}-{name}": text for name, text in changes.items()}
    response = client_of_editor.post(
        address_of(draft.meeting), typed(page, **sent, **{f"{point}-text": "Saved all the same."})
    )
    errors = response.context["errors"]
    assert (response.status_code, [message for _, _, message in errors]) == (422, [complaint])
    html = response.content.decode()
    assert [f'id="{address}"' in html for address, _, _ in errors] == [True]
    shown = {
        name: response.context["sheet"].by_key[uuid.UUID(row.partition("-")[2])][name].value()
        for name in changes
    }
    assert shown == changes
    assert draft.points.filter(text="Saved all the same.").exists()
    assert [link.url for link in draft.links.all()] == []


@pytest.mark.parametrize(
    "written, due_on, due_text",
    [
        ("by 30 June.", date(2026, 6, 30), ""),
        ("30/6/26", date(2026, 6, 30), ""),
        ("1 May", date(2027, 5, 1), ""),
        ("before the summer", None, "before the summer"),
        ("about 30 June", None, "about 30 June"),
    ],
)
def test_day_is_written_as_people_say_it(client_of_editor, draft, page, written, due_on, due_text):
    row = row_of(page, "actions")
    client_of_editor.post(
        address_of(draft.meeting), typed(page, **{f"{row}-text": "Draft it.", f"{row}-due": written})
    )
    action = Action.objects.get()
    assert (action.due_on, action.due_text) == (due_on, due_text)
    client_of_editor.post(address_of(draft.meeting), typed(client_of_editor.get(address_of(draft.meeting))))
    action.refresh_from_db()
    assert (action.due_on, action.due_text) == (due_on, due_text)


def test_actions_are_done_and_open_again(client_of_editor, editor, draft):
    action = Action.objects.create(note=draft, text="Draft it.")
    for sent, kinds in (("on", ["done"]), (None, ["done", "reopened"])):
        page = client_of_editor.get(address_of(draft.meeting))
        posted = typed(page)
        posted.pop(f"actions-{action.key}-is_done", None)
        client_of_editor.post(
            address_of(draft.meeting), posted | ({f"actions-{action.key}-is_done": sent} if sent else {})
        )
        action.refresh_from_db()
        assert action.is_done == bool(sent)
        assert [event.kind for event in action.events.all()] == kinds
    action.drop("No money.", by=editor, now=timezone.now())
    page = client_of_editor.get(address_of(draft.meeting))
    response = client_of_editor.post(
        address_of(draft.meeting), typed(page, **{f"actions-{action.key}-is_done": "on"})
    )
    assert [message for _, _, message in response.context["errors"]] == [
        "This action is dropped. Open it again first."
    ]


def test_correcting_a_mistake_saves_the_row_once(client_of_editor, draft, page):
    row = row_of(page, "actions")
    sent = typed(page, **{f"{row}-text": "Draft it.", f"{row}-due": "31 June"})
    page = client_of_editor.post(address_of(draft.meeting), sent)
    assert Action.objects.get().due_on is None
    client_of_editor.post(address_of(draft.meeting), typed(page, **{f"{row}-due": "30 June 2027"}))
    assert Action.objects.get().due_on == date(2027, 6, 30)


def test_row_that_is_emptied_stays_until_it_is_removed(client_of_editor, draft, page):
    row = row_of(page, "sections", 0)
    response = client_of_editor.post(
        address_of(draft.meeting), typed(page, **{f"{row}-heading": "", f"{row}-body": ""})
    )
    assert response.status_code == 422
    assert [section.heading for section in draft.sections.all()] == ["Opening", "Money"]


@pytest.mark.parametrize(
    "nonsense", [{"attendees": "x"}, {"attendees-x-name": "Kim"}, {"do": "take:x"}, {"do": "up"}]
)
def test_nonsense_changes_nothing(client_of_editor, draft, page, nonsense):
    assert client_of_editor.post(address_of(draft.meeting), typed(page, **nonsense)).status_code == 302
    assert (draft.sections.count(), draft.meeting.attendances.count()) == (2, 1)


def test_row_of_another_note_is_not_changed(client_of_editor, draft, page):
    theirs = make_note(published=False, sections=[("Theirs", "Their words.")]).sections.get()
    sent = typed(page, sections=[str(theirs.key)], **{f"sections-{theirs.key}-heading": "Forged"})
    client_of_editor.post(address_of(draft.meeting), sent)
    theirs.refresh_from_db()
    assert theirs.heading == "Theirs"
    assert [section.heading for section in draft.sections.all()] == ["Forged", "Opening", "Money"]


# Two at once


@pytest.fixture
def kim(db):
    return make_member(name="Kim Editor", groups=["Editors"])


def test_two_editors_change_different_fields_and_rows(sign_in, editor, kim, draft, page):
    meeting = draft.meeting
    opening, money = row_of(page, "sections", 0), row_of(page, "sections", 1)
    point = row_of(page, "key_points")
    theirs = typed(
        page,
        written_by="Kim",
        **{f"{opening}-body": "Kim began.", f"{money}-remove": "on", f"{point}-text": "Kim’s point."},
    )
    mine = typed(
        page,
        **{
            f"{opening}-heading": "How it began",
            f"{row_of(page, 'actions')}-text": "My action.",
            f"{row_of(page, 'attendees', 0)}-role": "chair",
        },
    )
    assert sign_in(kim).post(address_of(meeting), theirs).status_code == 302
    assert sign_in(editor).post(address_of(meeting), mine).status_code == 302
    draft.refresh_from_db()
    assert draft.written_by == "Kim"
    assert [(section.heading, section.body) for section in draft.sections.all()] == [
        ("How it began", "Kim began.")
    ]
    assert [point.text for point in draft.points.all()] == ["We agreed to write a statement.", "Kim’s point."]
    assert (Action.objects.get().text, meeting.attendances.get().role) == ("My action.", "chair")


def test_two_editors_change_the_same_words_and_both_are_shown(sign_in, editor, kim, draft, page):
    meeting, opening = draft.meeting, row_of(page, "sections", 0)
    theirs = typed(page, **{f"{opening}-body": "Kim’s words."})
    mine = typed(page, **{f"{opening}-body": "My words.", f"{opening}-heading": "My heading"})
    sign_in(kim).post(address_of(meeting), theirs)
    response = sign_in(editor).post(address_of(meeting), mine)
    section = draft.sections.first()
    assert (response.status_code, section.heading, section.body) == (409, "My heading", "Kim’s words.")
    complaint = "Kim Editor wrote something else here. Bring the two together, then save again."
    assert [(label, message) for _, label, message in response.context["errors"]] == [
        ("Section 1, text:", complaint)
    ]
    html = response.content.decode()
    assert [text in html for text in ("Kim’s words.", "My words.")] == [True, True]
    sign_in(editor).post(address_of(meeting), typed(response, **{f"{opening}-body": "Our words."}))
    assert draft.sections.first().body == "Our words."


def test_row_removed_by_one_and_changed_by_the_other_is_kept(sign_in, editor, kim, draft, page):
    meeting, opening, money = draft.meeting, row_of(page, "sections", 0), row_of(page, "sections", 1)
    theirs = typed(page, **{f"{opening}-remove": "on", f"{money}-body": "Kim’s money."})
    mine = typed(page, **{f"{opening}-body": "My words.", f"{money}-remove": "on"})
    sign_in(kim).post(address_of(meeting), theirs)
    response = sign_in(editor).post(address_of(meeting), mine)
    assert [message for _, _, message in response.context["errors"]] == [
        "Kim Editor has changed this meanwhile. Save again to remove it all the same."
    ]
    assert [section.body for section in draft.sections.all()] == ["My words.", "Kim’s money."]
    sign_in(editor).post(address_of(meeting), typed(response))
    assert [section.body for section in draft.sections.all()] == ["My words."]


def test_rows_moved_by_one_and_added_by_the_other(sign_in, editor, kim, draft, page):
    meeting, new = draft.meeting, row_of(page, "sections")
    keys = [str(row.key) for row in page.context["sheet"].parts["sections"]]
    theirs = typed(page, sections=[keys[1], keys[0]])
    mine = typed(page, **{f"{new}-heading": "After money"})
    sign_in(kim).post(address_of(meeting), theirs)
    sign_in(editor).post(address_of(meeting), mine)
    assert [section.heading for section in draft.sections.all()] == ["Money", "After money", "Opening"]


@pytest.mark.django_db(transaction=True)
def test_two_editors_begin_a_note_at_the_same_moment(at_once):
    meeting, people = make_meeting(days=-1), [make_member(name=name) for name in ("Kim", "Edda")]

    def write(person):
        row = Row(uuid.uuid4(), {"text": person.display_name})
        head = Row(uuid.uuid4(), {"written_by": "Both"}, {})
        meeting_again = type(meeting).objects.get(pk=meeting.pk)
        return Manuscript(meeting_again).keep(
            Page(head, {"key_points": [row]}), by=person, now=timezone.now()
        )

    results = at_once(*(lambda person=person: write(person) for person in people))
    assert [result.clashes for result in results] == [{}, {}]
    assert {point.text for point in Note.objects.get().points.all()} == {"Kim", "Edda"}


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
    assert answer["errors"] == ["Action 1, by when: There is no 31 June. Look at a calendar again."]
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


# People


def people_of(meeting):
    return [
        (row.name, str(row.organisation or row.organisation_name), row.side, row.role, row.mode)
        for row in meeting.attendances.order_by("position")
    ]


def test_people_are_typed_as_lines(client_of_editor, meeting):
    make_organisation(name="Cabinet Office")
    lines = "\n".join(
        [
            "Robin Gray, River Watch (Chair)",
            "Robin Gray",
            "Government:",
            "Gita Gov, Cabinet Office (remotely)",
            "what is this line even about.",
            "",
            "Apologies:",
            "Sam Carter, River Watch",
        ]
    )
    page = client_of_editor.get(address_of(meeting))
    response = client_of_editor.post(address_of(meeting), typed(page, do="attendees", lines=lines))
    assert people_of(meeting) == [
        ("Robin Gray", "River Watch", "civil_society", "chair", ""),
        ("Robin Gray", "", "civil_society", "", ""),
        ("Gita Gov", "Cabinet Office", "government", "", "remote"),
        ("Sam Carter", "River Watch", "civil_society", "", "apologies"),
    ]
    assert (response.status_code, response.context["left"]) == (422, "what is this line even about.")
    client_of_editor.post(address_of(meeting), typed(response, lines=""))
    assert meeting.attendances.count() == 4


def test_people_are_typed_whole_into_the_field_for_the_name(client_of_editor, meeting):
    page = client_of_editor.get(address_of(meeting))
    row = row_of(page, "attendees")
    client_of_editor.post(
        address_of(meeting), typed(page, **{f"{row}-name": "Robin Gray, River Watch (Chair)"})
    )
    assert people_of(meeting) == [("Robin Gray", "River Watch", "civil_society", "chair", "")]


def test_people_are_picked_from_earlier_meetings_of_the_kind(client_of_editor, meeting):
    earlier = make_meeting(held_on=date(2026, 3, 1))
    robin = make_attendance(
        meeting=earlier, organisation=make_organisation(name="River Watch"), role="chair", is_named=False
    )
    make_attendance(meeting=make_meeting(held_on=date(2026, 2, 1)), organisation=robin.organisation)
    make_attendance(meeting=make_meeting(held_on=date(2026, 3, 1), kind="forum"), name="Somebody Else")
    make_attendance(meeting=make_meeting(held_on=date(2026, 9, 1)), name="Later Comer")
    page = client_of_editor.get(address_of(meeting))
    assert list(page.context["pickable"]) == [str(robin.pk)]
    client_of_editor.post(address_of(meeting), typed(page, do="attendees", pick=[robin.pk, "999999999", "x"]))
    assert people_of(meeting) == [("Robin Gray", "River Watch", "civil_society", "", "")]
    assert meeting.attendances.get().public_name == "A member"
    assert client_of_editor.get(address_of(meeting)).context["pickable"] == {}


def test_those_who_registered_are_added_once(client_of_editor, draft, member):
    Registration.objects.create(
        meeting=draft.meeting,
        member=member,
        name="Mina Member",
        mode="remote",
        registered_at=timezone.now(),
        placed_at=timezone.now(),
    )
    for words in (
        "1 person was added. Remove those who didn’t come.",
        "0 people were added. Remove those who didn’t come.",
    ):
        page = client_of_editor.get(address_of(draft.meeting))
        response = client_of_editor.post(address_of(draft.meeting), typed(page, do="registered"), follow=True)
        assert messages_in(response) == [words]
    assert [(person[0], person[4]) for person in people_of(draft.meeting)] == [
        ("Robin Gray", ""),
        ("Mina Member", "remote"),
    ]


@pytest.mark.parametrize("shown", ["name", "initials"])
def test_who_asked_not_to_be_named_has_the_last_word(client_of_editor, draft, page, shown):
    robin = draft.meeting.attendances.get()
    sent = typed(page, **{f"{row_of(page, 'attendees', 0)}-shown": shown})
    robin.ask_not_to_be_named(now=timezone.now())
    response = client_of_editor.post(address_of(draft.meeting), sent)
    assert (response.status_code, draft.meeting.attendances.get().public_name) == (422, "A member")
    sent = typed(client_of_editor.get(address_of(draft.meeting)), **{f"attendees-{robin.key}-shown": shown})
    response = client_of_editor.post(address_of(draft.meeting), sent)
    assert [message for _, _, message in response.context["errors"]] == [
        "This person has asked not to be named at all."
    ]
    assert draft.meeting.attendances.get().public_name == "A member"


def test_members_and_earlier_attendees_are_offered_by_name(client_of_editor, meeting, member, other_member):
    body = make_organisation(name="River Watch")
    make_membership(member=member, organisation=body)
    make_membership(member=other_member, organisation=body, confirmed=False)
    make_attendance(meeting=make_meeting(held_on=date(2026, 3, 1)))
    html = client_of_editor.get(address_of(meeting)).content.decode()
    assert [f'<option value="{name}">' in html for name in ("Mina Member, River Watch", "Robin Gray")] == [
        True,
        True,
    ]
    assert "Otto Other" not in html


def test_organisation_spelt_another_way_is_offered_as_the_one_there_is(client_of_editor, meeting):
    body = make_organisation(name="International Budget Partnership")
    make_attendance(meeting=meeting, organisation_name="Intl Budget Partnership")
    page = client_of_editor.get(address_of(meeting))
    row = page.context["sheet"].parts["attendees"][0]
    assert row.suggestion == body
    client_of_editor.post(address_of(meeting), typed(page, do=f"take:{row.key}:{body}"))
    assert meeting.attendances.get().organisation == body


# What it costs


@pytest.mark.parametrize("rows", [1, 30])
def test_page_costs_the_same_at_one_row_and_at_thirty(
    client_of_editor, meeting, django_assert_num_queries, rows
):
    fill(make_note(meeting=meeting, published=False, key_points=["Point"] * rows), rows)
    client_of_editor.get(address_of(meeting))
    with django_assert_num_queries(17):
        page = client_of_editor.get(address_of(meeting))
    sent = typed(page)
    for row in [row for rows in page.context["sheet"].parts.values() for row in rows if row.opened]:
        sent[f"{row.prefix}-{row.part.fields[0]}"] = "Changed"
    with django_assert_num_queries(38):
        assert client_of_editor.post(address_of(meeting), sent).status_code == 302
    assert meeting.attendances.filter(name="Changed").count() == rows


def fill(note, rows):
    body = make_organisation(name="River Watch")
    for number in range(rows):
        make_attendance(meeting=note.meeting, name=f"Person {number}", organisation=body, position=number)
        Section.objects.create(note=note, heading="Heading", body="Body", position=number)
        Action.objects.create(note=note, text="Action", owner_organisation=body, position=number)
        Link.objects.create(note=note, title="Paper", url="https://example.org/", position=number)


def test_meeting_of_five_hundred_is_saved(client_of_editor, meeting):
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, name="Same Name", position=number) for number in range(500)
    )
    page = client_of_editor.get(address_of(meeting))
    row = row_of(page, "attendees", 250)
    response = client_of_editor.post(address_of(meeting), typed(page, **{f"{row}-name": "Other Name"}))
    assert response.status_code == 302
    assert [person[0] for person in people_of(meeting)].index("Other Name") == 250
