"""Ideas that say the same, and count as one."""

from ..errors import MergedAway, NotAllowedInPhase, NotMergeable, NotPublished, Refused
from .phase import Action


class Mergeable:
    """What an idea can do about ideas that say the same."""

    def merge_into(self, other, *, by, reason, now):
        """Have this idea and what was merged into it count for `other`. Return the merge or raise a Refused."""
        [merge] = self.merges.model.objects.join([self], other, by=by, reason=reason, now=now)
        self.refresh_from_db(fields=["survivor"])
        return merge

    def refusal_to_merge(self, round, now) -> Refused | None:
        """Why this idea can't be merged into any other of `round` now, or None if it can."""
        if self.round_id != round.pk:
            return NotMergeable("Only ideas of the same round can be merged.")
        if not round.allows(Action.MODERATE, now):
            return NotAllowedInPhase("Ideas can be merged only while the round collects or improves them.")
        if not self.is_published:
            return NotPublished("Only ideas that are public can be merged.")
        if self.survivor:
            return MergedAway(f"“{self}” was merged into “{self.survivor}” already.")
        return None

    def refusal_to_merge_into(self, other, now) -> Refused | None:
        """Why this idea can't be merged into `other` now, or None if it can."""
        if self.pk == other.pk:
            return NotMergeable("An idea can't be merged into itself.")
        if refusal := self.refusal_to_merge(other.round, now):
            return refusal
        if not other.is_published:
            return NotPublished("Only ideas that are public can be merged.")
        if other.survivor_id == self.pk:
            return NotMergeable(f"“{other}” was merged into “{self}”, so “{self}” can't be merged into it.")
        if other.survivor:
            return MergedAway(f"“{other}” was merged into “{other.survivor}”. Merge into that one instead.")
        return None
