import uuid

from django.contrib.postgres.functions import RandomUUID
from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone

from ogp_network import markdown
from profiles.errors import NotReady
from profiles.models import Member

from .meeting import Meeting


class NoteQuerySet(models.QuerySet):
    def published(self):
        return self.exclude(published_at=None)

    def draft(self):
        return self.filter(published_at=None)


class Note(models.Model):
    """The network's record of a meeting: what mattered, what was decided and who will do what."""

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="note")
    written_by = models.CharField(max_length=150, help_text="Who wrote it, as it should be printed.")
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

    def __str__(self):
        return f"Note: {self.meeting}"

    def get_absolute_url(self):
        return self.meeting.get_absolute_url()

    @property
    def is_published(self):
        return self.published_at is not None

    @property
    def is_draft(self):
        return self.published_at is None

    @property
    def status(self):
        return "Published" if self.is_published else "Draft"

    def is_visible_to(self, user):
        """Everybody reads a published note; until then those who look after notes do."""
        return self.is_published or (user.is_staff and user.has_perm("meetings.view_note"))

    def publish(self, *, by, now):
        """Make the note public; publishing twice changes nothing. Raise NotReady."""
        if self.meeting.announced_at is None:
            raise NotReady("The meeting itself is not public yet.")
        if not self.meeting.has_begun(timezone.localdate(now)):
            raise NotReady("The meeting hasn't taken place yet.")
        if not (self.points.exists() or self.sections.exists()):
            raise NotReady("The note has no key points and no sections yet.")
        Note.objects.filter(pk=self.pk, published_at=None).update(published_at=now, published_by=by)
        self.refresh_from_db()


class PointQuerySet(models.QuerySet):
    def key_points(self):
        return self.filter(kind=Point.Kind.KEY_POINT)

    def decisions(self):
        return self.filter(kind=Point.Kind.DECISION)


class Point(models.Model):
    """One thing to take away from a meeting: a key point or a decision."""

    class Kind(models.TextChoices):
        KEY_POINT = "key_point", "Key point"
        DECISION = "decision", "Decision"

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
        validators=[
            URLValidator(schemes=["https"], message="Give the whole address, with https:// before it.")
        ],
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
