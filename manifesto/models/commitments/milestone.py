from django.db import models
from django.db.models import F, Q

from .commitment import Commitment


class MilestoneQuerySet(models.QuerySet):
    def by_due(self):
        """The earliest first, then those without a day, by their references."""
        return self.order_by(F("due_on").asc(nulls_last=True), "reference", "pk")


class Milestone(models.Model):
    """A step towards keeping a commitment, with the output that is expected of it and when."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="milestones")
    reference = models.CharField(
        max_length=12, help_text="Such as 1.01: the commitment's number, then its own."
    )
    output = models.TextField("expected output", max_length=1000)
    lead = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField("start date", null=True, blank=True)
    due_on = models.DateField("due date", null=True, blank=True)
    due_text = models.CharField(
        "due, as written",
        max_length=100,
        blank=True,
        help_text="Where no day was named, such as “by spring 2015”.",
    )
    next_check_on = models.DateField("next check", null=True, blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "reference"],
                name="milestone_reference_unique",
                violation_error_message="The commitment has a milestone of this reference already.",
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(due_on=None) | Q(due_on__gte=F("starts_on")),
                name="milestone_due_after_it_starts",
                violation_error_message="The due date must not be before the start date.",
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.output}"
