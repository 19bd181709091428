"""The second look: experts see what the group said of a few ideas, and keep or change their own scores."""

from ..errors import NotReady
from .assessment import Assessment


class LookingAgain:
    """What an expert's term can do in the round's second look."""

    def ideas_to_see_again(self):
        """Those of the second look that this expert may score, in the order they came in."""
        return self.ideas_to_score().filter(second_looks=self.round)

    def ideas_seen_again(self):
        """Of those, the ones this expert has kept or changed the scores of in the second look."""
        return self.ideas_to_see_again().filter(self._has_answered(stage=Assessment.Stage.SECOND_LOOK))

    def keep(self, idea, *, now):
        """Let the scores this expert gave stand after a second look at the idea. Return the new assessment.

        Raise what `assess` does, and NotReady where there are no scores for today's wording to keep.
        """
        earlier = self.assessment_of(idea)
        if earlier is None or earlier.is_outdated:
            raise NotReady("You have no scores for this wording yet, so there is nothing to keep.")
        scores = {score.criterion: score.half_points for score in earlier.scores.select_related("criterion")}
        return self.assess(idea, scores, now=now, note=earlier.note)
