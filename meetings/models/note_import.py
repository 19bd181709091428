import hashlib
from collections import Counter
from dataclasses import dataclass, field

from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils.text import slugify

from profiles.errors import NotReady
from profiles.models import Member, Organisation

from ..note_text.blocks import chosen, split
from ..note_text.reading import read
from .action import Action
from .attendance import Attendance
from .meeting import Meeting
from .note import Note, Point, Section


@dataclass
class NoteDraft:
    """What an editor has made of a text: rows not saved yet. Those of `new_organisations` are added first."""

    meeting: Meeting
    written_by: str
    attendances: list[Attendance] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    new_organisations: list[Organisation] = field(default_factory=list)
    is_announced: bool = False


class NoteImportQuerySet(models.QuerySet):
    def open(self):
        """Begun and not made into a note yet."""
        return self.filter(confirmed_at=None)

    def abandoned(self, before):
        """Brought in before then and never confirmed."""
        return self.open().filter(brought_at__lt=before)

    def forget(self, before):
        """Let go of texts that came in before then; of a note that was made, what made it known again is kept."""
        self.abandoned(before).delete()
        self.filter(brought_at__lt=before).exclude(text="").update(text="", corrections="")

    def for_list(self):
        return self.select_related("brought_by", "note__meeting")


class NoteImport(models.Model):
    """A text somebody brought in to make a note of, kept until an editor has checked it and said yes."""

    text = models.TextField()
    file_name = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64)
    block = models.PositiveIntegerField(default=0)
    corrections = models.TextField(blank=True)
    brought_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="note_imports")
    brought_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="confirmed_note_imports"
    )
    confirmed_at = models.DateTimeField(null=True)
    note = models.OneToOneField(Note, on_delete=models.SET_NULL, null=True, related_name="made_from")

    objects = NoteImportQuerySet.as_manager()

    class Meta:
        verbose_name = "import of a note"
        verbose_name_plural = "imports of notes"
        ordering = ["-brought_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["fingerprint", "block"], name="note_import_once_per_block"),
            models.CheckConstraint(
                condition=models.Q(note=None) | models.Q(confirmed_at__isnull=False),
                name="note_import_made_after_confirmation",
            ),
        ]

    def __str__(self):
        return self.title or self.file_name or "A pasted text"

    def get_absolute_url(self):
        return reverse("admin:meetings_noteimport_change", args=[self.pk])

    @property
    def is_open(self):
        return self.confirmed_at is None

    @property
    def is_forgotten(self):
        return not self.text

    @property
    def state(self):
        if self.is_open:
            return "To be checked"
        return "Made into a note" if self.note_id else "The note is gone"

    @classmethod
    def receive(cls, text, *, by, now, file_name=""):
        """Keep the text; where it came before, spaces aside, give that import instead. Say which: (import, is_new)."""
        fingerprint = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
        earlier = cls.objects.filter(fingerprint=fingerprint)
        known = earlier.open().first() or earlier.order_by("block").first()
        if known is None:
            blocks = split(text)
            block = chosen(blocks)
            known, is_new = cls.objects.get_or_create(
                fingerprint=fingerprint,
                block=block,
                defaults={
                    "text": text,
                    "title": blocks[block].title[:200],
                    "file_name": file_name[:200],
                    "brought_by": by,
                    "brought_at": now,
                },
            )
            return known, is_new
        if known.is_forgotten:
            known.text, known.brought_at = text, now
            known.save(update_fields=["text", "brought_at"])
        return known, False

    def for_block(self, number, *, by, now):
        """The import of another block of the same text. Raise NotReady where there is no such block."""
        blocks = self.blocks()
        if not 0 <= number < len(blocks):
            raise NotReady("There is no such part of this text.")
        other, _ = NoteImport.objects.get_or_create(
            fingerprint=self.fingerprint,
            block=number,
            defaults={
                "text": self.text,
                "title": blocks[number].title[:200],
                "file_name": self.file_name,
                "brought_by": by,
                "brought_at": now,
            },
        )
        return other

    def blocks(self):
        return split(self.text)

    def reading(self):
        """What the chosen block says."""
        return read(self.blocks()[self.block])

    def keep(self, corrections):
        """Hold what an editor has typed so far. Raise NotReady once there is a note."""
        kept = NoteImport.objects.open().filter(pk=self.pk).update(corrections=corrections)
        if not kept:
            raise NotReady("A note has been made of this already.")

    def discard(self):
        """Forget the text. Raise NotReady once there is a note."""
        deleted, _ = NoteImport.objects.open().filter(pk=self.pk).delete()
        if not deleted:
            raise NotReady("A note has been made of this already.")

    def confirm(self, draft, *, by, now):
        """Make the draft note and what it needs, all or nothing; a second time gives the note there is.

        Raise NotReady where the meeting has a note already, or somebody added the same thing at this moment.
        """
        try:
            with transaction.atomic():
                locked = NoteImport.objects.select_for_update().get(pk=self.pk)
                if locked.is_open:
                    locked.note = _saved(draft, now)
                    locked.confirmed_by, locked.confirmed_at, locked.corrections = by, now, ""
                    locked.save(update_fields=["note", "confirmed_by", "confirmed_at", "corrections"])
        except IntegrityError as error:
            raise NotReady(
                "Somebody has just added this meeting, or one of these organisations. Please try again."
            ) from error
        self.refresh_from_db()
        return self.note


def _saved(draft, now):
    meeting = _meeting_of(draft, now)
    for organisation in draft.new_organisations:
        organisation.slug = Organisation.objects.free_slug(organisation.name)
        organisation.save()
    there = Counter(meeting.attendances.values_list("name", flat=True))
    last = meeting.attendances.aggregate(last=models.Max("position"))["last"]
    position = -1 if last is None else last
    new = []
    for attendance in draft.attendances:
        if there[attendance.name]:
            there[attendance.name] -= 1
            continue
        position += 1
        attendance.meeting, attendance.position = meeting, position
        new.append(attendance)
    Attendance.objects.bulk_create(new)
    note = Note.objects.create(meeting=meeting, written_by=draft.written_by)
    for rows in (draft.points, draft.sections, draft.actions):
        for position, row in enumerate(rows):
            row.note, row.position = note, position
    Point.objects.bulk_create(draft.points)
    Section.objects.bulk_create([section.rendered() for section in draft.sections])
    Action.objects.bulk_create(draft.actions)
    return note


def _meeting_of(draft, now):
    meeting = draft.meeting
    if meeting.pk:
        meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if Note.objects.filter(meeting=meeting).exists():
            raise NotReady("There is a note of this meeting already.")
    else:
        meeting.slug = _free_slug(meeting)
    if draft.is_announced and not meeting.is_announced:
        meeting.announced_at = now
    meeting.save()
    return meeting


def _free_slug(meeting):
    base = slugify(f"{meeting.held_on} {meeting.title}")[:95].strip("-")
    taken = set(Meeting.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)
