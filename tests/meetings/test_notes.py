from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from meetings.models import Action, Link, Meeting, Note, Point
from profiles.errors import NotReady
from tests.factories import make_attendance, make_meeting, make_note, make_organisation


def html_of(client, note):
    return client.get(note.get_absolute_url()).content.decode()


@pytest.fixture
def secret_note(db):
    """A note that isn't published, of a meeting that is announced."""
    note = make_note(
        meeting=make_meeting(days=-7, title="Open meeting"),
        published=False,
        key_points=["Secret point"],
        sections=[("Secret heading", "Secret body")],
    )
    Note.objects.filter(pk=note.pk).update(written_by="Secret Sam")
    Point.objects.create(note=note, kind="decision", text="Secret decision")
    organisation = make_organisation(name="River Watch")
    Action.objects.create(note=note, text="Secret action", owner_organisation=organisation)
    Link.objects.create(note=note, title="Secret paper", url="https://example.org/secret")
    return note


# What is shown


def test_published_note_shows_all_its_parts(visitor, db):
    note = make_note(
        key_points=["An election is coming."], sections=[("What to ask for", "**Three** promises.\n\n- One")]
    )
    Point.objects.create(note=note, kind="decision", text="Ask all parties.", position=1)
    organisation = make_organisation(name="River Watch")
    Action.objects.create(
        note=note,
        text="Draft it.",
        owner_name="Kim",
        owner_organisation=organisation,
        due_on=date(2014, 12, 1),
    )
    Action.objects.create(note=note, text="Find a hall.", done_at=timezone.now(), position=1)
    Link.objects.create(note=note, title="The slides", url="https://example.org/slides")
    html = html_of(visitor, note)
    shown = ["An election is coming.", "What to ask for", "<strong>Three</strong> promises.", "<li>One</li>"]
    shown += [
        "Ask all parties.",
        "Draft it.",
        "Kim",
        "River Watch",
        "1 Dec 2014",
        "Open",
        "Find a hall.",
        "Done",
    ]
    shown += ["Network coordinators", '<a href="https://example.org/slides">The slides</a>']
    assert [text in html for text in shown] == [True] * 14


def test_parts_come_in_their_order(visitor, db):
    note = make_note(key_points=["First", "Second"])
    Point.objects.create(note=note, text="Before all", position=0)
    Point.objects.filter(note=note, text="First").update(position=1)
    Point.objects.filter(note=note, text="Second").update(position=2)
    html = html_of(visitor, note)
    places = [html.index(text) for text in ("Before all", "First", "Second")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "body", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>"]
)
def test_sections_carry_no_active_content(visitor, db, body):
    html = html_of(visitor, make_note(sections=[("Heading", body)]))
    assert [text in html for text in ("<script>alert", 'href="javascript:', "<img src=x")] == [False] * 3


# What is not


def test_unpublished_note_is_invisible_everywhere(visitor, secret_note):
    make_attendance(meeting=secret_note.meeting, organisation=make_organisation(slug="river"))
    pages = ["/", "/meetings/", secret_note.get_absolute_url(), "/organisations/", "/organisations/river/"]
    pages += [Action.objects.get().owner_organisation.get_absolute_url(), "/stories/", "/rounds/"]
    responses = [visitor.get(page) for page in pages]
    assert [response.status_code for response in responses] == [200] * 8
    assert [
        page for page, response in zip(pages, responses, strict=True) if b"ecret" in response.content
    ] == []
    assert "isn’t published yet" in html_of(visitor, secret_note)


def test_unpublished_note_is_read_only_by_those_who_look_after_notes(
    secret_note, sign_in, member, expert, editor, administrator
):
    people = (member, expert, editor, administrator)
    assert ["Secret body" in html_of(sign_in(person), secret_note) for person in people] == [
        False,
        False,
        True,
        True,
    ]


def test_note_of_a_meeting_taken_back_is_not_found(visitor, db):
    note = make_note()
    Meeting.objects.filter(pk=note.meeting.pk).update(announced_at=None)
    assert visitor.get(note.get_absolute_url()).status_code == 404


# Verbs


def test_publishing_twice_keeps_the_first_date_and_name(db, editor, administrator):
    note, now = make_note(published=False), timezone.now()
    note.publish(by=editor, now=now)
    note.publish(by=administrator, now=now + timedelta(days=1))
    assert (note.published_at, note.published_by) == (now, editor)


def test_publishing_an_empty_note_is_refused(db):
    note = make_note(published=False, key_points=[])
    with pytest.raises(NotReady, match="no key points and no sections"):
        note.publish(by=None, now=timezone.now())
    assert not Note.objects.published().exists()


def test_publishing_the_note_of_a_meeting_not_announced_is_refused(db):
    note = make_note(meeting=make_meeting(announced_at=None), published=False)
    with pytest.raises(NotReady, match="not public yet"):
        note.publish(by=None, now=timezone.now())
    assert not Note.objects.published().exists()


@pytest.mark.parametrize("days, is_public", [(-1, True), (0, True), (1, False)])
def test_note_waits_for_its_meeting(db, days, is_public):
    note = make_note(meeting=make_meeting(days=days), published=False)
    if is_public:
        note.publish(by=None, now=timezone.now())
    else:
        with pytest.raises(NotReady, match="hasn't taken place yet"):
            note.publish(by=None, now=timezone.now())
    note.refresh_from_db()
    assert note.is_published == is_public


# Integrity and agreement


def test_meeting_has_one_note(db):
    note = make_note()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_note(meeting=note.meeting, published=False)


@pytest.mark.parametrize("url", ["http://example.org/", "javascript:alert(1)", ""])
def test_links_lead_to_secure_addresses_only(db, url):
    note = make_note()
    with pytest.raises(IntegrityError), transaction.atomic():
        Link.objects.create(note=note, title="Paper", url=url)


@pytest.mark.parametrize("state", ["draft", "published", "public"])
def test_states_as_querysets_and_predicates_agree(db, state):
    notes = [make_note(), make_note(published=False)]
    if state == "public":
        notes.append(make_note())
        Meeting.objects.filter(note=notes[-1]).update(announced_at=None)
        notes[-1].meeting.refresh_from_db()
    expected = {note for note in notes if getattr(note, f"is_{state}")}
    assert set(getattr(Note.objects, state)()) == expected
    assert len(expected) == 1


def test_open_actions_as_queryset_and_predicate_agree(db):
    note = make_note()
    actions = [Action.objects.create(note=note, text="A", done_at=done) for done in (None, timezone.now())]
    assert set(Action.objects.open()) == {action for action in actions if action.is_open}


def test_meetings_without_a_note(db):
    make_note()
    bare = make_meeting()
    assert list(Meeting.objects.without_note()) == [bare]
