"""The pages of meetings in another language: for those the site knows best, and where something was typed wrongly."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from meetings.models import Action, Correction, Link, Meeting, NoteErratum, NoteWords, Point
from profiles.models import Notification
from tests.factories import (
    make_action,
    make_attendance,
    make_meeting,
    make_note,
    make_organisation,
    make_registration,
    make_topic,
)
from tests.meetings.writing.page import typed
from tests.pseudo_locale import CONTENT_LETTERS, untranslated, write_everything_in_greek

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
MONTH = f"month/{TODAY:%Y/%m}/"


def greek(text):
    return text.translate(CONTENT_LETTERS)


def make_past(member):
    """A corrected note, with people and actions of every sort."""
    meeting = make_meeting(
        days=-9, slug="past", kind="workshop", venue="Hall", has_remote_access=True, areas=["W92000004"]
    )
    meeting.topics.add(make_topic(slug="money"))
    note = make_note(meeting=meeting, sections=[("Opening", "We began.")])
    Point.objects.create(note=note, kind="decision", text="Ask all parties.", position=1)
    Link.objects.create(note=note, title="Paper", url="https://example.org/paper")
    for mode in ("in_person", "remote", "apologies"):
        for is_named in (True, False):
            make_attendance(meeting=meeting, mode=mode, is_named=is_named, role="chair", side="government")
    make_attendance(meeting=meeting, name=member.display_name, member=member)
    owned = make_action(note=note, owner_member=member, owner_name="Mina", due_on=TODAY + timedelta(days=9))
    make_action(note=note, due_on=TODAY - timedelta(days=2))
    make_action(note=note, due_text="before summer").finish(by=member, now=NOW)
    make_action(note=note).drop("Too dear", by=None, now=NOW)
    owned.postpone(TODAY + timedelta(days=20), by=member, now=NOW)
    owned.remark("Half of it", by=None, now=NOW)
    with note.correcting("It was two.", by=None, now=NOW):
        note.points.filter(kind="key_point").update(text="Two of them.")
    return meeting


def make_circulated(member):
    meeting = make_meeting(days=-5, slug="circulated")
    note = make_note(meeting=meeting, published=False)
    make_attendance(meeting=meeting, name=member.display_name, member=member)
    note.circulate(until=TODAY + timedelta(days=7), by=None, now=NOW)
    for where in ("", "Decisions"):
        Correction.objects.suggest(note, by=member, where=where, words="Three.", now=NOW)
    note.corrections.last().settle(outcome="not_taken", reply="It was two.", by=None, now=NOW)


def make_coming(member, other):
    """Meetings to register for, with a place, on the waiting list, moved, cancelled and closed."""
    for slug in ("open", "placed", "waiting", "cancelled", "full"):
        meeting = make_meeting(days=6, slug=slug, kind="workshop", accepts_registrations=True, capacity=1)
        if slug == "placed":
            make_registration(meeting=meeting, member=member)
        elif slug in ("waiting", "full"):
            make_registration(meeting=meeting, member=other)
        if slug == "waiting":
            make_registration(meeting=meeting, member=member)
    open_ = Meeting.objects.get(slug="open")
    open_.move(
        {"held_on": TODAY + timedelta(days=8), "ends_on": TODAY + timedelta(days=9)},
        reason="Ill",
        by=None,
        now=NOW,
    )
    Meeting.objects.get(slug="cancelled").cancel(reason="Snow", by=None, now=NOW)
    make_meeting(days=6, slug="none", has_remote_access=True, venue="Hall")
    action = Action.objects.open().first()
    action.carry_to(Meeting.objects.get(slug="none"), by=None, now=NOW)


@pytest.fixture
def everything(pseudo_locale, member, other_member):
    make_organisation(name="River Watch")
    make_past(member)
    make_circulated(member)
    make_coming(member, other_member)
    make_meeting(days=-3, slug="bare", announced_at=None)
    make_note(meeting=make_meeting(days=-4, slug="draft"), published=False)
    write_everything_in_greek()


def pages():
    listed = [
        "",
        "?kind=hustings",
        "?kind=1&area=W92000004",
        MONTH,
        f"{MONTH}?kind=hustings",
        "month/1999/01/",
        "notice/",
    ]
    words = ["", greek("began"), greek("begun"), greek("nothing like it"), "x" * 300]
    listed += [f"search/?{urlencode({'q': text})}" for text in words]
    listed += [
        f"actions/?status={status}" for status in ("", "overdue", "done", "dropped", "all", "nonsense")
    ]
    listed += ["actions/?organisation=nowhere", "topics/money/"]
    listed += [f"actions/{action.pk}/" for action in Action.objects.all()]
    listed += [f"{meeting.slug}/" for meeting in Meeting.objects.all()]
    listed += [f"{meeting.slug}/registration/" for meeting in Meeting.objects.all()]
    listed += [f"past/errata/{NoteErratum.objects.get().pk}/"]
    return [f"/cy/meetings/{address}" for address in listed]


def own_pages():
    """What a member and an editor have besides."""
    mine = [
        f"{slug}/registration/{page}/"
        for slug in ("placed", "waiting")
        for page in ("change", "cancellation")
    ]
    mine += [f"{slug}/corrections/" for slug in ("past", "circulated")]
    mine += [f"circulated/corrections/{correction.pk}/" for correction in Correction.objects.open()]
    mine += [f"{slug}/note/" for slug in ("past", "circulated", "draft", "bare")]
    return [
        *pages(),
        *(f"/cy/meetings/{address}" for address in mine),
        "/cy/my/meetings/",
        "/cy/account/news/",
    ]


def left_over(responses):
    """Pairs of an address and what kept its English words there."""
    pairs = [(response.request["PATH_INFO"], untranslated(response.text)) for response in responses]
    return [(address, texts) for address, texts in pairs if texts]


def test_visitor_reads_no_english(visitor, everything):
    assert left_over(map(visitor.get, pages())) == []


def test_member_reads_no_english(sign_in, member, everything):
    assert left_over(map(sign_in(member).get, own_pages())) == []


def test_editor_reads_no_english(sign_in, editor, everything):
    assert left_over(map(sign_in(editor).get, own_pages())) == []


# Answers


def answers(client, sent):
    """The page that each thing leads to that is sent, with the end of the address it is sent to."""
    return [client.post(f"/cy/meetings/{address}", data, follow=True) for address, data in sent]


def test_member_is_answered_in_no_english(sign_in, member, everything):
    own = f"actions/{Action.objects.get(owner_member=member).pk}/events/"
    correction = f"circulated/corrections/{Correction.objects.open().get().pk}/"
    place = {"mode": "in_person", "name": greek("Mina")}
    sent = [
        ("open/registration/", {}),
        ("open/registration/", {**place, "organisation": greek("River Watches")}),
        ("open/registration/", place),
        ("full/registration/", place),
        ("past/registration/", place),
        ("placed/registration/change/", {"mode": "remote"}),
        ("placed/registration/change/", place),
        ("placed/registration/cancellation/", {}),
        ("circulated/corrections/", {}),
        (correction, {}),
        (correction, {"where": "general", "words": greek("Four")}),
        (f"{correction}withdrawals/", {}),
        ("past/naming/", {"named": "no"}),
        ("past/naming/", {"named": "yes"}),
        *((own, {"kind": kind}) for kind in ("remark", "done", "done")),
        *(
            (address, {"kind": kind})
            for kind in ("", "workshop")
            for address in ("follows/", "follows/ends/")
        ),
    ]
    assert left_over(answers(sign_in(member), sent)) == []


def test_editor_is_answered_in_no_english(sign_in, editor, everything):
    action = Action.objects.open().filter(owner_member=None).get()
    events = f"actions/{action.pk}/events/"
    keys = {name: str(uuid4()) for name in ("attendees", "sections", "actions", "links")}
    mistakes = {
        **keys,
        f"attendees-{keys['attendees']}-organisation": greek("Trust"),
        f"sections-{keys['sections']}-heading": greek("Money"),
        f"actions-{keys['actions']}-text": greek("Write"),
        f"actions-{keys['actions']}-due": "31 6 2026",
        f"actions-{keys['actions']}-organisation": greek("Nobody"),
        f"links-{keys['links']}-title": greek("Paper"),
        f"links-{keys['links']}-url": "//",
        "lines": greek("x"),
    }
    sent = [
        *((events, {"kind": kind}) for kind in ("postpone", "postponed", "handed_over", "drop", "dropped")),
        (events, {"kind": "postponed", "due_on": "2001-01-01"}),
        (events, {"kind": "handed_over", "organisation": greek("Nobody"), "member": "nobody"}),
        (events, {"kind": "dropped", "words": greek("Too dear")}),
        (events, {"kind": "reopened"}),
        ("none/carried-actions/", {}),
        ("none/carried-actions/", {"all": "1"}),
        (f"none/carried-actions/{action.pk}/removal/", {}),
        *((f"{slug}/note/", {**mistakes, "do": "save"}) for slug in ("draft", "past", "bare")),
        *(
            ("draft/note/", {"written_by": greek("Kim"), "do": do})
            for do in ("save", "publish", "registered")
        ),
        ("past/note/", {"written_by": greek("Kim"), "do": "save"}),
    ]
    assert left_over(answers(sign_in(editor), sent)) == []


# What is kept and sent


def test_what_is_kept_and_sent_is_in_the_language_of_the_site(pseudo_locale, member):
    meeting = make_meeting(slug="coming", accepts_registrations=True, held_on=date(2199, 5, 4))
    action = make_action(note=make_note(meeting=make_meeting(held_on=date(2014, 11, 5))))
    with translation.override("cy"):
        make_registration(meeting=meeting, member=member)
        action.postpone(date(2199, 5, 4), by=None, now=NOW)
        NoteWords.objects.renew()
    told = Notification.objects.get()
    assert told.words.startswith(
        "You are registered for “" + meeting.title + "” on Saturday 4 May 2199: in person."
    )
    assert (told.subject, told.address) == ("You have a place", "/meetings/coming/registration/")
    event = action.events.get()
    assert (event.before, event.after) == ("No date", "4 May 2199")
    assert action.note.words.text.startswith("5 November 2014 · ")


def test_days_stay_days_for_who_writes_in_another_language(pseudo_locale, sign_in, editor):
    action = make_action(note=make_note(published=False), due_on=date(2026, 5, 4))
    client, address = sign_in(editor), f"/cy{reverse('meetings:note_edit', args=[action.note.meeting.slug])}"
    assert client.post(address, typed(client.get(address))).status_code == 302
    action.refresh_from_db()
    assert (action.due_on, action.due_text) == (date(2026, 5, 4), "")


# What it is written in


def test_pages_say_what_language_a_meeting_and_its_note_are_written_in(visitor, db):
    meeting = make_meeting(days=-3, language="cy", title="Cyfarfod", agenda="Croeso", summary="Cwrdd")
    make_action(note=make_note(meeting=meeting, sections=[("Agor", "Dechrau.")]), text="Ysgrifennu")
    page = visitor.get(meeting.get_absolute_url()).text
    assert [
        text in page
        for text in (
            '<h1 lang="cy" dir="auto">Cyfarfod</h1>',
            '<div class="lead" lang="cy" dir="auto"><p>Cwrdd',
            '<div class="prose" lang="cy" dir="auto"><p>Croeso',
            '<section class="prose" lang="cy" dir="auto"><h2>Agor',
            '<td lang="cy" dir="auto"><a href="/meetings/actions/',
            '"inLanguage": "cy"',
        )
    ] == [True] * 6
    assert '<entry xml:lang="cy">' in visitor.get("/meetings/notes.atom").text


def test_meetings_are_in_the_language_of_the_site_unless_they_say_so(visitor, db):
    meeting = make_meeting()
    assert f'<h1 lang="en-GB" dir="auto">{meeting}</h1>' in visitor.get(meeting.get_absolute_url()).text
