"""Searching the notes: what is found, how it is shown, and that nothing is found that nobody may read."""

from datetime import date

import pytest
from django.utils import timezone

from meetings.models import Action, Attendance, Link, Meeting, Note, NoteWords, Point, Section
from tests.factories import make_action, make_attendance, make_meeting, make_note, make_organisation

SEARCH = "/meetings/search/"


def found(client, text="", **query):
    return [words.title for words in client.get(SEARCH, {"q": text, **query}).context["page_obj"]]


def html_of(client, **query):
    return client.get(SEARCH, query).content.decode()


@pytest.fixture
def note(db):
    """A public note with a word of its own in each of its parts."""
    meeting = make_meeting(
        days=-7, title="Alpaca meeting", kind="workshop", venue="Bison hall", summary="On camels."
    )
    note = make_note(
        meeting=meeting,
        published=False,
        key_points=["Dingoes first."],
        sections=[("Eels", "**Ferrets** &amp; co")],
    )
    Point.objects.create(note=note, kind="decision", text="Geese decide.")
    river = make_organisation(name="Hedgehog Watch")
    make_action(note=note, text="Invite iguanas.", owner_name="Jackal Jo", owner_organisation=river)
    Link.objects.create(note=note, title="Kudu report", url="https://example.org/kudu")
    make_attendance(meeting=meeting, name="Lemur Lee", organisation_name="Meerkat Trust")
    make_attendance(meeting=meeting, name="Nandu Ndi", organisation_name="Ocelot Trust", is_named=False)
    make_attendance(meeting=meeting, name="Pika Poe", is_named=False, shows_initials=True)
    note.publish(by=None, now=timezone.now())
    return note


PUBLIC = "alpaca bison camel dingo eel ferret geese hedgehog iguana jackal kudu lemur meerkat"


@pytest.mark.parametrize("word", PUBLIC.split())
def test_every_public_part_is_found_by_its_stem(visitor, note, word):
    assert found(visitor, word.upper()) == ["Alpaca meeting"]


@pytest.mark.parametrize("word", ["nandu", "ocelot", "pika", "poe"])
def test_people_who_are_not_named_are_not_found(visitor, note, word):
    assert found(visitor, word) == []


def test_name_is_gone_from_the_search_as_soon_as_it_may_not_be_shown(visitor, note):
    assert found(visitor, "lemur meerkat") == ["Alpaca meeting"]
    attendance = Attendance.objects.get(name="Lemur Lee")
    attendance.is_named = False
    attendance.save()
    assert not NoteWords.objects.exists()
    assert found(visitor, "lemur") == found(visitor, "meerkat") == []
    assert found(visitor, "alpaca") == ["Alpaca meeting"]


def test_names_are_hidden_with_a_cancelled_meeting(visitor, note):
    assert found(visitor, "lemur") == ["Alpaca meeting"]
    Meeting.objects.update(cancelled_at=timezone.now())
    assert found(visitor, "lemur") == []


CHANGES = {
    "key point": lambda note: note.points.filter(kind="key_point").update(text="Zebras."),
    "decision": lambda note: note.points.filter(kind="decision").delete(),
    "section": lambda note: Section.objects.get(note=note).delete(),
    "new section": lambda note: Section.objects.create(note=note, heading="A", body="B"),
    "action": lambda note: Action.objects.update(text="Zebras."),
    "owner": lambda note: note.actions.get().owner_organisation.__class__.objects.update(name="Zebra"),
    "link": lambda note: note.links.all().delete(),
    "title": lambda note: Meeting.objects.update(title="Zebras"),
    "attendee": lambda note: note.meeting.attendances.filter(name="Lemur Lee").delete(),
    "announcement": lambda note: Meeting.objects.update(announced_at=None),
    "publication": lambda note: Note.objects.update(published_at=None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_words_are_forgotten_at_any_change(visitor, note, change):
    visitor.get(SEARCH)
    assert NoteWords.objects.count() == 1
    CHANGES[change](note)
    assert not NoteWords.objects.exists()


def test_change_elsewhere_leaves_the_words(visitor, note):
    visitor.get(SEARCH)
    make_note(published=False)
    make_attendance(meeting=make_meeting())
    make_organisation().save()
    assert NoteWords.objects.count() == 1


def test_drafts_circulated_notes_and_meetings_taken_back_are_not_found(visitor, db, editor, sign_in):
    draft = make_note(meeting=make_meeting(days=-7, title="Secret draft"), published=False)
    sent = make_note(meeting=make_meeting(days=-7, title="Secret sent"), published=False)
    Note.objects.filter(pk=sent.pk).update(
        circulated_at=timezone.now(), corrections_until=timezone.localdate()
    )
    back = make_note(meeting=make_meeting(days=-7, title="Secret past"))
    Meeting.objects.filter(pk=back.meeting_id).update(announced_at=None)
    Point.objects.filter(note__in=[draft, sent, back]).update(text="Secret point")
    for client in (visitor, sign_in(editor)):
        assert (found(client, "secret"), found(client)) == ([], [])
    assert not NoteWords.objects.exists()


def test_two_who_search_and_withdraw_at_once_leave_no_name(transactional_db, at_once):
    meeting = make_note().meeting
    make_attendance(meeting=meeting, name="Lemur Lee")
    for _ in range(3):
        NoteWords.objects.all().delete()
        Attendance.objects.update(is_named=True)
        results = at_once(
            NoteWords.objects.renew, lambda: Attendance.objects.get().__class__.objects.update(is_named=False)
        )
        assert [result for result in results if isinstance(result, Exception)] == []
        NoteWords.objects.renew()
        assert "Lemur" not in NoteWords.objects.get().text


# What is shown


def test_what_matches_is_marked_and_everything_else_is_escaped(visitor, db):
    note = make_note(
        meeting=make_meeting(days=-7, title="<b>Registers</b>"),
        key_points=["A <script>alert(1)</script> register of \x02lobbyists."],
    )
    html = html_of(visitor, q="register")
    assert "&lt;b&gt;<mark>Registers</mark>&lt;/b&gt;" in html
    assert "<mark>register</mark> of lobbyists" in html
    assert "<script>alert" not in html
    assert note.get_absolute_url() in html


def test_slips_are_forgiven_and_said(visitor, note):
    html = html_of(visitor, q="alpacca dingo")
    assert ("No note says “alpacca”" in html, "<mark>Alpaca</mark>" in html) == (True, True)
    assert found(visitor, "xylophone") == []


def test_accents_make_no_difference(visitor, db):
    make_note(key_points=["Gráinne spoke."])
    make_note(key_points=["Zoe spoke."])
    assert len(found(visitor, "grainne")) == len(found(visitor, "Zoë")) == 1


@pytest.mark.parametrize("text", ['"', "a & | ! (", "the", "\\", "'", "x" * 5000, "\x00", "%s", "-", "🦙"])
def test_any_text_can_be_searched_for(visitor, note, text):
    assert visitor.get(SEARCH, {"q": text}).status_code == 200


def test_without_words_the_latest_come_first_and_kinds_narrow(visitor, note):
    make_note(meeting=make_meeting(title="Last", held_on=date(2020, 1, 2)))
    make_note(meeting=make_meeting(title="First", held_on=date(2020, 1, 1)))
    assert found(visitor) == ["Alpaca meeting", "Last", "First"]
    assert found(visitor, kind="workshop") == ["Alpaca meeting"]
    assert found(visitor, "statement", kind="network") == ["Last", "First"]


def test_title_counts_more_than_the_text(visitor, db):
    make_note(meeting=make_meeting(days=-9, title="Budgets"))
    make_note(meeting=make_meeting(days=-7, title="Other"), key_points=["Budgets, once."])
    assert found(visitor, "budget") == ["Budgets", "Other"]


@pytest.mark.parametrize("page, number", [("2", 2), ("abc", 1), ("999", 2)])
def test_results_come_in_pages(visitor, db, page, number):
    for _ in range(21):
        make_note()
    response = visitor.get(SEARCH, {"q": "statement", "page": page})
    assert (response.context["page_obj"].number, response.context["page_obj"].paginator.count) == (number, 21)


@pytest.mark.parametrize("rows", [1, 30])
def test_search_costs_the_same_at_one_and_at_thirty(visitor, db, rows, django_assert_num_queries):
    for _ in range(rows):
        make_attendance(meeting=make_note().meeting, organisation=make_organisation())
    visitor.get(SEARCH)
    with django_assert_num_queries(7):
        visitor.get(SEARCH, {"q": "statement"})


@pytest.mark.parametrize("rows", [1, 30])
def test_writing_the_words_down_costs_the_same_at_one_and_at_thirty(db, rows, django_assert_num_queries):
    for _ in range(rows):
        note = make_note(sections=[("A", "B")])
        make_attendance(meeting=note.meeting, organisation=make_organisation())
        make_action(note=note, owner_organisation=make_organisation())
    with django_assert_num_queries(14):
        NoteWords.objects.renew()
