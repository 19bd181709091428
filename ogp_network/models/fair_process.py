from hashlib import sha256

import pgtrigger
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Round
from profiles.errors import NotReady
from profiles.models import Member


class FairProcessBundleQuerySet(models.QuerySet):
    def of_round(self, round):
        """Those of the round without their content, the latest first."""
        return self.filter(round=round).defer("content").by_latest()

    def by_latest(self):
        return self.order_by("-made_on", "-pk")

    def keep(self, round, archive, *, by, now):
        """Keep the archive for good as today's. Raise NotReady before the round is public, and twice on a day."""
        if round.announced_at is None:
            raise NotReady("The round isn’t public yet, so there is nothing to show of it.")
        values = {
            "made_at": now,
            "made_by": by,
            "content": archive,
            "sha256": sha256(archive).hexdigest(),
        }
        with transaction.atomic():
            bundle, is_new = self.get_or_create(round=round, made_on=timezone.localdate(now), defaults=values)
        if not is_new:
            raise NotReady("There is one of today already. The next can be kept tomorrow.")
        return bundle


class FairProcessBundle(models.Model):
    """The evidence of a round's process as it was on a day, for good: later ones can be held against it."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="fair_process_bundles")
    made_on = models.DateField("as of")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="fair_process_bundles"
    )
    content = models.BinaryField()
    sha256 = models.CharField("SHA-256", max_length=64)

    objects = FairProcessBundleQuerySet.as_manager()

    class Meta:
        verbose_name = "evidence of a fair process"
        verbose_name_plural = "evidence of a fair process"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "made_on"], name="fair_process_bundle_once_per_round_and_day"
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="bundle_is_for_good", exclude=["made_by"]),
            pgtrigger.Protect(name="bundle_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return f"{self.round}, {self.made_on:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("fair_process_bundle", args=[self.round.slug, self.made_on])
