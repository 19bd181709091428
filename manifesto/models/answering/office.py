from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, IntegerRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value

from .institution import Institution


class Office(models.Model):
    """A post of an institution, such as a minister's; who comes into it inherits what was said in it."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="offices")
    name = models.CharField(max_length=200, help_text="Such as Minister for the Cabinet Office.")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "name"],
                name="office_named_once_in_institution",
                violation_error_message="The institution has an office of this name already.",
            )
        ]

    def __str__(self):
        return self.name


class TermQuerySet(models.QuerySet):
    def held_on(self, day):
        """Those that cover a day; on the day an office changes hands there are two."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def current(self, today):
        return self.held_on(today)

    def by_latest(self):
        return self.order_by("-starts_on", "-pk")


class Term(models.Model):
    """The time somebody holds an office, under the name it was published with."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="terms")
    name = models.CharField(
        max_length=150,
        help_text="The holder's name, as the institution published it. Only of public offices.",
    )
    starts_on = models.DateField("from")
    ends_on = models.DateField(
        "until", null=True, blank=True, help_text="Leave empty while they hold the office."
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="term_ends_after_it_starts",
                violation_error_message="The last day must come after the first.",
            ),
            # Ranges on both sides, for which PostgreSQL needs no extension. The day of a handover belongs to both.
            ExclusionConstraint(
                name="term_one_holder_at_a_time",
                expressions=[
                    (
                        Func(
                            F("office"),
                            F("office"),
                            Value("[]"),
                            function="int8range",
                            output_field=IntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            Value("[)"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Somebody else holds the office at that time. End their term first.",
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.office}"

    def covers(self, day):
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def clean(self):
        """What was said in the term must stay within it."""
        if not (self.pk and self.starts_on):
            return
        said = [*self.positions.values_list("stated_on", flat=True)]
        said += self.governmentanswers.values_list("stated_on", flat=True)
        if outside := sorted(day for day in said if not self.covers(day)):
            raise ValidationError(
                f"Something said on {outside[0]:%-d %B %Y} is on record under this term, which must cover that day."
            )
