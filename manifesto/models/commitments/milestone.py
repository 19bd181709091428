from django.db import models, transaction
from django.db.models import F, Prefetch, Q, Value
from django.utils.translation import gettext as _

from ...errors import NotReady
from ...lateness import standing
from .commitment import Commitment

# When it is to be done: what isn't changed without a trace once it is public.
DATES = {"starts_on": "starts", "due_on": "due", "due_text": "due_text"}


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
            .prefetch_related(
                Prefetch("status_reports", reports.standing(), "standing_reports"), "date_changes"
            )
            .order_by("commitment__plan", "commitment__number", "reference", "pk")
        )

    def for_desk(self):
        """With who changed their dates, which is for editors alone."""
        return self.prefetch_related("date_changes__changed_by").by_reference()

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
        said = [report.said for report in self.standing_reports]
        return standing(self.due_on, said, self.as_of, first_due_on=self.first_due_on)

    @property
    def first_due_on(self):
        """The day it was due before that was moved for the first time; what was entered wrong doesn't count."""
        moves = (change.due_before for change in self.date_changes.all() if change.moves_due)
        return next(moves, self.due_on)

    @property
    def is_moved(self):
        return self.first_due_on != self.due_on

    def refusal_to_delete(self) -> NotReady | None:
        """Why it can't be deleted, or None if it can: what was promised or reported in public stays."""
        if not self.pk:
            return None
        if self.commitment.is_public:
            return NotReady(
                f"Milestone {self.reference} is public, so it can't be deleted. Report it withdrawn instead."
            )
        if self.status_reports.exists():
            return NotReady(
                f"Milestone {self.reference} was reported on, so it can't be deleted. Report it withdrawn instead."
            )
        return None

    def keep(self, *, by, now, because="", is_correction=False):
        """Save what it says; once it is public, a change of its dates goes on record with the reason.

        `is_correction` says that the dates were entered wrong here, so that nobody moved them. Raise NotReady without
        a reason.
        """
        with transaction.atomic():
            # Held, so that of two changes at once each is on record with what it changed.
            stored = type(self).objects.select_for_update().filter(pk=self.pk).first()
            if stored and self.commitment.is_public and stored._dates("after") != self._dates("after"):
                if not because.strip():
                    raise NotReady(_("Please say why the dates change."))
                self.date_changes.create(
                    **stored._dates("before"),
                    **self._dates("after"),
                    because=because,
                    is_correction=is_correction,
                    changed_by=by,
                    changed_at=now,
                )
            self.save()

    def _dates(self, when):
        return {f"{name}_{when}": getattr(self, field) for field, name in DATES.items()}
