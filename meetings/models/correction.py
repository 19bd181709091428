from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.errors import NotReady, NotTheirs, Refused
from profiles.models import Member

from .. import note_news
from .note import Note

# Parts that every note has, as corrections keep them.
PARTS = {
    "Key points": gettext_lazy("Key points"),
    "Decisions": gettext_lazy("Decisions"),
    "Actions": gettext_lazy("Actions"),
    "Who was there": gettext_lazy("Who was there"),
}


class CorrectionsClosed(Refused):
    """The note takes no corrections now."""


class CorrectionQuerySet(models.QuerySet):
    def open(self):
        """Not settled yet."""
        return self.filter(settled_at=None)

    def settled(self):
        return self.exclude(settled_at=None)

    def suggest(self, note, *, by, where, words, now):
        """What a member who was there would put differently. Raise CorrectionsClosed, NotTheirs."""
        with transaction.atomic():
            # Whoever agrees the note at this moment, or takes it back, waits for this, or the other way round.
            locked = Note.objects.select_for_update(of=["self"]).select_related("meeting").get(pk=note.pk)
            _require_open(locked, now)
            attendance = locked.readers().of(by).first()
            if attendance is None:
                raise NotTheirs(_("Only those who were there can correct the note."))
            # A form that is sent twice says it once.
            same = self.open().filter(note=note, member=by, where=where, words=words).first()
            return same or self.create(
                note=note, member=by, name=attendance.name, where=where, words=words, made_at=now
            )


class Correction(models.Model):
    """What somebody who was there would put differently, while the note goes round, and what became of it."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", gettext_lazy("Taken in")
        NOT_TAKEN = "not_taken", gettext_lazy("Not taken in")

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="corrections")
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="corrections")
    name = models.CharField(max_length=150)
    where = models.CharField(max_length=200, blank=True)
    words = models.TextField(max_length=2000)
    made_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    reply = models.TextField(max_length=1000, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="settled_corrections"
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, outcome="")
                | (Q(settled_at__isnull=False) & Q(outcome__in=["taken", "not_taken"])),
                name="correction_settled_with_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="not_taken") | ~Q(reply=""), name="correction_not_taken_with_reply"
            ),
        ]

    def __str__(self):
        return f"Correction by {self.name}"

    @property
    def place(self):
        """What it is about, for its reader: a part or heading of the note, or all of it."""
        return PARTS.get(self.where, self.where) or _("In general")

    @property
    def is_open(self):
        return self.settled_at is None

    @property
    def is_settled(self):
        return self.settled_at is not None

    def can_be_changed(self, today):
        return self.is_open and self.note.takes_corrections(today)

    def change(self, *, by, where, words, now):
        """Say it otherwise. Raise CorrectionsClosed, NotTheirs."""
        with transaction.atomic():
            self._require_changeable(by, now)
            Correction.objects.filter(pk=self.pk).update(where=where, words=words)
        self.where, self.words = where, words

    def withdraw(self, *, by, now):
        """Take it back as if never said. Raise CorrectionsClosed, NotTheirs."""
        with transaction.atomic():
            self._require_changeable(by, now)
            self.delete()

    def _require_changeable(self, by, now):
        locked = Correction.objects.select_for_update(of=["self"]).select_related("note").get(pk=self.pk)
        if locked.member != by:
            raise NotTheirs(_("Only who made a correction can change it."))
        _require_open(locked.note, now)
        if locked.is_settled:
            raise CorrectionsClosed(
                _("An editor has answered this already. You can make another correction.")
            )

    def settle(self, *, outcome, reply, by, now):
        """Say what became of it, and tell who made it; the same answer twice changes nothing. Raise NotReady."""
        if outcome not in self.Outcome.values:
            raise NotReady(_("Say whether it is taken in."))
        if outcome == self.Outcome.NOT_TAKEN and not reply:
            raise NotReady(_("Say why it isn’t taken in: we send it to the person."))
        with transaction.atomic():
            locked = Correction.objects.select_for_update(of=["self"]).select_related("note__meeting")
            locked = locked.get(pk=self.pk)
            if (locked.outcome, locked.reply) != (outcome, reply):
                locked.outcome, locked.reply = outcome, reply
                locked.settled_at, locked.settled_by = now, by
                locked.save(update_fields=["outcome", "reply", "settled_at", "settled_by"])
                note_news.correction_settled(locked, now=now)
        self.refresh_from_db()


def _require_open(note, now):
    if note.is_published or note.is_agreed:
        raise CorrectionsClosed(_("The note is agreed, so it takes no more corrections."))
    if note.is_draft:
        raise CorrectionsClosed(_("The editors have taken the note back, so it takes no corrections now."))
    if not note.takes_corrections(timezone.localdate(now)):
        raise CorrectionsClosed(
            _("The time for corrections is over. Write to the editors if something is wrong.")
        )
