from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from profiles.models import Member

from ...errors import NotReady
from .commitment import Commitment


class AdoptionQuerySet(models.QuerySet):
    def public(self):
        """Of what everybody can read; what was adopted is in a plan that is public."""
        asked = Q(asked__published_at__isnull=False, asked__round__announced_at__isnull=False)
        adopted = Q(adopted=None) | Q(
            adopted__published_at__isnull=False, adopted__plan__published_at__isnull=False
        )
        return self.filter(asked, adopted)

    def with_commitments(self):
        return self.select_related("asked__round", "adopted__plan")

    def for_page(self):
        return self.with_commitments().order_by("asked__number", "pk")

    def by_record(self):
        return self.order_by("recorded_at", "pk")


class Adoption(models.Model):
    """What became of a commitment the network asked for: what a government adopted for it, or that it was dropped."""

    class Verdict(models.TextChoices):
        KEPT = "kept", _("Adopted as asked")
        STRENGTHENED = "strengthened", _("Adopted, strengthened")
        WEAKENED = "weakened", _("Adopted, weakened")
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

    def get_absolute_url(self):
        return reverse("manifesto:adoption_detail", args=[self.asked.round.slug, self.asked.number, self.pk])

    @property
    def is_public(self):
        return self.asked.is_public and (self.adopted is None or self.adopted.is_public)

    def record(self, *, by, now):
        """Keep what became of a commitment that is asked for, or what an earlier record says of it now.

        Raise NotReady unless one is asked for in a round, and the other adopted in a plan.
        """
        if not self.asked.is_asked or (self.adopted and self.adopted.is_asked):
            raise NotReady("Choose what is asked for in a round, and what a plan adopted for it.")
        self.recorded_by, self.recorded_at = by, now
        self.save()
