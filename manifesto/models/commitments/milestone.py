from django.db import models
from django.db.models import F, Prefetch, Q, Value

from ...lateness import standing
from .commitment import Commitment


class MilestoneQuerySet(models.QuerySet):
    def public(self):
        """Those of promises that everybody sees."""
        return self.filter(commitment__in=Commitment.objects.adopted().public().values("pk"))

    def planned_checks(self):
        """What an editor wants to look at again, the longest due first."""
        planned = self.exclude(next_check_on=None).exclude(commitment__plan=None)
        return planned.order_by("next_check_on", "commitment", "pk")

    def to_check(self, today):
        """What is to be looked at by now."""
        return self.planned_checks().filter(next_check_on__lte=today)

    def for_data(self, today):
        """Everything open data says of them, `as_of` a day, plan by plan."""
        reports = self.model._meta.get_field("status_reports").related_model.objects
        return (
            self.annotate(as_of=Value(today, models.DateField()))
            .select_related("commitment__plan")
            .prefetch_related(Prefetch("status_reports", reports.standing(), "standing_reports"))
            .order_by("commitment__plan", "commitment__number", "reference", "pk")
        )

    def by_reference(self):
        return self.order_by("reference", "pk")


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

    @property
    def standing(self):
        """How it stands on the day `as_of`, as its queryset for open data has it."""
        return standing(self.due_on, [report.said for report in self.standing_reports], self.as_of)
