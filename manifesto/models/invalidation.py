from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse

from profiles.models import Member
from profiles.small_cells import FEWEST

from ..errors import AlreadyUndone, NotAllowedInPhase, TooFewVotes
from .round import Round


def refusal_of_too_few(number):
    """Why so few votes can't be invalidated, or None.

    An editor who knows when somebody voted could take away the vote of theirs alone.
    """
    if number < FEWEST:
        return TooFewVotes(f"There are fewer than {FEWEST} such votes, so they can’t be invalidated.")
    return None


def refusal_to_invalidate(round):
    """Why no vote of the round can be invalidated any more, nor be made to count again, or None."""
    if round.is_shortlist_published:
        return NotAllowedInPhase(
            "The result is published, with what counted then. It stays as it is: tell the public what was wrong in a "
            "correction of the decisions it concerns."
        )
    return None


class InvalidationQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(undone_at=None)

    def by_latest(self):
        return self.order_by("-invalidated_at", "-pk")

    def of(self, group, *, reason, by, now):
        """Have the votes of the described `group` not count, for a reason that everybody can read.

        Return the invalidation. Raise TooFewVotes or NotAllowedInPhase; then nothing has changed.
        """
        with transaction.atomic():
            round = _held(group.round)
            if refusal := refusal_to_invalidate(round):
                raise refusal
            votes = list(
                group.votes().select_for_update(of=["self"]).order_by("pk").values_list("pk", flat=True)
            )
            if refusal := refusal_of_too_few(len(votes)):
                raise refusal
            invalidation = self.create(
                round=round, reason=reason, number=len(votes), invalidated_by=by, invalidated_at=now
            )
            invalidation.votes.model.objects.filter(pk__in=votes).update(invalidation=invalidation)
        return invalidation


def _held(round):
    """The round as the database has it: one editor at a time merges or invalidates in it, or publishes its result."""
    return Round.objects.select_for_update(no_key=True).get(pk=round.pk)


class Invalidation(models.Model):
    """An editor's decision that a group of votes doesn't count. The votes stay on record, and nobody is told whose."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="invalidations")
    reason = models.TextField(max_length=1000)
    number = models.PositiveIntegerField()
    invalidated_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="invalidations"
    )
    invalidated_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="undone_invalidations"
    )
    undone_at = models.DateTimeField(null=True)
    reason_to_undo = models.TextField(max_length=1000, blank=True)

    objects = InvalidationQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="invalidation_has_reason"),
            models.CheckConstraint(
                condition=Q(number__gte=FEWEST), name="invalidation_of_five_votes_or_more"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None, reason_to_undo="")
                | (Q(undone_at__isnull=False) & ~Q(reason_to_undo="")),
                name="invalidation_undone_with_reason",
            ),
        ]

    def __str__(self):
        return f"{self.number} votes in {self.round}"

    def get_absolute_url(self):
        return reverse("manifesto:invalidation_list", args=[self.round.slug])

    @property
    def is_in_force(self):
        return self.undone_at is None

    def refusal_to_undo(self):
        """Why the votes can't count again now, or None if they can."""
        if not self.is_in_force:
            return AlreadyUndone("These votes count again already.")
        return refusal_to_invalidate(self.round)

    def undo(self, *, reason, by, now):
        """Have the votes count again, but for those that their members withdrew meanwhile.

        Raise AlreadyUndone or NotAllowedInPhase.
        """
        with transaction.atomic():
            self.round = _held(self.round)
            self.refresh_from_db(fields=["undone_at"])
            if refusal := self.refusal_to_undo():
                raise refusal
            held = self.votes.select_for_update().order_by("pk").values_list("pk", "withdrawn_at")
            held = {pk: withdrawn_at for pk, withdrawn_at in held}
            self.votes.filter(pk__in=[pk for pk, at in held.items() if at]).delete()
            self.votes.update(invalidation=None)
            self.undone_by, self.undone_at, self.reason_to_undo = by, now, reason
            self.save(update_fields=["undone_by", "undone_at", "reason_to_undo"])
