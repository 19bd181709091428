"""From a pasted text to a draft note, in the admin."""

import io
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from docx import Document

from meetings.models import Action, Attendance, Meeting, Note, NoteDraft, NoteImport, Point, Section
from profiles.errors import NotReady
from profiles.models import Organisation, OrganisationName
from tests.factories import make_attendance, make_meeting, make_note, make_organisation

NOTES = Path(__file__).parent / "notes"
ADD = "/admin/meetings/noteimport/add/"
LIST = "/admin/meetings/noteimport/"
SHORT = (
    "Small meeting\n10 Nov 2016, 12-2pm\n\nAttendees: Ada Quill (Mill); Ben Okoro\n\n## One\n\nWords of it.\n"
)


def text_of(name):
    return (NOTES / name).read_text()


def bring(text=SHORT, by=None):
    return NoteImport.receive(text, by=by, now=timezone.now())[0]


@pytest.fixture
def client_of_editor(sign_in, editor):
    return sign_in(editor)


def sent_from(response, **changes):
    """What a browser would send from the preview, with `changes`."""
    preview = response.context["preview"]
    forms = [preview.form]
    for formset in preview.formsets.values():
        forms += [formset.management_form, *formset.forms]
    values = {field.html_name: field.value() for form in forms for field in form}
    sent = {
        name: "on" if value is True else value
        for name, value in values.items()
        if value is not None and value is not False
    }
    return {**sent, "_make": "Make the draft note", **changes}


def draft_of(meeting=None, **fields):
    meeting = meeting or Meeting(title="Small meeting", kind="network", held_on=date(2016, 11, 10), areas=[])
    return NoteDraft(meeting=meeting, written_by="Kim", **fields)


# From the paste to the note


def test_pasted_note_becomes_a_draft_with_all_its_parts(client_of_editor, editor):
    treasury = make_organisation(name="HM Treasury", kind="government")
    response = client_of_editor.post(ADD, {"text": text_of("minutes.txt")})
    source = NoteImport.objects.get()
    assert (response.status_code, response.url) == (302, source.get_absolute_url())
    assert (source.text, source.brought_by) == (text_of("minutes.txt"), editor)
    assert (Meeting.objects.count(), Note.objects.count()) == (0, 0)
    page = client_of_editor.get(source.get_absolute_url())
    response = client_of_editor.post(source.get_absolute_url(), sent_from(page))
    note = Note.objects.draft().get()
    assert response.url == f"{note.get_absolute_url()}note/"
    meeting = note.meeting
    assert (meeting.title, meeting.slug, meeting.kind) == (
        "Open data roundtable",
        "2016-11-10-open-data-roundtable",
        "roundtable",
    )
    assert (meeting.held_on, meeting.starts_at, meeting.ends_at) == (date(2016, 11, 10), time(12), time(14))
    assert (meeting.venue, meeting.is_announced) == ("The Old Library, Park Street, Leeds", False)
    rows = meeting.attendances.order_by("position").values_list(
        "name", "organisation", "organisation_name", "role", "mode"
    )
    assert list(rows) == [
        ("Ada Quill", None, "", "chair", ""),
        ("Ben Okoro", None, "Leeds Data Mill", "", ""),
        ("Chi Lam", None, "Northern Bus Users", "", ""),
        ("Dot Marsh", None, "", "", ""),
        ("Farah Aziz", treasury.pk, "", "note_taker", ""),
        ("Greg Hill", None, "", "", "apologies"),
        ("Hana Ito", None, "Plainledger", "", "apologies"),
        ("Ivo Jansen", None, "", "", "apologies"),
    ]
    assert note.written_by == "Farah Aziz"
    assert list(note.points.values_list("kind", "text")) == [
        ("decision", "the group asks for open timetables everywhere.")
    ]
    assert list(note.sections.values_list("heading", flat=True)) == [
        "Welcome",
        "Bus times",
        "Any other business",
    ]
    assert note.sections.last().body == "None.\n\nNext meeting: 12 January 2017"
    assert note.sections.first().body_html == "<p>Ada Quill welcomed everyone.</p>\n"
    assert list(note.actions.values_list("text", "owner_name", "due_on", "due_text")) == [
        ("write to the operators", "Ben Okoro", None, "31 June"),
        ("find three passengers", "Chi Lam and Dot Marsh", date(2016, 12, 5), ""),
        ("Draft the letter", "Ada Quill", None, ""),
        ("Count the pictures", "Chi Lam", None, ""),
    ]
    source.refresh_from_db()
    assert (source.note, source.confirmed_by, source.is_open) == (note, editor, False)


def test_word_file_is_read(client_of_editor):
    document, file = Document(), io.BytesIO()
    for line in ("Small meeting", "10 Nov 2016", "Attendees: Ada Quill; Ben Okoro"):
        document.add_paragraph(line)
    document.save(file)
    client_of_editor.post(ADD, {"text": "", "file": SimpleUploadedFile("note.docx", file.getvalue())})
    source = NoteImport.objects.get()
    assert (source.file_name, source.reading().held_on) == ("note.docx", date(2016, 11, 10))


def test_unknown_organisation_is_added_once_when_asked(client_of_editor):
    source = bring(
        "Small meeting\n10 Nov 2016\n\nAttendees: Ada Quill (Mill); Ben Okoro (Mill); Chi Lam (Well)\n\n## A\n\nB."
    )
    page = client_of_editor.get(source.get_absolute_url())
    sent = sent_from(page, **{"attendees-0-is_new": "on", "attendees-1-is_new": "on"})
    client_of_editor.post(source.get_absolute_url(), sent)
    mill = Organisation.objects.get()
    assert (mill.name, mill.slug) == ("Mill", "mill")
    rows = Attendance.objects.order_by("position").values_list("organisation", "organisation_name")
    assert list(rows) == [(mill.pk, ""), (mill.pk, ""), (None, "Well")]


def test_organisation_spelt_three_ways_is_offered_as_the_one_there_is(client_of_editor):
    partnership = make_organisation(name="International Budget Partnership")
    OrganisationName.objects.create(organisation=partnership, name="The Budget People")
    names = ["Intl Budget Partnership", "IBP", "the budget people", "Internatonal Budget Partnership"]
    people = "; ".join(f"Ada Q{chr(97 + number)} ({name})" for number, name in enumerate(names))
    source = bring(f"Small meeting\n10 Nov 2016\n\nAttendees: {people}\n\n## A\n\nB.")
    page = client_of_editor.get(source.get_absolute_url())
    rows = page.context["preview"].formsets["attendees"]
    assert [row["organisation"].value() for row in rows][:4] == [partnership.name] * 4
    assert "Written as “Intl Budget Partnership”." in page.content.decode()
    client_of_editor.post(source.get_absolute_url(), sent_from(page))
    assert set(Attendance.objects.values_list("organisation", flat=True)) == {partnership.pk}


def test_text_that_was_not_understood_is_shown_and_goes_where_the_editor_says(client_of_editor):
    source = bring(text_of("two_posts.txt"))
    page = client_of_editor.get(source.get_absolute_url())
    leftovers = page.context["preview"].formsets["leftovers"]
    assert [(row["line"].value(), row["text"].value()[:20]) for row in leftovers] == [
        (1, "Fair Streets Network"),
        (45, "Streets in action: t"),
        (85, "Street Monitor 2014 "),
    ]
    sent = sent_from(page, **{"leftovers-0-goes_to": "summary", "leftovers-1-goes_to": "section"})
    client_of_editor.post(source.get_absolute_url(), sent)
    note = Note.objects.get()
    assert note.meeting.summary == "Fair Streets Network"
    assert list(note.sections.values_list("heading", flat=True)) == [
        "Where things stand",
        "Talking to those who stand",
        "Streets in action: telling your stories",
    ]
    assert "Nobody expects a clear winner" in note.sections.all()[1].body


def test_both_notes_of_one_text_can_be_made(client_of_editor):
    source = bring(text_of("two_posts.txt"))
    address = source.get_absolute_url()
    client_of_editor.post(address, sent_from(client_of_editor.get(address)))
    assert "Go on with “Talks with the Mayor" in client_of_editor.get(address).content.decode()
    response = client_of_editor.post(f"/admin/meetings/noteimport/{source.pk}/blocks/2/")
    second = NoteImport.objects.exclude(pk=source.pk).get()
    assert response.url == second.get_absolute_url()
    client_of_editor.post(response.url, sent_from(client_of_editor.get(response.url)))
    assert list(Meeting.objects.order_by("held_on").values_list("title", flat=True)) == [
        "Talks with the Mayor",
        "Getting candidates to say where they stand",
    ]


def test_block_that_is_not_there_is_refused(client_of_editor):
    source = bring()
    response = client_of_editor.post(f"/admin/meetings/noteimport/{source.pk}/blocks/9/", follow=True)
    assert "There is no such part of this text." in response.content.decode()
    assert NoteImport.objects.count() == 1


# The meeting


def test_meeting_of_that_day_is_offered_and_keeps_its_words(client_of_editor):
    meeting = make_meeting(title="Our roundtable", kind="roundtable", held_on=date(2016, 11, 10))
    make_meeting(kind="network", held_on=date(2016, 11, 10))
    make_attendance(meeting=meeting, name="Ada Quill")
    source = bring(text_of("minutes.txt"))
    page = client_of_editor.get(source.get_absolute_url())
    assert page.context["preview"].form["meeting_choice"].value() == str(meeting.pk)
    client_of_editor.post(source.get_absolute_url(), sent_from(page))
    meeting.refresh_from_db()
    assert (Note.objects.get().meeting, meeting.title, meeting.starts_at) == (meeting, "Our roundtable", None)
    assert meeting.attendances.filter(name="Ada Quill").count() == 1
    assert meeting.attendances.count() == 8


def test_meeting_that_has_a_note_is_named_and_not_offered(client_of_editor):
    note = make_note(meeting=make_meeting(title="Told already", held_on=date(2016, 11, 10)))
    page = client_of_editor.get(bring().get_absolute_url())
    assert page.context["preview"].form["meeting_choice"].value() == "new"
    assert f"/admin/meetings/note/{note.pk}/change/" in page.content.decode()


def test_meeting_is_announced_only_when_the_editor_says_so(client_of_editor):
    source = bring()
    page = client_of_editor.get(source.get_absolute_url())
    client_of_editor.post(source.get_absolute_url(), sent_from(page, is_announced="on"))
    assert Meeting.objects.get().is_announced


# Bad input


@pytest.mark.parametrize(
    "text, file, complaint",
    [
        ("", None, "Please paste the note here"),
        ("  \n ", None, "Please paste the note here"),
        ("A note", b"And a file", "not both"),
        ("", b"\xd0\xcf\x11\xe0", "protected by a password"),
        ("", b"PK\x03\x04", "damaged"),
        ("", b"", "no text"),
        ("x" * 5_000_000, None, "longer than 300,000 characters"),
        ("a\x01b", None, "no text"),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_what_was_pasted_is_kept(
    client_of_editor, text, file, complaint
):
    sent = {"text": text} | ({"file": SimpleUploadedFile("note.docx", file)} if file is not None else {})
    response = client_of_editor.post(ADD, sent)
    assert response.status_code == 422
    assert complaint in str(response.context["form"].errors)
    assert response.context["form"]["text"].value() == text
    assert not NoteImport.objects.exists()


def test_null_character_is_refused(client_of_editor):
    assert client_of_editor.post(ADD, {"text": "a\x00b"}).status_code == 422


@pytest.mark.parametrize(
    "changes, complaint",
    [
        ({"held_on": "2016-06-31"}, "Enter a valid date."),
        ({"held_on": ""}, "Please fill this in."),
        ({"ends_at": "10:00"}, "The end must be later than the start."),
        ({"title": "x" * 201}, "at most 200"),
        ({"attendees-0-name": ""}, "Who came from there?"),
        ({"attendees-0-side": "nowhere"}, "nowhere"),
        ({"sections-0-heading": ""}, "Please give the first part a heading."),
        ({"meeting_choice": "999"}, "999"),
        ({"points-0-text": "x" * 1001}, "at most 1000"),
        ({"attendees-TOTAL_FORMS": "x"}, "ManagementForm"),
    ],
)
def test_mistake_in_the_preview_makes_nothing_and_loses_nothing(client_of_editor, changes, complaint):
    source = bring()
    page = client_of_editor.get(source.get_absolute_url())
    response = client_of_editor.post(source.get_absolute_url(), sent_from(page, written_by="Kim", **changes))
    assert response.status_code == 422
    assert complaint in response.content.decode()
    assert (Meeting.objects.count(), Note.objects.count(), Attendance.objects.count()) == (0, 0, 0)
    again = client_of_editor.get(source.get_absolute_url())
    assert again.context["preview"].form["written_by"].value() == "Kim"


def test_what_was_typed_can_be_kept_for_later_and_rows_added(client_of_editor):
    source = bring()
    page = client_of_editor.get(source.get_absolute_url())
    sent = sent_from(page, _keep="1", venue="The Dairy")
    assert client_of_editor.post(source.get_absolute_url(), sent).status_code == 302
    page = client_of_editor.get(source.get_absolute_url())
    assert page.context["preview"].form["venue"].value() == "The Dairy"
    before = page.context["preview"].formsets["attendees"].total_form_count()
    client_of_editor.post(source.get_absolute_url(), sent_from(page, _rows="attendees"))
    page = client_of_editor.get(source.get_absolute_url())
    assert page.context["preview"].formsets["attendees"].total_form_count() == before + 5
    assert not Note.objects.exists()


def test_same_text_again_is_recognised(client_of_editor):
    client_of_editor.post(ADD, {"text": SHORT})
    response = client_of_editor.post(ADD, {"text": f"\r\n{SHORT}  "}, follow=True)
    assert NoteImport.objects.count() == 1
    assert "was brought in before" in response.content.decode()
    source = NoteImport.objects.get()
    client_of_editor.post(
        source.get_absolute_url(), sent_from(client_of_editor.get(source.get_absolute_url()))
    )
    response = client_of_editor.post(ADD, {"text": SHORT}, follow=True)
    assert "A note was made of this" in response.content.decode()
    assert (NoteImport.objects.count(), Note.objects.count()) == (1, 1)


def test_five_hundred_people_come_in(client_of_editor):
    people = "\n".join(f"- Ada Q{chr(97 + n % 26)}{chr(97 + n // 26)} (Body {n})" for n in range(500))
    source = bring(f"# Big meeting\n\n10 Nov 2016\n\n## Attendees\n\n{people}\n\n## A\n\nB.")
    sent = sent_from(client_of_editor.get(source.get_absolute_url()))
    assert client_of_editor.post(source.get_absolute_url(), sent).status_code == 302
    assert Attendance.objects.count() == 500


def test_two_people_of_the_same_name_both_come_in(client_of_editor):
    source = bring("Small meeting\n10 Nov 2016\n\nAttendees: Jo Bell (Mill); Jo Bell (Well)\n\n## A\n\nB.")
    client_of_editor.post(
        source.get_absolute_url(), sent_from(client_of_editor.get(source.get_absolute_url()))
    )
    assert list(Attendance.objects.order_by("position").values_list("name", "organisation_name")) == [
        ("Jo Bell", "Mill"),
        ("Jo Bell", "Well"),
    ]


# The verbs


def test_confirming_twice_makes_one_note(editor):
    source, now = bring(), timezone.now()
    note = source.confirm(draft_of(), by=editor, now=now)
    assert source.confirm(draft_of(), by=None, now=now) == note
    assert (Note.objects.count(), Meeting.objects.count(), source.confirmed_by) == (1, 1, editor)


def test_confirming_at_the_same_time_makes_one_note(transactional_db, at_once):
    source, now = bring(), timezone.now()
    results = at_once(
        *[lambda: NoteImport.objects.get(pk=source.pk).confirm(draft_of(), by=None, now=now)] * 2
    )
    assert results[0] == results[1] == Note.objects.get()


def test_meeting_that_got_a_note_meanwhile_is_refused_and_nothing_is_made(db):
    source, note = bring(), make_note()
    draft = draft_of(meeting=note.meeting, attendances=[Attendance(name="Ada Quill")])
    with pytest.raises(NotReady, match="a note of this meeting already"):
        source.confirm(draft, by=None, now=timezone.now())
    source.refresh_from_db()
    assert (source.is_open, Note.objects.count(), Attendance.objects.count()) == (True, 1, 0)


def test_note_is_made_whole_or_not_at_all(db):
    source = bring()
    draft = draft_of(
        attendances=[Attendance(name="Ada Quill", organisation_name="Mill")],
        new_organisations=[Organisation(name="Mill", kind="charity", areas=[])],
        points=[Point(text="One")],
        sections=[Section(heading="A", body="B")],
        actions=[Action(text="x" * 1000, owner_name="y" * 151)],
    )
    with pytest.raises(Exception, match="too long"), transaction.atomic():
        source.confirm(draft, by=None, now=timezone.now())
    counts = [model.objects.count() for model in (Meeting, Attendance, Note, Point, Section, Organisation)]
    assert counts == [0] * 6


def test_two_meetings_of_one_title_and_day_have_addresses_of_their_own(db):
    for text in (SHORT, f"{SHORT}!"):
        bring(text).confirm(draft_of(), by=None, now=timezone.now())
    assert set(Meeting.objects.values_list("slug", flat=True)) == {
        "2016-11-10-small-meeting",
        "2016-11-10-small-meeting-2",
    }


def test_what_is_made_into_a_note_is_neither_discarded_nor_changed(db):
    source = bring()
    source.confirm(draft_of(), by=None, now=timezone.now())
    for verb in (source.discard, lambda: source.keep("a=1")):
        with pytest.raises(NotReady, match="made of this already"):
            verb()


def test_texts_are_forgotten_after_a_month(db):
    now = timezone.now()
    old = [NoteImport.receive(f"{SHORT}{n}", by=None, now=now - timedelta(days=31))[0] for n in range(2)]
    new = bring("Another text")
    note = old[0].confirm(draft_of(), by=None, now=now)
    call_command("forget_note_imports")
    assert set(NoteImport.objects.values_list("pk", "text")) == {(old[0].pk, ""), (new.pk, "Another text")}
    again, is_new = NoteImport.receive(f"{SHORT}0", by=None, now=now)
    assert (again.note, is_new, again.text) == (note, False, f"{SHORT}0")


def test_open_as_queryset_and_predicate_agree(db):
    sources = [bring(), bring("Another text")]
    sources[0].confirm(draft_of(), by=None, now=timezone.now())
    assert set(NoteImport.objects.open()) == {source for source in sources if source.is_open} == {sources[1]}


@pytest.mark.parametrize(
    "fields",
    [{"block": 0}, {"block": 1, "note": True}],
    ids=["the same block twice", "a note nobody confirmed"],
)
def test_database_refuses(db, fields):
    source = bring()
    note = make_note() if fields.pop("note", False) else None
    with pytest.raises(IntegrityError), transaction.atomic():
        NoteImport.objects.create(
            text="x", fingerprint=source.fingerprint, brought_at=timezone.now(), note=note, **fields
        )


# Who


@pytest.mark.parametrize(
    "person, status",
    [("visitor", 302), ("member", 302), ("expert", 403), ("editor", 200), ("administrator", 200)],
)
def test_who_may_import_notes(db, request, sign_in, person, status):
    source = bring()
    client = request.getfixturevalue(person)
    client = client if person == "visitor" else sign_in(client)
    pages = [LIST, ADD, source.get_absolute_url()]
    assert [client.get(page).status_code for page in pages] == [status] * 3


@pytest.mark.parametrize("person, status", [("visitor", 302), ("member", 302), ("expert", 403)])
def test_who_may_not_bring_in_or_change_or_forget(db, request, sign_in, person, status):
    source = bring()
    client = request.getfixturevalue(person)
    client = client if person == "visitor" else sign_in(client)
    own = f"/admin/meetings/noteimport/{source.pk}"
    pages = [ADD, source.get_absolute_url(), f"{own}/blocks/0/", f"{own}/removal/"]
    assert [client.post(page, {"text": "Another"}).status_code for page in pages] == [status] * 4
    assert (NoteImport.objects.get(), Note.objects.count()) == (source, 0)


def test_editor_forgets_a_text(client_of_editor):
    source = bring()
    page = f"/admin/meetings/noteimport/{source.pk}/removal/"
    assert client_of_editor.get(page).status_code == 302
    assert NoteImport.objects.exists()
    client_of_editor.post(page)
    assert not NoteImport.objects.exists()


def test_nothing_of_an_import_is_public(visitor, db):
    source = bring(SHORT.replace("Small", "Secret"))
    source.confirm(
        draft_of(Meeting(title="Secret meeting", kind="network", held_on=date(2016, 11, 10), areas=[])),
        by=None,
        now=timezone.now(),
    )
    assert visitor.get(Meeting.objects.get().get_absolute_url()).status_code == 404
    for page in ("/", "/meetings/"):
        assert b"ecret" not in visitor.get(page).content


def test_organisation_in_words_is_shown_with_the_name_and_hidden_with_it(visitor, db):
    meeting = make_note().meeting
    make_attendance(meeting=meeting, organisation_name="Shown Body")
    make_attendance(meeting=meeting, organisation_name="Hidden Body", is_named=False)
    html = visitor.get(meeting.get_absolute_url()).content.decode()
    assert ("Shown Body" in html, "Hidden Body" in html) == (True, False)


@pytest.mark.parametrize("rows", [1, 30])
def test_list_costs_the_same_at_one_and_at_thirty(client_of_editor, editor, django_assert_num_queries, rows):
    for number in range(rows):
        bring(f"Text {number}", by=editor)
    client_of_editor.get(LIST)
    with django_assert_num_queries(7):
        client_of_editor.get(LIST)


@pytest.mark.parametrize("rows", [1, 30])
def test_preview_costs_the_same_at_one_and_at_thirty(client_of_editor, django_assert_num_queries, rows):
    for number in range(rows):
        make_organisation(name=f"Body {number}")
    people = "; ".join(f"Ada Q{chr(97 + n)} (Body {n})" for n in range(rows))
    source = bring(f"Small meeting\n10 Nov 2016\n\nAttendees: {people}; Kim Lee (Nowhere)\n\n## A\n\nB.")
    client_of_editor.get(source.get_absolute_url())
    with django_assert_num_queries(12):
        client_of_editor.get(source.get_absolute_url())
