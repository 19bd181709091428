"""Public notes change with a date, an explanation and a comparison, and never name who doesn't want it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from meetings.models import Action, Attendance, Link, Meeting, NoteErratum, Point
from meetings.note_record import parts_of, text_of, without_names
from profiles.errors import NotReady
from tests.factories import make_attendance, make_member, make_note, make_organisation
from tests.profiles.admin_forms import errors_in, filled_in

NOW = timezone.now()


@pytest.fixture
def note(db):
    note = make_note(
        key_points=["Two people had tried."], sections=[("What is missing", "Ash Attendee spoke first.")]
    )
    make_attendance(meeting=note.meeting, name="Ash Attendee", member=make_member(email="ash@example.org"))
    make_attendance(meeting=note.meeting, name="Robin Gray")
    return note


def correct(note, text="Three people had tried.", explanation="It was three.", **how):
    with note.correcting(explanation, by=None, now=NOW, **how):
        note.points.update(text=text)


def admin_of(thing):
    return f"/admin/meetings/{thing._meta.model_name}/{thing.pk}/change/"


def pages_of(client, note):
    """The note's page and every comparison it leads to."""
    addresses = [note.get_absolute_url()]
    addresses += [f"{note.get_absolute_url()}errata/{erratum.pk}/" for erratum in NoteErratum.objects.all()]
    return "".join(client.get(address).content.decode() for address in addresses)


# The text


def test_text_holds_all_but_who_was_there_and_what_became_of_actions(note):
    Point.objects.create(note=note, kind="decision", text="A decision.", position=1)
    Link.objects.create(note=note, title="Slides", url="https://example.org/slides")
    office = make_organisation(name="Cabinet Office")
    action = Action.objects.create(note=note, text="Act.", owner_name="Kim", owner_organisation=office)
    text = text_of(note)
    there = ["Two people", "What is missing", "spoke first", "A decision.", "Slides", "Network coordinators"]
    assert [part in text for part in [*there, "Act.", "Kim · Cabinet Office"]] == [True] * 8
    assert "Robin Gray" not in text
    action.done_at = NOW
    action.save()
    assert text_of(note) == text


@pytest.mark.parametrize(
    "text, names, left",
    [
        ("Ash Attendee said", ["Ash Attendee"], "a member said"),
        ("ASH\n attendee’s idea", ["Ash Attendee"], "a member’s idea"),
        ("Bash Attendees", ["Ash Attendee"], "Bash Attendees"),
        ("Ash Lee Attendee, Ash Lee", ["Ash Lee", "Ash Lee Attendee"], "a member, a member"),
        ("A (b) c*", ["A (b)", " ", ""], "a member c*"),
        ("Élodie Çelik", ["élodie çelik"], "a member"),
    ],
)
def test_names_are_left_out_however_they_are_written(text, names, left):
    assert without_names(text, names) == left


def test_text_parts_by_its_headings():
    text = "# Title\n\n## A\n\nOne\n\n### Not one\n\n## B\n\nTwo\n\n## A\n\nThree"
    assert parts_of(text) == {"": "Title", "A": "One\n\n### Not one\n\nThree", "B": "Two"}


# The verb


def test_correction_is_dated_explained_and_compared(visitor, note, editor):
    with note.correcting(" It was three. ", by=editor, now=NOW):
        note.points.update(text="Three people had tried.")
    erratum = NoteErratum.objects.get()
    assert (erratum.explanation, erratum.corrected_by, erratum.corrected_at) == ("It was three.", editor, NOW)
    html = visitor.get(note.get_absolute_url()).content.decode()
    assert ["It was three." in html, erratum.get_absolute_url() in html] == [True, True]
    html = visitor.get(erratum.get_absolute_url()).content.decode()
    assert ["<del>" in html, "Two" in html, "Three" in html, "What is missing" in html] == [True] * 3 + [
        False
    ]


def test_public_note_does_not_change_without_an_explanation(note):
    with pytest.raises(NotReady, match="Say what was wrong"):
        correct(note, explanation="  ")
    assert (note.points.get().text, NoteErratum.objects.count()) == ("Two people had tried.", 0)


def test_correction_says_no_name_that_may_not_be_said(note):
    Attendance.objects.filter(name="Robin Gray").update(is_named=False)
    with pytest.raises(NotReady, match="the name of Robin Gray"):
        correct(note, text="Robin Gray had tried.")
    assert (note.points.get().text, NoteErratum.objects.count()) == ("Two people had tried.", 0)


def test_correction_that_changes_nothing_leaves_no_trace(note):
    correct(note, text="Two people had tried.", explanation="")
    assert not NoteErratum.objects.exists()


def test_draft_changes_without_more_ado(db):
    note = make_note(published=False)
    correct(note, explanation="")
    assert (note.points.get().text, NoteErratum.objects.count()) == ("Three people had tried.", 0)


def test_note_published_meanwhile_asks_for_an_explanation(db):
    note = make_note(published=False)
    type(note).objects.get().publish(by=None, now=NOW)
    with pytest.raises(NotReady):
        correct(note, explanation="")


# In the admin


def test_editor_corrects_a_public_note(sign_in, note, editor):
    client = sign_in(editor)
    sent = filled_in(client.get(admin_of(note)), **{"points-0-text": "Three."})
    response = client.post(admin_of(note), sent)
    assert errors_in(response) == ["Say what was wrong: the note is public, and so is its correction."]
    assert b"Three." in response.content
    assert note.points.get().text == "Two people had tried."
    assert client.post(admin_of(note), {**sent, "explanation": "It was three."}).status_code == 302
    erratum = NoteErratum.objects.get()
    assert (note.points.get().text, erratum.corrected_by) == ("Three.", editor)


def test_saving_a_public_note_unchanged_needs_no_explanation(sign_in, note, editor):
    client = sign_in(editor)
    assert client.post(admin_of(note), filled_in(client.get(admin_of(note)))).status_code == 302
    assert not NoteErratum.objects.exists()


def test_draft_is_not_asked_for_an_explanation(sign_in, db, editor):
    html = sign_in(editor).get(admin_of(make_note(published=False))).content.decode()
    assert 'name="explanation"' not in html


@pytest.mark.parametrize("person", ["member", "expert"])
def test_nobody_else_corrects(request, sign_in, note, person):
    sign_in(request.getfixturevalue(person)).post(
        admin_of(note), {"written_by": "Forged", "explanation": "Forged"}
    )
    note.refresh_from_db()
    assert (note.written_by, NoteErratum.objects.count()) == ("Network coordinators", 0)


def test_editor_corrects_who_was_there(visitor, sign_in, note, editor):
    client = sign_in(editor)
    sent = filled_in(client.get(admin_of(note.meeting)), **{"attendances-1-name": "Robyn Grey"})
    client.post(admin_of(note.meeting), sent)
    erratum = NoteErratum.objects.get()
    assert (erratum.has_comparison, erratum.corrected_by) == (False, editor)
    html = visitor.get(note.get_absolute_url()).content.decode()
    assert ["list of those who were there was corrected" in html, "Robin Gray" in html] == [True, False]


# What must not be read again


@pytest.mark.parametrize("order", ["name first", "erratum first", "together"])
def test_name_of_who_wants_none_is_in_no_erratum(visitor, note, order):
    """The person is named in the text, asks not to be, and an editor takes the name out: none of it stays readable."""
    ash = Attendance.objects.get(name="Ash Attendee")
    if order == "name first":
        ash.ask_not_to_be_named(now=NOW)
    with note.correcting("Ash Attendee has asked for this; it was three.", by=None, now=NOW):
        section = note.sections.get()
        section.body = "Somebody spoke first."
        section.save()
        if order != "together":
            note.points.update(text="Three people had tried.")
        if order == "together":
            ash.ask_not_to_be_named(now=NOW)
    if order == "erratum first":
        assert "Ash Attendee" in pages_of(visitor, note)
        ash.ask_not_to_be_named(now=NOW)
    assert "Attendee" not in pages_of(visitor, note)
    erratum = NoteErratum.objects.get()
    stored = erratum.text_before + erratum.text_after + erratum.explanation
    assert ("Attendee" in stored, "a member has asked" in stored) == (False, True)
    assert "Robin Gray" in pages_of(visitor, note)


def test_name_an_editor_hides_is_left_out_of_what_was_said_before(visitor, sign_in, note, editor):
    correct(note, text="Ash Attendee had tried.")
    client = sign_in(editor)
    sent = filled_in(client.get(admin_of(note.meeting)))
    row = next(name for name, value in sent.items() if value == "Ash Attendee").split("-")[1]
    del sent[f"attendances-{row}-is_named"]
    client.post(admin_of(note.meeting), sent)
    erratum = NoteErratum.objects.get()
    assert ("Attendee" in erratum.text_after, "a member had tried" in erratum.text_after) == (False, True)


def test_correction_that_only_takes_a_name_out_shows_no_comparison(visitor, note):
    Attendance.objects.filter(name="Ash Attendee").update(is_named=False)
    with note.correcting("A name was taken out.", by=None, now=NOW):
        section = note.sections.get()
        section.body = "a member spoke first."
        section.save()
    assert not NoteErratum.objects.get().has_comparison
    assert "Attendee" not in pages_of(visitor, note).split('<h2 id="people-title"')[0]


def test_editor_keeps_the_earlier_text_from_being_read_again(visitor, note):
    correct(note, text="A mobile number is gone.", explanation="Private.", keeps_texts=False)
    erratum = NoteErratum.objects.get()
    assert (erratum.text_before, erratum.text_after) == ("", "")
    html = visitor.get(note.get_absolute_url()).content.decode()
    assert ("Private." in html, "What changed" in html) == (True, False)
    assert visitor.get(erratum.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("hide", ["not announced", "other meeting"])
def test_comparison_is_as_public_as_the_note(visitor, note, hide):
    correct(note)
    address = NoteErratum.objects.get().get_absolute_url()
    assert visitor.get(address).status_code == 200
    if hide == "not announced":
        Meeting.objects.update(announced_at=None)
    else:
        address = address.replace(note.meeting.slug, make_note().meeting.slug)
    assert visitor.get(address).status_code == 404


def test_comparisons_as_queryset_and_predicate_agree(note):
    correct(note)
    correct(note, text="Four.", explanation="Private.", keeps_texts=False)
    compared = {erratum for erratum in NoteErratum.objects.all() if erratum.has_comparison}
    assert set(NoteErratum.objects.with_comparison()) == compared
    assert len(compared) == 1


# Integrity and cost


@pytest.mark.parametrize(
    "constraint, fields",
    [
        ("note_erratum_with_explanation", {"explanation": ""}),
        ("note_erratum_with_two_texts_or_none", {"text_before": "A"}),
        ("note_erratum_with_two_texts_or_none", {"text_before": "A", "text_after": "A"}),
    ],
)
def test_database_refuses(note, constraint, fields):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        NoteErratum.objects.create(**{"note": note, "explanation": "Why", "corrected_at": NOW, **fields})


@pytest.mark.parametrize("rows", [1, 30])
def test_page_costs_the_same_at_one_and_at_thirty(visitor, note, django_assert_num_queries, rows):
    for row in range(rows):
        correct(note, text=f"{row}", explanation=f"Reason {row}.")
    with django_assert_num_queries(16):
        html = visitor.get(note.get_absolute_url()).content.decode()
    assert html.count("What changed") == rows


def test_newest_correction_comes_first(visitor, note):
    for days in (2, 1):
        with note.correcting(f"{days} days ago", by=None, now=NOW - timedelta(days=days)):
            note.points.update(text=f"{days}")
    html = visitor.get(note.get_absolute_url()).content.decode()
    assert html.index("1 days ago") < html.index("2 days ago")


@pytest.mark.django_db(transaction=True)
def test_name_withdrawn_while_a_correction_is_saved_stays_in_none(at_once):
    note = make_note(key_points=["Ash Attendee had tried."])
    ash = make_attendance(meeting=note.meeting, name="Ash Attendee")
    at_once(
        lambda: correct(note, explanation="Asked by Ash Attendee."), lambda: ash.ask_not_to_be_named(now=NOW)
    )
    erratum = NoteErratum.objects.get()
    assert "Attendee" not in erratum.text_before + erratum.text_after + erratum.explanation
