"""A note while it is written: rows of words that several people change at once, none losing what another wrote."""

import uuid
from dataclasses import dataclass, field
from datetime import date

from django.db import models, transaction
from django.utils.translation import gettext_lazy

from profiles.errors import NotReady, Refused
from profiles.models import Member, Organisation
from profiles.models.survey import mark_of, merge

from .action import Action
from .attendance import Attendance
from .note import Link, Note, Point, Section

HELD = gettext_lazy("This is told elsewhere too, so it can’t be removed.")
PUBLISHED = gettext_lazy("This note is public, so it isn’t changed while you type.")


@dataclass
class Row:
    """One row as a page sends it: the words that can be kept, by field.

    `opened` are the marks of the words that the page began with, None for a row that it has added. `place` is where
    the row stood on the page then.
    """

    key: uuid.UUID
    words: dict[str, str]
    opened: dict[str, str] | None = None
    place: int | None = None
    is_removed: bool = False

    def was_touched(self, saved):
        """Whether `saved`, or without that what was typed, differs from what the page began with."""
        return any(mark_of(text) != (self.opened or {}).get(name) for name, text in saved.items())


@dataclass
class Page:
    """Everything that was sent: who wrote the note, and the rows of each part in the order of the page."""

    head: Row
    rows: dict[str, list[Row]]


@dataclass
class Kept:
    """What became of a page: the fields, by row, at which somebody else has written something else meanwhile.

    `by` is who had saved last before, if that was somebody else.
    """

    by: Member | None = None
    clashes: dict[uuid.UUID, list[str]] = field(default_factory=dict)
    # Why something else that was asked of a row couldn't be done.
    refused: dict[uuid.UUID, str] = field(default_factory=dict)
    # Whether the note was agreed before this changed it.
    voids_agreement: bool = False

    @property
    def is_whole(self):
        return not (self.clashes or self.refused)


class _Undone(Exception):
    """Takes back what was changed."""


class Part:
    """One list of a note: what its rows say as words, and what words make of a row."""

    def __init__(self, model, *fields, needed=None, **fixed):
        self.model, self.fields, self.fixed = model, fields, fixed
        # Without these there is no row.
        self.needed = needed or fields[:1]

    @property
    def blank(self):
        return dict.fromkeys(self.fields, "")

    def rows(self, note, meeting):
        if note is None:
            return self.model.objects.none()
        return self.model.objects.filter(note=note, **self.fixed).order_by("position", "pk")

    def new(self, note, key):
        return self.model(note=note, key=key, **self.fixed)

    def words(self, row):
        return {name: getattr(row, name) for name in self.fields}

    def write(self, row, words, bodies):
        for name in self.fields:
            setattr(row, name, words[name])

    def settle(self, row, words, *, by, now):
        """Do what is more than a change of words, once the row is saved. Raise Refused."""

    @property
    def columns(self):
        """What a change of words may change in the database."""
        return self.fields


class Sections(Part):
    columns = ("heading", "body", "body_html")

    def write(self, row, words, bodies):
        super().write(row, words, bodies)
        row.rendered()


class Attendees(Part):
    columns = (
        *("name", "organisation", "organisation_name", "side", "role", "mode"),
        *("is_named", "shows_initials", "member"),
    )

    @property
    def blank(self):
        return {**super().blank, "side": Attendance.Side.CIVIL_SOCIETY.value, "shown": "member"}

    def rows(self, note, meeting):
        rows = Attendance.objects.filter(meeting=meeting).select_related("organisation")
        return rows.order_by("position", "pk")

    def new(self, note, key):
        return Attendance(meeting=note.meeting, key=key)

    def words(self, row):
        shown = "name" if row.is_named else "initials" if row.shows_initials else "member"
        body = row.organisation.name if row.organisation_id else row.organisation_name
        texts = {name: getattr(row, name) for name in ("name", "side", "role", "mode")}
        return {**texts, "organisation": body, "shown": shown}

    def write(self, row, words, bodies):
        if _is_somebody_else(row.name, words["name"]):
            # What goes round would reach the account of who stood here before.
            row.member = None
        for name in ("name", "side", "role", "mode"):
            setattr(row, name, words[name])
        if words["organisation"] != self.words(row)["organisation"]:
            row.organisation = bodies.get(words["organisation"])
            row.organisation_name = "" if row.organisation else words["organisation"]
        # Who asked not to be named has the last word.
        shown = "member" if row.asked_not_to_be_named_at else words["shown"]
        row.is_named, row.shows_initials = shown == "name", shown == "initials"


class Actions(Part):
    columns = ("text", "owner_name", "owner_organisation", "owner_member", "due_on", "due_text")

    def rows(self, note, meeting):
        return super().rows(note, meeting).select_related("owner_organisation")

    def words(self, row):
        return {
            "text": row.text,
            "owner_name": row.owner_name,
            "organisation": row.owner_organisation.name if row.owner_organisation_id else "",
            "due": row.due_on.isoformat() if row.due_on else row.due_text,
            "is_done": "yes" if row.is_done else "",
        }

    def write(self, row, words, bodies):
        was = self.words(row)
        if _is_somebody_else(row.owner_name, words["owner_name"]):
            row.owner_member = None
        row.text, row.owner_name = words["text"], words["owner_name"]
        if words["organisation"] != was["organisation"]:
            row.owner_organisation = bodies.get(words["organisation"])
        if words["due"] != was["due"]:
            row.due_on = _day_of(words["due"])
            row.due_text = "" if row.due_on else words["due"]

    def settle(self, row, words, *, by, now):
        if words["is_done"] and not row.is_done:
            row.finish(by=by, now=now)
        elif row.is_done and not words["is_done"]:
            row.reopen(by=by, now=now)


def _is_somebody_else(before, after):
    """Whether the name was replaced, rather than mended or typed in part."""
    before, after = before.casefold(), after.casefold()
    return not (before.startswith(after) or set(before.split()) & set(after.split()))


def _day_of(text):
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# In the order of the page.
PARTS = {
    "attendees": Attendees(Attendance, "name", "organisation", "side", "role", "mode", "shown"),
    "key_points": Part(Point, "text", kind=Point.Kind.KEY_POINT),
    "sections": Sections(Section, "heading", "body"),
    "decisions": Part(Point, "text", kind=Point.Kind.DECISION),
    "actions": Actions(Action, "text", "owner_name", "organisation", "due", "is_done"),
    "links": Part(Link, "title", "url", needed=("title", "url")),
}


class Manuscript:
    """The note of a meeting and who was there, as one page; there may be no note yet."""

    def __init__(self, meeting):
        self.meeting = meeting
        self.note = getattr(meeting, "note", None)

    def rows(self):
        """The words on record, by part and by key, in order."""
        return {name: self._words_of(part, self._stored(part)) for name, part in PARTS.items()}

    def unnamed(self):
        """The rows of those who asked not to be named."""
        asked = Attendance.objects.filter(meeting=self.meeting).exclude(asked_not_to_be_named_at=None)
        return set(asked.values_list("key", flat=True))

    @property
    def head(self):
        return {"written_by": self.note.written_by if self.note else ""}

    @property
    def refusal(self):
        """Why it can't be written in now, or None if it can."""
        return NotReady(PUBLISHED) if self.note and self.note.is_published else None

    def keep(self, page, *, by, now):
        """Save what was typed; where somebody else has written something else meanwhile, theirs stays. Raise NotReady.

        A row is taken away only if it is still as the page showed it.
        """
        kept = Kept()
        with transaction.atomic():
            self._lock()
            if refusal := self.refusal:
                raise refusal
            self._keep(page, kept, by=by, now=now)
        return kept

    def correct(self, page, explanation, *, by, now, keeps_texts=True):
        """Change a public note and say so, or change nothing where somebody else has changed the same. Raise NotReady.

        `keeps_texts` is False where what it said before must not be read again.
        """
        kept = Kept()
        reasons = self.note.correcting(explanation, by=by, now=now, keeps_texts=keeps_texts)
        try:
            with reasons, self.note.correcting_people(by=by, now=now):
                self._lock()
                self._keep(page, kept, by=by, now=now)
                if not kept.is_whole:
                    raise _Undone
        except _Undone:
            self.note.refresh_from_db()
        return kept

    def _keep(self, page, kept, *, by, now):
        kept.by = self.note.saved_by if self.note.saved_by != by else None
        changes = [self._keep_head(page.head, kept)]
        for name, part in PARTS.items():
            changes.append(self._keep_part(part, page.rows.get(name, []), kept, by=by, now=now))
        if any(changes):
            self.note.saved_at, self.note.saved_by = now, by
            self.note.save(update_fields=["written_by", "saved_at", "saved_by"])
            if self.note.is_agreed:
                self.note.void_agreement()
                kept.voids_agreement = True

    def _lock(self):
        Note.objects.get_or_create(meeting=self.meeting)
        locked = Note.objects.select_for_update(of=["self"]).select_related("meeting", "saved_by")
        self.note = locked.get(meeting=self.meeting)

    def _stored(self, part, **lock):
        rows = part.rows(self.note, self.meeting)
        return {row.key: row for row in (rows.select_for_update(**lock) if lock else rows)}

    @staticmethod
    def _words_of(part, stored):
        return {key: part.words(row) for key, row in stored.items()}

    def _keep_head(self, head, kept):
        saved = self.head
        words, clashes = merge(saved, head.words, head.opened or {})
        if clashes:
            kept.clashes[head.key] = clashes
        self.note.written_by = words["written_by"]
        return words != saved

    def _keep_part(self, part, typed, kept, *, by, now):
        stored = self._stored(part, of=["self"])
        saved = self._words_of(part, stored)
        words, gone = _merged(part, saved, typed, kept)
        gone = self._remove(part, stored, gone, kept)
        order = [key for key in _arranged(list(saved), typed, words) if key not in gone]
        for row in self._write(part, stored, saved, words, order):
            try:
                part.settle(row, words[row.key], by=by, now=now)
            except Refused as refusal:
                kept.refused[row.key] = str(refusal)
        return words != saved or order != list(saved)

    def _remove(self, part, stored, gone, kept):
        """Take rows away, all at once, or none of them where one is needed elsewhere."""
        if not gone:
            return gone
        try:
            with transaction.atomic():
                part.model.objects.filter(pk__in=[stored[key].pk for key in gone]).delete()
        except models.ProtectedError:
            kept.refused |= dict.fromkeys(gone, str(HELD))
            return set()
        return gone

    def _write(self, part, stored, saved, words, order):
        """Save what is new; the rows whose words changed."""
        written = {key: words[key] for key in order if words[key] != saved.get(key)}
        bodies = _bodies_of(written, saved)
        added = [key for key in order if key not in stored]
        taken = self._taken(part, added)
        new, changed, moved = [], [], []
        for place, key in enumerate(order):
            row = stored.get(key) or part.new(self.note, uuid.uuid4() if key in taken else key)
            was, row.position = row.position, place
            if key in written:
                part.write(row, written[key], bodies)
            if key not in stored:
                new.append(row)
            elif key in written:
                changed.append(row)
            elif was != place:
                moved.append(row)
        part.model.objects.bulk_create(new)
        if changed:
            part.model.objects.bulk_update(changed, [*part.columns, "position"])
        if moved:
            part.model.objects.bulk_update(moved, ["position"])
        return [row for row in (*new, *changed) if row.key in words]

    def _taken(self, part, keys):
        """Those of `keys` that a row elsewhere bears."""
        there = part.model.objects.filter(key__in=keys) if keys else part.model.objects.none()
        return set(there.values_list("key", flat=True))


def _merged(part, saved, typed, kept):
    """The words to keep, by key, and the keys of rows to take away. What both changed is noted in `kept`."""
    words, gone = dict(saved), set()
    for row in typed:
        there = saved.get(row.key)
        if there is None:
            # Where somebody else has taken it away, it comes back only if it was changed here.
            is_whole = all(row.words.get(name) for name in part.needed)
            if is_whole and not row.is_removed and (row.opened is None or row.was_touched(row.words)):
                words[row.key] = {**part.blank, **row.words}
        elif not row.is_removed:
            words[row.key], clashes = merge(there, row.words, row.opened or {})
            if clashes:
                kept.clashes[row.key] = clashes
        elif row.was_touched(there):
            kept.clashes[row.key] = [name for name in there if row.was_touched({name: there[name]})]
        else:
            gone.add(row.key)
    return words, gone


def _arranged(saved, typed, words):
    """The keys in order: as on the page if somebody moved rows on it, else as they are on record."""
    here = [row.key for row in typed if row.key in words]
    places = [row.place for row in typed if row.key in words and row.place is not None]
    first, second = (saved, here) if places == sorted(places) else (here, saved)
    order = list(first)
    for index, key in enumerate(second):
        if key not in words or key in order:
            continue
        before = second[index - 1] if index else None
        order.insert(order.index(before) + 1 if before in order else 0 if index == 0 else len(order), key)
    return order


def _bodies_of(written, saved):
    """The organisations that changed rows name, by the name as typed."""
    names = {words.get("organisation") for words in written.values()} - {None, ""}
    if not names:
        return {}
    called = Organisation.objects.called_any(names)
    return {name: called[name.casefold()][0] for name in names if name.casefold() in called}
