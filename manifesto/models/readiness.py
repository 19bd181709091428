"""Whether a round is ready for its experts."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

FEWEST_EXPERTS = 3
SHORTEST = timedelta(days=7)


@dataclass(frozen=True)
class Gap:
    """Something that the scoring of a round lacks: a code, and words for its editors."""

    code: str
    words: str


class Prepared:
    """What a round can say of its own preparation."""

    def setup_gaps(self, now) -> list[Gap]:
        """What its editors should see to before its experts score, or while they do; nothing once that is over."""
        if self.is_shortlist_published or now >= self.scoring_close_at:
            return []
        return [*self._gaps_of_criteria(), *self._gaps_of_experts(now), *self._gaps_of_time()]

    def _gaps_of_criteria(self):
        criteria = list(self.criteria.all())
        if not criteria:
            yield Gap("no_criteria", "There are no criteria yet, so there is nothing to score by.")
        elif not any(criterion.weight for criterion in criteria):
            yield Gap(
                "no_weight", "All weights are 0, so no score can be worked out. Give at least one more."
            )
        for criterion in criteria:
            if not criterion.has_anchors:
                words = f"“{criterion}” doesn’t say what 0, ½ and 1 mean, so each expert will guess."
                yield Gap("no_anchors", words)

    def _gaps_of_experts(self, now):
        experts = self._experts_to_come(now)
        count = experts.count()
        if count < FEWEST_EXPERTS:
            yield Gap(
                "few_experts" if count else "no_experts",
                f"{_experts(count)} can score while scoring is open. Fewer than {FEWEST_EXPERTS} say little.",
            )
        if numbers := count and self._numbers_nobody_may_score(experts):
            ideas = ", ".join(map(str, numbers))
            words = (
                f"Nobody may score idea {ideas}" if len(numbers) == 1 else f"Nobody may score ideas {ideas}"
            )
            yield Gap("nobody_may_score", f"{words}: every expert has a conflict of interest.")

    def _experts_to_come(self, now):
        """Those with a day left on the group while scoring is open."""
        first = max(now, self.scoring_open_at)
        return self.expert_terms.able_to_score(
            timezone.localdate(first), timezone.localdate(self.scoring_close_at)
        )

    def _numbers_nobody_may_score(self, experts):
        free = experts.free_to_score(OuterRef(OuterRef("pk")))
        return list(self.ideas.live().exclude(Exists(free)).by_number().values_list("number", flat=True))

    def _gaps_of_time(self):
        if self.scoring_close_at - self.scoring_open_at < SHORTEST:
            days = (self.scoring_close_at - self.scoring_open_at) // timedelta(days=1)
            open_for = f"{days} day{'' if days == 1 else 's'}" if days else "less than a day"
            words = f"Scoring is open for {open_for}. Volunteers need a week, with a weekend in it."
            yield Gap("short_window", words)


def _experts(count):
    return {0: "No expert", 1: "Only 1 expert"}.get(count, f"Only {count} experts")
