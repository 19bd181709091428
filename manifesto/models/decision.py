from django.db import models
from django.db.models import Q

from profiles.models import Member

from ..vocabularies import Outcome
from .idea import Idea
from .round import Round

WITH_PLACE = (Outcome.ACCEPTED, Outcome.ACCEPTED_IN_PART)


class Decision(models.Model):
    """The reasoned response an idea ends its round with; private until the shortlist is published.

    A draft may have its reasons before its outcome.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="decisions")
    idea = models.OneToOneField(Idea, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    reasons = models.TextField(max_length=5000, blank=True)
    position = models.PositiveSmallIntegerField("place on the shortlist", null=True, blank=True)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="decisions")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "position"],
                name="decision_position_unique_in_round",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(position=None) | Q(position__gte=1, outcome__in=WITH_PLACE),
                name="decision_place_only_if_accepted",
            ),
        ]

    def __str__(self):
        return f"{self.get_outcome_display()}: {self.idea}"

    @property
    def may_have_place(self):
        return self.outcome in WITH_PLACE

    @property
    def is_empty(self):
        return not (self.outcome or self.reasons or self.position)

    def says_as(self, other):
        """Whether it has the outcome, reasons and place of `other`, which may be None."""
        return other is not None and (self.outcome, self.reasons, self.position) == (
            other.outcome,
            other.reasons,
            other.position,
        )
