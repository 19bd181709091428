from django.db import models, transaction

from profiles.models import Member

from ..errors import NotAllowedInPhase, NotReady
from .phase import Action
from .round import Round


class Criterion(models.Model):
    """A question that every expert answers for every idea, with what the answers mean."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="criteria")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=60)
    description = models.CharField(max_length=300, blank=True)
    weight = models.PositiveSmallIntegerField(default=1, help_text="Fixed once scoring opens.")
    anchor_zero = models.CharField("0 means", max_length=200)
    anchor_half = models.CharField("½ means", max_length=200)
    anchor_one = models.CharField("1 means", max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "criteria"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "slug"],
                name="criterion_slug_unique_in_round",
                violation_error_message="The round has a criterion with this address already.",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def has_anchors(self):
        return all([self.anchor_zero.strip(), self.anchor_half.strip(), self.anchor_one.strip()])

    def reweigh(self, weight, *, reason, by, now):
        """Change the weight after scoring has opened, on record and in public.

        Raise NotAllowedInPhase before scoring opens, when it is simply edited, and after publication; NotReady
        without a reason or without a change.
        """
        with transaction.atomic():
            round = Round.objects.select_for_update(no_key=True).get(pk=self.round_id)
            if not round.allows(Action.DECIDE, now):
                raise NotAllowedInPhase(
                    "A weight can be changed for a reason between the opening of scoring and publication."
                )
            before = Criterion.objects.values_list("weight", flat=True).get(pk=self.pk)
            if not reason.strip():
                raise NotReady("Please give the reason. Everybody can read it.")
            if weight == before:
                raise NotReady("That is its weight already.")
            Criterion.objects.filter(pk=self.pk).update(weight=weight)
            change = WeightChange.objects.create(
                criterion=self,
                before=before,
                after=weight,
                reason=reason.strip(),
                changed_by=by,
                changed_at=now,
            )
        self.weight = weight
        return change


class WeightChangeQuerySet(models.QuerySet):
    def for_round(self, round):
        return self.filter(criterion__round=round).select_related("criterion")

    def by_latest(self):
        return self.order_by("-changed_at", "-pk")


class WeightChange(models.Model):
    """A criterion's weight changed after scoring had opened, and why; shown to everybody."""

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="weight_changes")
    before = models.PositiveSmallIntegerField()
    after = models.PositiveSmallIntegerField()
    reason = models.TextField(max_length=1000)
    changed_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="weight_changes"
    )
    changed_at = models.DateTimeField()

    objects = WeightChangeQuerySet.as_manager()

    class Meta:
        ordering = ["changed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(before=models.F("after")), name="weight_change_changes_it"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="weight_change_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.criterion}: {self.before} to {self.after}"
