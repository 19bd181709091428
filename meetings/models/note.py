import uuid
from contextlib import contextmanager

from django.contrib.postgres.functions import RandomUUID
from django.core.validators import URLValidator
from django.db import models, transaction
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ogp_network import markdown
from profiles.errors import NotReady
from profiles.models import Member

from .. import note_news
from ..note_record import text_of, without_names
from .meeting import Meeting

SECURE = URLValidator(
    schemes=["https"], message=gettext_lazy("Give the whole address, with https:// before it.")
)


class NoteQuerySet(models.QuerySet):
    def published(self):
        return self.exclude(published_at=None)

    def public(self):
        """What everybody can read: published, of a meeting that is announced."""
        return self.published().filter(meeting__announced_at__isnull=False)

    def draft(self):
        """With nobody but those who write it."""
        return self.filter(published_at=None, circulated_at=None)

    def circulated(self):
        """With those who were there, and not agreed yet."""
        return self.filter(published_at=None, circulated_at__isnull=False, agreed_at=None)

    def with_open_corrections(self):
        """Those that have corrections to settle, how many as `open_corrections`, with their meetings loaded."""
        waiting = models.Count("corrections", filter=models.Q(corrections__settled_at=None))
        counted = self.annotate(open_corrections=waiting).filter(open_corrections__gt=0)
        return counted.select_related("meeting").order_by("corrections_until", "pk")

    def for_feed(self):
        """Everything an entry of a feed tells, the note published last first, with `changed_in_public_at`."""
        return (
            self.annotate(changed_in_public_at=Greatest("published_at", models.Max("errata__corrected_at")))
            .select_related("meeting")
            .prefetch_related("points", "sections", "links", "actions__owner_organisation", "errata")
            .order_by("-published_at", "-pk")
        )

    def agreed(self):
        """Agreed by those who were there, and not public yet."""
        return self.filter(published_at=None, agreed_at__isnull=False)


class Note(models.Model):
    """The network's record of a meeting: what mattered, what was decided and who will do what."""

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="note")
    written_by = models.CharField(max_length=150, help_text="Who wrote it, as it should be printed.")
    circulated_at = models.DateTimeField(null=True, blank=True, editable=False)
    circulated_by = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="circulated_notes",
    )
    corrections_until = models.DateField(null=True, blank=True, editable=False)
    agreed_at = models.DateTimeField(null=True, blank=True, editable=False)
    agreed_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="agreed_notes"
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="published_notes",
    )

    saved_at = models.DateTimeField(null=True, blank=True, editable=False)
    saved_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="saved_notes"
    )

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(circulated_at=None, corrections_until=None)
                | models.Q(circulated_at__isnull=False, corrections_until__isnull=False),
                name="note_circulated_until_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_at=None) | models.Q(circulated_at__isnull=False),
                name="note_agreed_after_circulation",
            ),
        ]

    def __str__(self):
        return f"Note: {self.meeting}"

    def get_absolute_url(self):
        return self.meeting.get_absolute_url()

    @property
    def is_published(self):
        return self.published_at is not None

    @property
    def is_public(self):
        return self.is_published and self.meeting.is_announced

    @property
    def is_draft(self):
        return self.published_at is None and self.circulated_at is None

    @property
    def is_circulated(self):
        return self.published_at is None and self.circulated_at is not None and self.agreed_at is None

    @property
    def is_agreed(self):
        return self.published_at is None and self.agreed_at is not None

    @property
    def status(self):
        if self.is_published:
            return "Published"
        if self.is_agreed:
            return "Agreed"
        return "Circulated" if self.is_circulated else "Draft"

    @property
    def headings(self):
        """What a correction can be about."""
        return [section.heading for section in self.sections.all()]

    def takes_corrections(self, today):
        return self.is_circulated and today <= self.corrections_until

    def is_visible_to(self, user):
        """Everybody reads a published note, those who were there one that goes round, its writers any."""
        if self.is_published or (user.is_staff and user.has_perm("meetings.view_note")):
            return True
        return self.circulated_at is not None and self.readers().of(user).exists()

    def readers(self):
        """Those it is circulated to."""
        return self.meeting.attendances.present().with_account()

    def circulate(self, *, until, by, now):
        """Let those who were there correct it until the end of a day; they are told once.

        A second time only changes the day. Raise NotReady.
        """
        with transaction.atomic():
            locked = self._locked()
            if locked.is_published:
                raise NotReady(_("The note is published already."))
            if locked.is_agreed:
                raise NotReady(_("The note is agreed already. Take it back first, to send it round again."))
            if until < timezone.localdate(now):
                raise NotReady(_("This day is over. Give people time to read it."))
            locked.require_complete(now)
            if not locked.readers().exists():
                raise NotReady(
                    _(
                        "We know no account of anybody who was there. "
                        "Add their e-mail addresses on the meeting’s page first."
                    )
                )
            locked.corrections_until = until
            if locked.is_draft:
                locked.circulated_at, locked.circulated_by = now, by
            locked.save(update_fields=["corrections_until", "circulated_at", "circulated_by"])
            note_news.note_circulated(locked, now=now)
        self.refresh_from_db()

    def take_back(self):
        """Make a draft of it again; what was corrected so far is kept. Raise NotReady once it is published."""
        with transaction.atomic():
            locked = self._locked()
            if locked.is_published:
                raise NotReady(_("The note is published already."))
            note_news.forget_circulation(locked)
            Note.objects.filter(pk=self.pk).update(
                circulated_at=None,
                circulated_by=None,
                corrections_until=None,
                agreed_at=None,
                agreed_by=None,
            )
        self.refresh_from_db()

    def agree(self, *, by, now):
        """Those who were there have had their say; agreeing twice changes nothing. Raise NotReady."""
        with transaction.atomic():
            locked = self._locked()
            if locked.is_published:
                raise NotReady(_("The note is published already."))
            if locked.is_draft:
                raise NotReady(_("Nobody has been asked yet. Send it round first, or publish it as it is."))
            if locked.takes_corrections(timezone.localdate(now)):
                day = date_format(locked.corrections_until, "DATE_FORMAT")
                raise NotReady(_("People have until %(day)s to correct it.") % {"day": day})
            if left := locked.corrections.open().count():
                words = ngettext(
                    "Settle the last correction first.", "Settle %(number)d corrections first.", left
                )
                raise NotReady(words % {"number": left})
            if locked.is_circulated:
                Note.objects.filter(pk=self.pk).update(agreed_at=now, agreed_by=by)
        self.refresh_from_db()

    def void_agreement(self):
        """What was agreed has changed since, so it is to be agreed anew."""
        self.agreed_at = self.agreed_by = None
        self.save(update_fields=["agreed_at", "agreed_by"])

    def publish(self, *, by, now):
        """Make the note public; publishing twice changes nothing. Raise NotReady."""
        with transaction.atomic():
            # Whoever cancels the meeting at this moment waits for this, or the other way round.
            Meeting.objects.lock(self.meeting)
            locked = self._locked()
            locked.require_complete(now)
            if locked.is_circulated:
                raise NotReady(_("It is with those who were there. Agree it first, or take it back."))
            if not locked.is_published:
                locked._require_unnamed()
                Note.objects.filter(pk=self.pk).update(published_at=now, published_by=by)
                note_news.note_published(locked, by=by, now=now)
        self.refresh_from_db()

    @contextmanager
    def correcting(self, explanation, *, by, now, keeps_texts=True):
        """Change the note inside this; one that is public gets a dated erratum with what it said before and after.

        One that is agreed is to be agreed anew.

        All is undone where the text changes and nobody says why: NotReady. `keeps_texts` is False where what it
        said before must not be read again.
        """
        with transaction.atomic():
            locked = self._locked()
            before = text_of(locked) if locked.is_published or locked.is_agreed else None
            yield
            if before is None:
                return
            after = text_of(self._locked())
            if before == after:
                return
            if locked.is_agreed:
                self.void_agreement()
                return
            if not explanation.strip():
                raise NotReady(_("Say what was wrong: the note is public, and so is its correction."))
            self._require_unnamed()
            texts = (before, after) if keeps_texts else ("", "")
            self.errata.model.objects.record(
                self,
                before=texts[0],
                after=texts[1],
                explanation=explanation.strip(),
                by=by,
                now=now,
            )

    @contextmanager
    def correcting_people(self, *, by, now):
        """Change who was there inside this; of a public note it is said that it changed, and not who it was about."""
        with transaction.atomic():
            self._locked()
            before = self._people()
            yield
            errata = self.errata.model.objects
            errata.forget_unnamed(self.meeting)
            if self.is_published and self._people() != before:
                # Kept for all readers, in the language of the site.
                words = "The list of those who were there was corrected."
                errata.record(self, before="", after="", explanation=words, by=by, now=now)

    def _people(self):
        facts = ("pk", "name", "organisation", "organisation_name", "side", "role", "mode")
        return list(self.meeting.attendances.order_by("pk").values_list(*facts))

    def unnamed_people(self):
        """The names of those who were there and don't want it said."""
        return list(self.meeting.attendances.unnamed().values_list("name", flat=True))

    def says(self, name):
        """Whether the text has the name in it, whoever is listed."""
        text = text_of(self)
        return without_names(text, [name]) != text

    def require_complete(self, now):
        """Raise NotReady while others can't read it yet."""
        if self.meeting.announced_at is None:
            raise NotReady(_("The meeting itself is not public yet."))
        if self.meeting.is_cancelled:
            raise NotReady(_("The meeting was cancelled, so there is nothing to tell of it."))
        if not self.meeting.has_begun(timezone.localdate(now)):
            raise NotReady(_("The meeting hasn't taken place yet."))
        if not (self.points.exists() or self.sections.exists()):
            raise NotReady(_("The note has no key points and no sections yet."))

    def _require_unnamed(self):
        """Raise NotReady where the text says the full name of somebody who may not be named."""
        named = {name.casefold() for name in self.meeting.attendances.named().values_list("name", flat=True)}
        for name in self.unnamed_people():
            if " " in name and name.casefold() not in named and self.says(name):
                words = _("It says the name of %(name)s, who may not be named. Leave it out first.")
                raise NotReady(words % {"name": name})

    def _locked(self):
        return Note.objects.select_for_update(of=["self"]).select_related("meeting").get(pk=self.pk)


class PointQuerySet(models.QuerySet):
    def key_points(self):
        return self.filter(kind=Point.Kind.KEY_POINT)

    def decisions(self):
        return self.filter(kind=Point.Kind.DECISION)

    def in_public_notes(self):
        return self.filter(note__published_at__isnull=False, note__meeting__announced_at__isnull=False)

    def for_data(self):
        """With their meetings, the latest first."""
        order = ["-note__meeting__held_on", "-note", "position", "pk"]
        return self.select_related("note__meeting").order_by(*order)


class Point(models.Model):
    """One thing to take away from a meeting: a key point or a decision."""

    class Kind(models.TextChoices):
        KEY_POINT = "key_point", gettext_lazy("Key point")
        DECISION = "decision", gettext_lazy("Decision")

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="points")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.KEY_POINT)
    position = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(max_length=1000)
    key = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)

    objects = PointQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "key point or decision"
        verbose_name_plural = "key points and decisions"

    def __str__(self):
        return self.text

    @property
    def is_key_point(self):
        return self.kind == self.Kind.KEY_POINT


class Section(models.Model):
    """A headed part of a note, in Markdown."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(default=0)
    heading = models.CharField(max_length=200)
    body = models.TextField(max_length=50000, help_text="Markdown.")
    body_html = models.TextField(editable=False)
    key = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.heading

    def save(self, *args, **kwargs):
        self.rendered()
        super().save(*args, **kwargs)

    def rendered(self):
        """The section with its HTML made from its text."""
        self.body_html = markdown.render(self.body)
        return self


class Link(models.Model):
    """A document or page that a note leads to."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="links")
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=200)
    url = models.URLField(
        "address",
        max_length=500,
        validators=[SECURE],
    )
    key = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "document or link"
        verbose_name_plural = "documents and links"
        constraints = [
            models.CheckConstraint(condition=models.Q(url__startswith="https://"), name="link_is_secure")
        ]

    def __str__(self):
        return self.title
