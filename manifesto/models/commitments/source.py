from django.db import models
from django.db.models import Prefetch

from profiles.models import Member

from ..idea import Idea

# What ideas say at length, and no commitment repeats.
LONG = ("search", "why", "how", "difference", "evidence_links", "areas", "ogp_values", "policy_areas")


class CommitmentSourceQuerySet(models.QuerySet):
    def with_ideas(self):
        """With the ideas, in the order of their numbers, and what they count for if they were merged away."""
        ideas = Idea.objects.for_lineage().select_related("round", "theme", "survivor__decision", "decision")
        ideas = ideas.defer(*LONG, *(f"survivor__{name}" for name in LONG))
        return self.prefetch_related(Prefetch("idea", ideas)).order_by("idea__number", "pk")

    def for_idea(self, idea):
        return self.filter(idea=idea)


class CommitmentSource(models.Model):
    """That a commitment draws on an idea, since when, and who said so."""

    commitment = models.ForeignKey("Commitment", on_delete=models.CASCADE, related_name="sources")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="commitment_sources")
    drawn_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="commitment_sources"
    )
    drawn_at = models.DateTimeField()

    objects = CommitmentSourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commitment", "idea"], name="commitment_draws_on_an_idea_once")
        ]

    def __str__(self):
        return f"{self.commitment} from {self.idea}"
