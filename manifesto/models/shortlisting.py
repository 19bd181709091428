"""From the panel's decisions, prepared in private, to a shortlist that is public all at once."""

from copy import copy

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

    @property
    def has_publication_failed(self):
        """Whether the shortlist could not be published at its time."""
        return bool(self.shortlist_failure)

    def as_if_published(self, *, now):
        """The round as it would be if the board were published now: to show, never to save."""
        preview = copy(self)
        preview.shortlist_published_at = now
        return preview

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
        chosen = self.decisions.filter(idea__in=self.ideas.live()).exclude(position=None)
        positions = sorted(chosen.values_list("position", flat=True))
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
            locked._set_schedule(at=at, by=by)
        self.refresh_from_db()

    def cancel_schedule(self):
        """Have the shortlist not published by itself after all."""
        self._set_schedule(at=None, by=None)

    def _set_schedule(self, *, at, by):
        self.shortlist_publish_at, self.shortlist_scheduled_by, self.shortlist_failure = at, by, ""
        self.save(update_fields=["shortlist_publish_at", "shortlist_scheduled_by", "shortlist_failure"])

    def publish_if_due(self, *, now):
        """Publish the shortlist in the name of whoever set the time, once that has come, and say whether it did.

        Where publishing is refused, the time stays on record as failed, its editors are told once, and it isn't tried
        again until an editor sets a new time.
        """
        with transaction.atomic():
            # Held, so that nobody saves another board, or calls the time off, between the question and the answer.
            locked = type(self).objects.select_for_update().get(pk=self.pk)
            is_due = type(self).objects.due_for_publication(now).filter(pk=self.pk).exists()
            if is_due:
                try:
                    locked.publish_shortlist(by=locked.shortlist_scheduled_by, now=now)
                except Refused as refusal:
                    locked.shortlist_failure = str(refusal)
                    locked.save(update_fields=["shortlist_failure"])
                    news.publication_failed(locked, now=now)
        self.refresh_from_db()
        return is_due and self.is_shortlist_published

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
                locked.free_places_of_absent_ideas()
                locked.freeze_working(now=now)
                locked.cancel_schedule()
                locked.shortlist_published_at, locked.shortlist_published_by = now, by
                locked.save(update_fields=["shortlist_published_at", "shortlist_published_by"])
                news.shortlist_published(locked, now=now)
        self.refresh_from_db()
