"""What a round's panel of experts comes to: worked out once for each state of the scores, frozen at publication."""

from django.db import models, transaction

from ..errors import NotAllowedInPhase, NotReady, Refused
from ..ranking import Result, rank
from ..vocabularies import InterestAction
from .phase import Action


class PanelAnalysis(models.Model):
    """What the scores of a round amount to, kept until anything it was worked out from changes."""

    round = models.OneToOneField("Round", on_delete=models.CASCADE, related_name="panel_analysis")
    fingerprint = models.CharField(max_length=64)
    content = models.JSONField()
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "panel analyses"

    def __str__(self):
        return f"Analysis of {self.round}"


class PublishedWorking(models.Model):
    """The working behind a published shortlist, as it was at publication: nothing that comes later changes it."""

    round = models.OneToOneField("Round", on_delete=models.PROTECT, related_name="published_working")
    content = models.JSONField()
    frozen_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "published workings"

    def __str__(self):
        return f"Working of {self.round}"


class Ranked:
    """What a round can say of its panel's scores."""

    def refusal_to_rank(self, now) -> Refused | None:
        """Why there is no ranking yet, or None if there can be one."""
        if not self.has_begun_scoring(now):
            return NotAllowedInPhase(f"There is nothing to rank yet. {self.why_no_scores(now)}")
        return None

    def ideas_hidden_from(self, member):
        """Ideas whose scores, notes and draft decision the member sees nowhere before publication: full exclusions."""
        if self.is_shortlist_published:
            return self.ideas.none()
        return self.ideas.filter(
            conflicts__term__member=member, conflicts__action=InterestAction.FULL_EXCLUSION
        )

    def ranking(self):
        """Pairs of a public idea and its ranking.Result, best first. Who may see them is the caller's to ask.

        Once published it stays as it was: an expert who joins an organisation later doesn't change the past.
        """
        ideas = self.ideas.live().with_supporters().select_related("theme", "decision")
        by_number = {idea.number: idea for idea in ideas.defer("search", "why", "how", "difference")}
        results = self._published_results() or self._results(by_number)
        return [(by_number[result.idea], result) for result in results if result.idea in by_number]

    def open_second_look(self, ideas, *, closes_at, by, now):
        """Open scoring once more for `ideas` alone, until `closes_at`; asked again while open, extend or widen it.

        Raise NotAllowedInPhase before scoring has closed or after publication, NotReady without ideas or for a time
        that has passed.
        """
        with transaction.atomic():
            locked = type(self).objects.select_for_update().get(pk=self.pk)
            if not locked.allows(Action.DECIDE, now) or locked.allows(Action.SCORE, now):
                raise NotAllowedInPhase("A second look opens between the close of scoring and publication.")
            if closes_at <= now:
                raise NotReady("Choose a time that is still to come.")
            if not ideas or any(idea.round_id != self.pk or not idea.is_live for idea in ideas):
                raise NotReady("Choose at least one of the round’s ideas.")
            locked.second_look_opened_at = locked.second_look_opened_at or now
            locked.second_look_opened_by, locked.second_look_closes_at = by, closes_at
            locked.save(
                update_fields=["second_look_opened_at", "second_look_opened_by", "second_look_closes_at"]
            )
            locked.second_look_ideas.add(*ideas)
        self.refresh_from_db()

    def _results(self, numbers):
        answers = self.expert_terms.answers()
        weights = dict(self.criteria.values_list("slug", "weight"))
        return rank({number: answers.get(number, {}) for number in numbers}, weights)

    def _published_results(self):
        working = PublishedWorking.objects.filter(round=self).first() if self.is_shortlist_published else None
        return [Result.from_plain(plain) for plain in working.content["results"]] if working else []

    def freeze_working(self, *, now):
        """Keep the working as it is now, for good. The caller publishes the shortlist in the same transaction."""
        results = [result.as_plain() for _, result in self.ranking()]
        PublishedWorking.objects.create(round=self, content={"results": results}, frozen_at=now)
