from django.db import models
from django.db.models import Q

from profiles.models import Member


class WithdrawalQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(restored_at=None)

    def by_latest(self):
        return self.order_by("-withdrawn_at", "-pk")


class CommitmentWithdrawal(models.Model):
    """That the network no longer asks for a published commitment, and why, until it does again."""

    commitment = models.ForeignKey("Commitment", on_delete=models.CASCADE, related_name="withdrawals")
    reason = models.TextField(max_length=2000)
    withdrawn_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="withdrawn_commitments"
    )
    withdrawn_at = models.DateTimeField()
    restored_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="restored_commitments"
    )
    restored_at = models.DateTimeField(null=True, blank=True)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commitment"],
                condition=Q(restored_at=None),
                name="commitment_withdrawn_once_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="commitment_withdrawal_has_reason"),
        ]

    def __str__(self):
        return f"{self.commitment} withdrawn"
