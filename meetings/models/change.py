from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from profiles.models import Member

from .meeting import Meeting


class MeetingChange(models.Model):
    """An announced meeting moved, cancelled or on again, and why, for the public; a move keeps what was planned."""

    class Kind(models.TextChoices):
        MOVED = "moved", gettext_lazy("Moved")
        CANCELLED = "cancelled", gettext_lazy("Cancelled")
        REINSTATED = "reinstated", gettext_lazy("On again")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=20, choices=Kind)
    reason = models.CharField(max_length=300)
    held_on_before = models.DateField(null=True)
    starts_at_before = models.TimeField(null=True)
    ends_on_before = models.DateField(null=True)
    ends_at_before = models.TimeField(null=True)
    venue_before = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="meeting_changes")

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = "change of a meeting"
        verbose_name_plural = "changes of meetings"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="moved", held_on_before__isnull=False)
                | (~Q(kind="moved") & Q(held_on_before=None)),
                name="meeting_change_keeps_day_of_move",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="meeting_change_has_reason"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.meeting}"

    @property
    def is_move(self):
        return self.kind == self.Kind.MOVED

    @property
    def before(self):
        """When and where it was to be, by the names a meeting gives to these."""
        return {name: getattr(self, f"{name}_before") for name in Meeting.WHEN_AND_WHERE}
