"""Public notes in Atom, held to what RFC 4287 asks of a feed, and nothing of any other note."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
from django.utils import timezone

from meetings.models import Action, Link, Meeting, NoteErratum, Point
from tests.factories import make_attendance, make_meeting, make_member, make_note

FEED = "/meetings/notes.atom"
NOW = timezone.now()
ATOM = "{http://www.w3.org/2005/Atom}"
ONCE = {"id", "title", "updated", "subtitle", "rights", "published", "summary", "content"}
KNOWN = ONCE | {"author", "link", "category", "entry"}
# RFC 3339, as section 3.3 asks for, with a zone and capital letters.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def faults_of(element):
    """What RFC 4287 finds wrong with a feed or an entry (sections 4.1.1, 4.1.2, 4.2)."""
    names = [child.tag.removeprefix(ATOM) for child in element]
    yield from (f"{name} more than once" for name in ONCE if names.count(name) > 1)
    yield from (f"no {name}" for name in ("id", "title", "updated", "author") if name not in names)
    yield from (f"unknown {name}" for name in names if name not in KNOWN)
    for name in ("updated", "published"):
        for moment in element.findall(ATOM + name):
            if not MOMENT.fullmatch(moment.text) or datetime.fromisoformat(moment.text).tzinfo is None:
                yield f"{name} is no date: {moment.text}"
    if not urlsplit(element.findtext(f"{ATOM}id")).scheme:
        yield "the id is no absolute IRI"
    links = element.findall(f"{ATOM}link")
    yield from ("a link without an address" for link in links if not urlsplit(link.get("href", "")).scheme)
    if sum(link.get("rel", "alternate") == "alternate" for link in links) != 1:
        yield "not one alternate link"
    yield from (
        "a category without a term" for each in element.findall(f"{ATOM}category") if not each.get("term")
    )
    yield from (
        "a person without a name" for each in element.findall(f"{ATOM}author/{ATOM}name") if not each.text
    )


def read(client, query=""):
    """The feed's entries, once nothing is wrong with it."""
    response = client.get(FEED + query)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    read_by_others = feedparser.parse(response.content)
    assert (read_by_others.bozo, read_by_others.version) == (False, "atom10")
    feed = ElementTree.fromstring(response.content)
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    assert [fault for element in (feed, *entries) for fault in faults_of(element)] == []
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    assert [entry.id for entry in read_by_others.entries] == ids
    assert [entry.updated_parsed is not None for entry in read_by_others.entries] == [True] * len(ids)
    assert feed.find(f"{ATOM}link[@rel='self']").get("href").endswith(FEED + query)
    return entries


def titles(entries):
    return [entry.findtext(f"{ATOM}title") for entry in entries]


@pytest.fixture
def note(db):
    note = make_note(
        meeting=make_meeting(days=-7, title="A & B <meet>", kind="workshop"),
        key_points=["An election <is> coming & soon."],
        sections=[("What to ask", "**Three** promises.")],
    )
    Point.objects.create(note=note, kind="decision", text="Ask all.", position=1)
    Action.objects.create(note=note, text="Draft it.", owner_name="Kim")
    Link.objects.create(note=note, title="Slides", url="https://example.org/slides")
    make_attendance(meeting=note.meeting, name="Named Nell")
    make_attendance(meeting=note.meeting, name="Hidden Hal", is_named=False)
    return note


def test_entry_holds_the_whole_note_and_nobody_who_was_there(visitor, note):
    [entry] = read(visitor)
    day = note.meeting.held_on
    assert entry.findtext(f"{ATOM}title") == f"A & B <meet>, {day.day} {day:%B %Y}"
    assert entry.findtext(f"{ATOM}summary") == "An election <is> coming & soon."
    content = entry.find(f"{ATOM}content")
    assert content.get("type") == "html"
    parts = [
        "An election &lt;is&gt; coming",
        "<strong>Three</strong>",
        "Ask all.",
        "Draft it. (Kim)",
        "Slides",
    ]
    assert [part in content.text for part in parts] == [True] * 5
    assert [name in content.text for name in ("Named Nell", "Hidden Hal")] == [False, False]
    assert entry.find(f"{ATOM}link").get("href") == f"http://testserver{note.get_absolute_url()}"
    assert entry.find(f"{ATOM}category").get("term") == "Workshop"


def test_correction_moves_updated_and_keeps_the_id(visitor, note):
    [before] = read(visitor)
    later = NOW + timedelta(hours=5)
    with note.correcting("It was four.", by=None, now=later):
        note.points.update(text="Four.")
    Meeting.objects.update(slug="renamed")
    [after] = read(visitor)
    assert before.findtext(f"{ATOM}id") == after.findtext(f"{ATOM}id")
    assert after.findtext(f"{ATOM}published") == before.findtext(f"{ATOM}published")
    assert datetime.fromisoformat(after.findtext(f"{ATOM}updated")) == later
    assert "It was four." in after.findtext(f"{ATOM}content")


def test_only_public_notes_are_in_it(visitor, note):
    draft = make_note(published=False, key_points=["Secret draft"])
    circulated = make_note(published=False, key_points=["Secret round"])
    make_attendance(meeting=circulated.meeting, member=make_member())
    circulated.circulate(until=timezone.localdate(NOW), by=None, now=NOW)
    hidden = make_note(key_points=["Secret meeting"])
    Meeting.objects.filter(pk=hidden.meeting.pk).update(announced_at=None)
    assert draft.is_draft and circulated.is_circulated
    assert len(read(visitor)) == 1
    assert b"Secret" not in visitor.get(FEED).content


def test_feed_can_be_narrowed_down(visitor, note):
    make_note()
    assert (len(read(visitor)), len(read(visitor, "?kind=workshop")), len(read(visitor, "?kind=forum"))) == (
        2,
        1,
        0,
    )
    assert len(read(visitor, "?kind=workshop&area=W92000004")) == 0
    assert visitor.get(f"{FEED}?kind=nonsense").status_code == 200


def test_newest_comes_first_and_thirty_are_enough(visitor, db):
    for number in range(31):
        note = make_note(meeting=make_meeting(days=-7, title=f"Meeting number {number}"), published=False)
        note.publish(by=None, now=NOW + timedelta(minutes=number))
    found = titles(read(visitor))
    assert (len(found), found[0].split(",")[0], found[-1].split(",")[0]) == (
        30,
        "Meeting number 30",
        "Meeting number 1",
    )


def test_feed_survives_control_characters(visitor, db):
    make_note(key_points=["bell \x07 and \x0b tab"], sections=[("\x01", "\x02")])
    assert len(read(visitor)) == 1


def test_program_that_has_it_is_not_sent_it_again(visitor, note):
    first = visitor.get(FEED)
    again = {"HTTP_IF_NONE_MATCH": first.headers["ETag"]}
    assert visitor.get(FEED, **again).status_code == 304
    since = {"HTTP_IF_MODIFIED_SINCE": first.headers["Last-Modified"]}
    assert visitor.get(FEED, **since).status_code == 304
    NoteErratum.objects.create(note=note, explanation="Why", corrected_at=NOW + timedelta(hours=1))
    assert [visitor.get(FEED, **asked).status_code for asked in (again, since)] == [200, 200]


def test_empty_feed_is_one_and_stays_the_same(visitor, db):
    assert read(visitor) == []
    first = visitor.get(FEED)
    assert visitor.get(FEED, HTTP_IF_NONE_MATCH=first.headers["ETag"]).status_code == 304


@pytest.mark.parametrize("rows", [1, 30])
def test_feed_costs_the_same_at_one_and_at_thirty(visitor, db, rows, django_assert_num_queries):
    for _ in range(rows):
        note = make_note(sections=[("Heading", "Body")])
        Action.objects.create(note=note, text="Act.")
        NoteErratum.objects.create(note=note, explanation="Why", corrected_at=NOW)
    with django_assert_num_queries(7):
        visitor.get(FEED)


def test_pages_lead_to_the_feed(visitor, note):
    link = '<link rel="alternate" type="application/atom+xml" title="Notes of meetings" href="/meetings/notes.atom'
    assert f'{link}">' in visitor.get(note.get_absolute_url()).content.decode()
    assert f'{link}?kind=workshop">' in visitor.get("/meetings/?kind=workshop").content.decode()
