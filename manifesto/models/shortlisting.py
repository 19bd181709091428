"""From the panel's decisions, prepared in private, to a shortlist that is public all at once."""

from django.db import transaction
from django.db.models import Q

from .. import news
from ..errors import EditedMeanwhile, NotAllowedInPhase, NotReady, Refused
from .phase import Action


class Shortlisting:
    """What a round can do about its shortlist."""

    @property
    def is_shortlist_published(self):
        return self.shortlist_published_at is not None

    @property
    def is_shortlist_scheduled(self):
        return self.shortlist_publish_at is not None

    def record_decisions(self, decisions, *, version, by, now):
        """Save the whole board, `decisions` holding an unsaved Decision for each idea that has one.

        `version` is the board's as it was opened. Who decided what and when stays on record where nothing changed.
        Raise NotAllowedInPhase outside prioritisation, EditedMeanwhile if somebody saved since, NotReady if two
        ideas share a place or one has a place without being accepted.
        """
        places = [decision.position for decision in decisions if decision.position]
        if len(places) != len(set(places)):
            raise NotReady("Two ideas have the same place on the shortlist.")
        if not all(decision.may_have_place for decision in decisions if decision.position):
            raise NotReady("Only an idea that is accepted, or accepted in part, can have a place.")
        with transaction.atomic():
            locked = type(self).objects.select_for_update().get(pk=self.pk)
            if not locked.allows(Action.DECIDE, now):
                raise NotAllowedInPhase(
                    "Decisions can be prepared between the opening of scoring and publication."
                )
            if locked.shortlist_version != version:
                raise EditedMeanwhile(
                    "Somebody else saved the shortlist after you opened it. What you typed is below."
                )
            # A time set for publication was set for the board as it was read then.
            type(self).objects.filter(pk=self.pk).update(
                shortlist_version=version + 1, shortlist_publish_at=None, shortlist_scheduled_by=None
            )
            self._replace_decisions(decisions, by=by, now=now)
        self.shortlist_version, self.shortlist_publish_at = version + 1, None

    def _replace_decisions(self, decisions, *, by, now):
        recorded = {decision.idea_id: decision for decision in self.decisions.all()}
        self.decisions.exclude(idea__in=[decision.idea_id for decision in decisions]).delete()
        changed = [decision for decision in decisions if not decision.says_as(recorded.get(decision.idea_id))]
        for decision in changed:
            decision.round, decision.decided_by, decision.decided_at = self, by, now
        self.decisions.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["idea"],
            update_fields=["outcome", "reasons", "position", "decided_by", "decided_at"],
        )

    def undecided_numbers(self):
        """The numbers of the ideas without an outcome, and of those without reasons, under these words."""
        ideas = self.ideas.live().order_by("number")
        without = {
            "an outcome": Q(decision=None) | Q(decision__outcome=""),
            "reasons": Q(decision=None) | Q(decision__reasons=""),
        }
        return {what: list(ideas.filter(q).values_list("number", flat=True)) for what, q in without.items()}

    def refusal_to_publish_shortlist(self, now) -> Refused | None:
        """Why the shortlist can't be published now, or None if it can."""
        if not self.allows(Action.DECIDE, now):
            return NotAllowedInPhase("The shortlist can be published once the experts have begun scoring.")
        if missing := [
            f"Ideas without {what}: {', '.join(str(number) for number in numbers)}."
            for what, numbers in self.undecided_numbers().items()
            if numbers
        ]:
            return NotReady(" ".join(missing))
        positions = sorted(self.decisions.exclude(position=None).values_list("position", flat=True))
        if not positions:
            return NotReady("No idea has a place on the shortlist yet.")
        if positions != list(range(1, len(positions) + 1)):
            return NotReady("The places must be 1, 2, 3 and so on, without a gap.")
        return None

    def schedule_shortlist(self, *, at, by, now, version):
        """Have the board in the `version` that `by` read published by itself at `at`.

        Saving the board calls it off. Raise what `publish_shortlist` does, and NotReady for a time that has passed.
        """
        if at <= now:
            raise NotReady("Choose a time that is still to come, or publish it now.")
        with transaction.atomic():
            locked = type(self).objects.select_for_update().get(pk=self.pk)
            if refusal := locked.refusal_to_publish_shortlist(now):
                raise refusal
            locked._require_version(version)
            locked.shortlist_publish_at, locked.shortlist_scheduled_by = at, by
            locked.save(update_fields=["shortlist_publish_at", "shortlist_scheduled_by"])
        self.refresh_from_db()

    def cancel_schedule(self):
        """Have the shortlist not published by itself after all."""
        type(self).objects.filter(pk=self.pk).update(shortlist_publish_at=None, shortlist_scheduled_by=None)
        self.refresh_from_db()

    def publish_if_due(self, *, now):
        """Publish the shortlist in the name of whoever set the time, once that has come. Raise as publishing does."""
        if self.is_shortlist_scheduled and self.shortlist_publish_at <= now:
            self.publish_shortlist(by=self.shortlist_scheduled_by, now=now)

    def _require_version(self, version):
        if version not in (None, self.shortlist_version):
            raise EditedMeanwhile(
                "Somebody saved the shortlist after you opened this page. Please read it once more."
            )

    def publish_shortlist(self, *, by, now, version=None):
        """Publish every decision of the round at once; a second call changes nothing.

        `version`, if given, is the board's as `by` last read it. Raise EditedMeanwhile if there is a later one,
        NotAllowedInPhase before prioritisation, NotReady while an idea lacks its decision or reasons, nothing is
        shortlisted, or the places are not 1, 2, 3…
        """
        with transaction.atomic():
            locked = type(self).objects.select_for_update().get(pk=self.pk)
            if not locked.is_shortlist_published:
                if refusal := locked.refusal_to_publish_shortlist(now):
                    raise refusal
                locked._require_version(version)
                locked.freeze_working(now=now)
                locked.shortlist_published_at, locked.shortlist_published_by = now, by
                locked.shortlist_publish_at = None
                locked.save(
                    update_fields=["shortlist_published_at", "shortlist_published_by", "shortlist_publish_at"]
                )
                news.shortlist_published(locked, now=now)
        self.refresh_from_db()
