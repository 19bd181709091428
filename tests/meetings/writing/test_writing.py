import uuid
from datetime import date

import pytest
from django.utils import timezone

from meetings.models import Action, Attendance, Link, Note, Point, Section
from meetings.models.manuscript import PARTS
from profiles.models import OrganisationName
from tests.factories import (
    make_action,
    make_attendance,
    make_note,
    make_organisation,
)
from tests.meetings.writing.page import address_of, autosave, people_of, row_of, typed
from tests.profiles.admin_forms import messages_in

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


def test_editors_without_a_second_factor_write_nothing(client, editor, meeting, settings):
    settings.REQUIRE_SECOND_FACTOR = True
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
    with django_assert_num_queries(41):
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
