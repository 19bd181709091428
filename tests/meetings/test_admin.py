from datetime import date, time

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings.models import Action, Meeting, Note
from profiles.models import Member, OrganisationName
from tests.factories import make_attendance, make_meeting, make_note, make_organisation
from tests.profiles.admin_forms import errors_in, filled_in, messages_in

MEETINGS = "/admin/meetings/meeting/"
NOTES = "/admin/meetings/note/"

# The least that a note's form sends, with its button to publish.
PUBLISH = {
    "written_by": "Kim",
    **{
        f"{rows}-{count}_FORMS": 0
        for rows in ("points", "sections", "actions", "links")
        for count in ("TOTAL", "INITIAL")
    },
    "_publish": "Save and publish",
}


def address_of(thing, action="change"):
    return reverse(f"admin:meetings_{thing._meta.model_name}_{action}", args=[thing.pk])


@pytest.fixture
def client_of_editor(sign_in, editor):
    return sign_in(editor)


# Who may do what


@pytest.mark.parametrize(
    "person, status", [("member", 302), ("expert", 403), ("editor", 200), ("administrator", 200)]
)
def test_meetings_and_notes_are_looked_after_by_editors(db, request, sign_in, person, status):
    note = make_note()
    client = sign_in(request.getfixturevalue(person))
    pages = [MEETINGS, f"{MEETINGS}add/", address_of(note.meeting), NOTES, f"{NOTES}add/", address_of(note)]
    assert [client.get(page).status_code for page in pages] == [status] * 6


@pytest.mark.parametrize(
    "person, status, is_public",
    [("member", 302, False), ("expert", 403, False), ("editor", 302, True), ("administrator", 302, True)],
)
def test_who_may_publish_a_note(db, request, sign_in, person, status, is_public):
    note = make_note(published=False)
    client = sign_in(request.getfixturevalue(person))
    response = client.post(address_of(note), PUBLISH)
    note.refresh_from_db()
    assert (response.status_code, note.is_published) == (status, is_public)


def test_visitors_are_asked_to_sign_in(visitor, db):
    note = make_note(published=False)
    pages = [MEETINGS, NOTES, address_of(note.meeting), address_of(note)]
    assert [visitor.get(page).status_code for page in pages] == [302] * 4
    assert visitor.post(address_of(note), PUBLISH).status_code == 302
    assert not Note.objects.published().exists()


def test_editors_delete_no_meetings_or_notes(client_of_editor):
    note = make_note()
    addresses = [address_of(note, "delete"), address_of(note.meeting, "delete")]
    assert [client_of_editor.post(address, {"post": "yes"}).status_code for address in addresses] == [
        403,
        403,
    ]


def test_nobody_deletes_a_public_note_but_an_administrator_may_a_draft(sign_in, administrator):
    public, draft = make_note(), make_note(published=False)
    client = sign_in(administrator)
    answers = [client.post(address_of(note, "delete"), {"post": "yes"}) for note in (public, draft)]
    assert [answer.status_code for answer in answers] == [403, 302]
    assert list(Note.objects.all()) == [public]


def test_an_administrator_deletes_a_meeting_only_before_anybody_was_told_of_it(sign_in, administrator):
    announced, unannounced = make_meeting(), make_meeting(announced_at=None)
    client = sign_in(administrator)
    answers = [client.post(address_of(each, "delete"), {"post": "yes"}) for each in (announced, unannounced)]
    assert [answer.status_code for answer in answers] == [403, 302]
    selected = {"action": "delete_selected", "_selected_action": [announced.pk], "post": "yes"}
    client.post(MEETINGS, selected)
    assert list(Meeting.objects.all()) == [announced]


# Lists


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("page, queries", [(MEETINGS, 7), (NOTES, 5)])
def test_lists_cost_the_same_at_one_and_at_thirty(
    sign_in, administrator, django_assert_num_queries, page, queries, rows
):
    client = sign_in(administrator)
    for _ in range(rows):
        make_note(meeting=make_meeting(held_on=date(2026, 5, 4)))
    client.get(page)
    with django_assert_num_queries(queries):
        client.get(page)


def test_lists_filter_by_time_and_by_status(client_of_editor):
    make_meeting()
    make_note()
    make_note(published=False)
    asked = [(MEETINGS, {"when": "upcoming"}), (MEETINGS, {"when": "past"}), (MEETINGS, {"when": "never"})]
    asked += [(NOTES, {"status": "draft"}), (NOTES, {"status": "published"})]
    results = [client_of_editor.get(page, query).context["cl"].result_count for page, query in asked]
    assert results == [1, 2, 3, 1, 1]


def test_list_tells_what_is_public(client_of_editor):
    make_meeting(announced_at=None)
    make_meeting(cancelled_at=timezone.now())
    make_note(published=False)
    html = client_of_editor.get(MEETINGS).content.decode()
    assert [
        f">{word}</td>" in html for word in ("Not public", "Cancelled", "Announced", "Draft", "None")
    ] == [True] * 5


@pytest.mark.parametrize("rows", [1, 30])
def test_page_of_a_meeting_costs_the_same_however_many_came(
    client_of_editor, django_assert_num_queries, rows
):
    meeting = make_meeting()
    for _ in range(rows):
        make_attendance(meeting=meeting, organisation=make_organisation())
    client_of_editor.get(address_of(meeting))
    with django_assert_num_queries(11):
        client_of_editor.get(address_of(meeting))


# Meetings


def test_editor_announces_a_meeting_with_the_people_who_came(client_of_editor):
    office = make_organisation(name="Cabinet Office")
    OrganisationName.objects.create(organisation=office, name="CO")
    sent = filled_in(
        client_of_editor.get(f"{MEETINGS}add/"),
        title="Manifesto workshop",
        slug="manifesto-workshop",
        kind="workshop",
        held_on="2014-11-15",
        starts_at="12:00",
        ends_at="14:00",
        announced_at="2014-10-01T09:30:00",
        **{
            "attendances-0-name": "Gita Gov",
            "attendances-0-organisation": "co",
            "attendances-0-side": "government",
            "attendances-1-name": "Robin Gray",
            "attendances-1-mode": "remote",
        },
    )
    del sent["attendances-1-is_named"]
    response = client_of_editor.post(f"{MEETINGS}add/", sent)
    assert response.status_code == 302, errors_in(response)
    meeting = Meeting.objects.announced().get()
    assert (meeting.held_on, meeting.starts_at, meeting.ends_at) == (date(2014, 11, 15), time(12), time(14))
    assert meeting.announced_at.isoformat() == "2014-10-01T08:30:00+00:00"
    attendances = meeting.attendances.order_by("pk")
    assert [(a.name, a.organisation, a.side, a.mode, a.is_named, a.position) for a in attendances] == [
        ("Gita Gov", office, "government", "", True, 0),
        ("Robin Gray", None, "civil_society", "remote", False, 1),
    ]


def test_saving_a_meeting_unchanged_changes_nothing(client_of_editor):
    meeting = make_meeting(starts_at=time(9, 30), announced_at=timezone.now().replace(microsecond=0))
    make_attendance(meeting=meeting, organisation=make_organisation())
    before = Meeting.objects.values().get(), meeting.attendances.values().get()
    response = client_of_editor.post(
        address_of(meeting), filled_in(client_of_editor.get(address_of(meeting)))
    )
    assert response.status_code == 302, errors_in(response)
    assert (Meeting.objects.values().get(), meeting.attendances.values().get()) == before


def test_new_attendees_come_after_those_that_are_there(client_of_editor):
    meeting = make_meeting()
    make_attendance(meeting=meeting, name="First", position=7)
    page = client_of_editor.get(address_of(meeting))
    client_of_editor.post(address_of(meeting), filled_in(page, **{"attendances-1-name": "Second"}))
    assert [a.name for a in meeting.attendances.for_public()] == ["First", "Second"]


def test_organisation_nobody_knows_is_refused_in_words(client_of_editor):
    meeting = make_meeting()
    sent = filled_in(
        client_of_editor.get(address_of(meeting)),
        **{"attendances-0-name": "Robin", "attendances-0-organisation": "Nobody at all"},
    )
    assert errors_in(client_of_editor.post(address_of(meeting), sent)) == [
        "There is no organisation of this name yet. Add it under “Organisations” first."
    ]


@pytest.mark.parametrize("name", ["a\x00b", "x" * 10_000, "%s"])
def test_organisation_of_a_row_may_be_nonsense(client_of_editor, name):
    meeting = make_meeting()
    sent = filled_in(
        client_of_editor.get(address_of(meeting)),
        **{"attendances-0-name": "Robin", "attendances-0-organisation": name},
    )
    response = client_of_editor.post(address_of(meeting), sent)
    assert (response.status_code, len(errors_in(response))) == (200, 1)


def with_many_rows(page, rows):
    """The page's form with `rows` new attendees, each with an account and an organisation known by another name."""
    sent = filled_in(page, **{"attendances-TOTAL_FORMS": rows})
    for row in range(rows):
        sent |= {
            f"attendances-{row}-name": f"Person {row}",
            f"attendances-{row}-organisation": f"short {row}",
            f"attendances-{row}-member": f"person{row}@example.org",
            f"attendances-{row}-side": "civil_society",
            f"attendances-{row}-is_named": "on",
            f"attendances-{row}-position": row,
        }
    return sent


@pytest.mark.parametrize("rows", [1, 300])
def test_saving_a_meeting_costs_the_same_however_many_came(client_of_editor, django_assert_num_queries, rows):
    """Each new row is one INSERT; all else costs the same."""
    meeting = make_meeting()
    for row in range(rows):
        organisation = make_organisation(name=f"Organisation with number {row}")
        OrganisationName.objects.create(organisation=organisation, name=f"SHORT {row}")
    Member.objects.bulk_create(Member(email=f"person{row}@example.org") for row in range(rows))
    sent = with_many_rows(client_of_editor.get(address_of(meeting)), rows)
    with django_assert_num_queries(35 + rows):
        assert client_of_editor.post(address_of(meeting), sent).status_code == 302
    names = meeting.attendances.order_by("position").values_list("organisation__name", flat=True)
    assert list(names) == [f"Organisation with number {row}" for row in range(rows)]
    sent = filled_in(client_of_editor.get(address_of(meeting)))
    with django_assert_num_queries(35):
        assert client_of_editor.post(address_of(meeting), sent).status_code == 302


def test_row_of_another_meeting_is_not_changed(client_of_editor):
    meeting, other = make_meeting(), make_meeting()
    make_attendance(meeting=meeting)
    theirs = make_attendance(meeting=other, name="Kim")
    sent = filled_in(
        client_of_editor.get(address_of(meeting)),
        **{"attendances-0-id": theirs.pk, "attendances-0-name": "Forged"},
    )
    client_of_editor.post(address_of(meeting), sent)
    theirs.refresh_from_db()
    assert (theirs.name, theirs.meeting) == ("Kim", other)


def test_meeting_that_will_be_announced_is_refused_in_words(client_of_editor):
    meeting = make_meeting()
    sent = filled_in(client_of_editor.get(address_of(meeting)), announced_at="2999-01-01T10:00:00")
    assert errors_in(client_of_editor.post(address_of(meeting), sent)) == ["This can't be in the future."]


@pytest.mark.parametrize(
    "changes, complaint",
    [
        ({"starts_at": "14:00", "ends_at": "12:00"}, "The end must be later than the start."),
        (
            {"ends_on": "2014-11-14"},
            "The last day must be later than the date. Leave it empty for one day.",
        ),
    ],
)
def test_meeting_that_ends_before_it_starts_is_refused_in_words(client_of_editor, changes, complaint):
    meeting = make_meeting(held_on=date(2014, 11, 15))
    sent = filled_in(client_of_editor.get(address_of(meeting)), **changes)
    assert complaint in errors_in(client_of_editor.post(address_of(meeting), sent))


@pytest.mark.parametrize(
    "changes, complaint",
    [
        ({"map_url": "http://map.example/"}, "The address of a map begins with https://."),
        ({"map_url": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"notice_given_on": "2999-01-01"}, "This can't be in the future."),
        (
            {"institution": "Nobody at all"},
            "There is no organisation of this name yet. Add it under “Organisations” first.",
        ),
        ({"slug": "month"}, "Another page has this address."),
        ({"slug": "notice"}, "Another page has this address."),
    ],
)
def test_mistake_about_a_meeting_is_refused_in_words(client_of_editor, changes, complaint):
    meeting = make_meeting()
    sent = filled_in(client_of_editor.get(address_of(meeting)), **changes)
    response = client_of_editor.post(address_of(meeting), sent)
    assert (response.status_code, complaint in errors_in(response)) == (200, True)


def test_editor_names_organisers_and_who_invites(client_of_editor):
    river, office = make_organisation(name="River Watch"), make_organisation(name="Cabinet Office")
    OrganisationName.objects.create(organisation=office, name="CO")
    meeting = make_meeting()
    organisers = "Meeting_organisers"
    sent = filled_in(
        client_of_editor.get(address_of(meeting)),
        institution="co",
        agenda="*One*",
        **{f"{organisers}-0-organisation": "river watch"},
    )
    assert client_of_editor.post(address_of(meeting), sent).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.institution, list(meeting.organisers.all())) == (office, [river])
    sent = filled_in(
        client_of_editor.get(address_of(meeting)), **{f"{organisers}-1-organisation": "River Watch"}
    )
    assert errors_in(client_of_editor.post(address_of(meeting), sent)) == ["This is entered twice."]
    sent |= {f"{organisers}-INITIAL_FORMS": 0}
    assert "This is entered twice." in errors_in(client_of_editor.post(address_of(meeting), sent))
    sent = filled_in(client_of_editor.get(address_of(meeting)), **{f"{organisers}-0-DELETE": "on"})
    client_of_editor.post(address_of(meeting), sent)
    assert not meeting.organisers.exists()


@pytest.mark.parametrize("rows", [1, 30])
def test_saving_a_meeting_costs_the_same_however_many_organise_it(
    client_of_editor, django_assert_num_queries, rows
):
    meeting = make_meeting()
    meeting.organisers.set(make_organisation() for _ in range(rows))
    sent = filled_in(client_of_editor.get(address_of(meeting)))
    with django_assert_num_queries(34):
        assert client_of_editor.post(address_of(meeting), sent).status_code == 302


# Notes


def test_editor_writes_and_publishes_a_note(client_of_editor, editor):
    meeting = make_meeting(days=-3, title="Workshop")
    organisation = make_organisation(name="River Watch")
    page = client_of_editor.get(address_of(meeting)).content.decode()
    assert reverse("meetings:note_edit", args=[meeting.slug]) in page
    page = client_of_editor.get(f"{NOTES}add/", {"meeting": meeting.pk})
    sent = filled_in(
        page,
        written_by="Network coordinators",
        **{
            "points-0-text": "First point.",
            "points-1-text": "A decision.",
            "points-1-kind": "decision",
            "sections-0-heading": "Reaching the parties",
            "sections-0-body": "*Everybody* agreed.",
            "actions-0-text": "Draft the statement.",
            "actions-0-owner_organisation": "river watch",
            "actions-0-due_on": "2026-12-01",
        },
    )
    response = client_of_editor.post(f"{NOTES}add/", sent)
    assert response.status_code == 302, errors_in(response)
    note = Note.objects.draft().get()
    assert note.meeting == meeting
    assert [(point.kind, point.text, point.position) for point in note.points.all()] == [
        ("key_point", "First point.", 0),
        ("decision", "A decision.", 1),
    ]
    assert note.sections.get().body_html == "<p><em>Everybody</em> agreed.</p>\n"
    action = Action.objects.get()
    assert (action.owner_organisation, action.due_on) == (organisation, date(2026, 12, 1))
    sent = filled_in(client_of_editor.get(address_of(note)), _publish="Save and publish", written_by="Kim")
    response = client_of_editor.post(address_of(note), sent, follow=True)
    note.refresh_from_db()
    assert (note.is_published, note.published_by, note.written_by) == (True, editor, "Kim")
    assert messages_in(response)[-1] == "The note of “Workshop” is public now."


def test_editor_writes_and_publishes_a_note_at_once(client_of_editor, editor):
    meeting = make_meeting(days=0)
    sent = filled_in(
        client_of_editor.get(f"{NOTES}add/", {"meeting": meeting.pk}),
        written_by="Kim",
        _publish="Save and publish",
        **{"points-0-text": "First point."},
    )
    response = client_of_editor.post(f"{NOTES}add/", sent)
    note = Note.objects.published().get()
    assert (response.url, note.published_by) == (address_of(note), editor)


def test_note_is_offered_only_for_meetings_without_one(client_of_editor):
    make_note()
    make_meeting(days=1)
    bare = make_meeting(days=0)
    form = client_of_editor.get(f"{NOTES}add/").context["adminform"].form
    assert list(form.fields["meeting"].queryset) == [bare]


def test_note_is_not_asked_for_before_the_meeting(client_of_editor):
    html = client_of_editor.get(address_of(make_meeting(days=1))).content.decode()
    assert "Write the note" not in html


def test_note_stays_with_its_meeting(client_of_editor):
    note, other = make_note(), make_meeting()
    sent = filled_in(
        client_of_editor.get(address_of(note)), meeting=other.pk, written_by="Kim", explanation="Why"
    )
    client_of_editor.post(address_of(note), sent)
    after = Note.objects.get()
    assert (after.meeting, after.written_by) == (note.meeting, "Kim")


def test_note_that_is_not_ready_says_what_is_missing(client_of_editor):
    note = make_note(published=False, key_points=[])
    response = client_of_editor.post(address_of(note), PUBLISH, follow=True)
    assert messages_in(response) == [
        "Saved, but not published. The note has no key points and no sections yet."
    ]
    assert Note.objects.draft().get().written_by == "Kim"


def test_note_with_a_mistake_in_its_form_is_neither_saved_nor_published(client_of_editor):
    note = make_note(published=False)
    sent = filled_in(client_of_editor.get(address_of(note)), _publish="Save and publish", written_by="")
    assert errors_in(client_of_editor.post(address_of(note), sent)) == ["This field is required."]
    assert Note.objects.draft().get().written_by == note.written_by


def test_only_a_draft_offers_to_be_published(client_of_editor):
    draft, public = make_note(published=False), make_note()
    pages = [client_of_editor.get(address_of(note)).content.decode() for note in (draft, public)]
    assert ['name="_publish"' in page for page in pages] == [True, False]
    assert pages[0].index('name="_save"') < pages[0].index('name="_publish"')


@pytest.mark.parametrize("page, title", [(MEETINGS, "Meetings"), (NOTES, "Notes")])
def test_list_bears_the_name_of_its_things(client_of_editor, page, title):
    assert client_of_editor.get(page).context["title"] == title
