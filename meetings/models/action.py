import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from profiles.models import Organisation

from .note import Note


class ActionQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_at=None)

    def in_public_notes(self):
        return self.filter(note__published_at__isnull=False, note__meeting__announced_at__isnull=False)

    def for_page(self):
        """With owners and meetings loaded."""
        return self.select_related("owner_organisation", "note__meeting")

    def by_due_date(self):
        return self.order_by(models.F("due_on").asc(nulls_last=True), "pk")


class Action(models.Model):
    """What somebody promised to do, and whether they did."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="actions")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(max_length=1000)
    owner_name = models.CharField("owner", max_length=150, blank=True)
    owner_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="actions"
    )
    due_on = models.DateField("due", null=True, blank=True)
    done_at = models.DateTimeField("done", null=True, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4, db_default=RandomUUID(), editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.text

    @property
    def is_done(self):
        return self.done_at is not None

    @property
    def is_open(self):
        return self.done_at is None
