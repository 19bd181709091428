import pgtrigger
from django.db import models
from django.db.models import F, Q

from profiles.models import Member

from .milestone import Milestone


def _same(name):
    """Both days alike, or none before and after: an equation alone is neither true nor false of what is missing."""
    before, after = f"{name}_before", f"{name}_after"
    none = Q(**{f"{before}__isnull": True, f"{after}__isnull": True})
    return none | Q(**{f"{before}__isnull": False, f"{after}__isnull": False, before: F(after)})


class DateChangeQuerySet(models.QuerySet):
    def public(self):
        """Of promises that everybody sees."""
        return self.filter(milestone__in=Milestone.objects.public().values("pk"))


class DateChange(models.Model):
    """That a milestone which was public already got other dates, and why. It is never edited."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="date_changes")
    starts_before = models.DateField(null=True)
    starts_after = models.DateField(null=True)
    due_before = models.DateField(null=True)
    due_after = models.DateField(null=True)
    due_text_before = models.CharField(max_length=100, blank=True)
    due_text_after = models.CharField(max_length=100, blank=True)
    # What was typed in wrong here, which nobody promised and so nobody moved.
    is_correction = models.BooleanField(default=False)
    because = models.TextField(max_length=1000)
    changed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="date_changes")
    changed_at = models.DateTimeField()

    objects = DateChangeQuerySet.as_manager()

    class Meta:
        ordering = ["changed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~(_same("starts") & _same("due") & Q(due_text_before=F("due_text_after"))),
                name="date_change_changes_a_date",
            ),
            models.CheckConstraint(condition=~Q(because=""), name="date_change_has_a_reason"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="date_change_is_for_good", exclude=["changed_by"]),
            pgtrigger.Protect(name="date_change_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return f"{self.milestone}: {self.due_before or self.due_text_before} – {self.due_after or self.due_text_after}"

    @property
    def is_of_due(self):
        return (self.due_before, self.due_text_before) != (self.due_after, self.due_text_after)

    @property
    def moves_due(self):
        """Whether a day that was promised was moved, or is none any more."""
        return bool(self.due_before) and self.due_before != self.due_after and not self.is_correction
