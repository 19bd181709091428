from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profiles.models import Member

from .commitment import Commitment


class AdoptionQuerySet(models.QuerySet):
    def public(self):
        """Where everybody sees what was asked and, if anything was, what was adopted."""
        public = Commitment.objects.public().values("pk")
        return self.filter(Q(adopted=None) | Q(adopted__in=public), asked__in=public)

    def for_page(self):
        return self.select_related("asked__round", "adopted__plan").order_by("asked__number", "pk")


class Adoption(models.Model):
    """What became of a commitment the network asked for: what a government adopted for it, or that it was dropped."""

    class Verdict(models.TextChoices):
        KEPT = "kept", _("Kept")
        STRENGTHENED = "strengthened", _("Strengthened")
        WEAKENED = "weakened", _("Weakened")
        DROPPED = "dropped", _("Dropped")

    asked = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="adoptions")
    adopted = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="adoption_of"
    )
    verdict = models.CharField(max_length=20, choices=Verdict)
    words = models.TextField("what changed, and why", max_length=2000, blank=True)
    recorded_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="adoptions")
    recorded_at = models.DateTimeField()

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asked", "adopted"], nulls_distinct=False, name="adoption_once_per_pair"
            ),
            models.CheckConstraint(
                condition=Q(adopted=None, verdict="dropped")
                | (Q(adopted__isnull=False) & ~Q(verdict="dropped")),
                name="adoption_dropped_or_adopted",
                violation_error_message="Say which commitment was adopted for it, or that it was dropped.",
            ),
        ]

    def __str__(self):
        return f"{self.asked}: {self.get_verdict_display()}"
