"""The board: what the panel decides in private, prepared by several people at a time."""

from collections import defaultdict

from django.db import transaction

from profiles.models.survey import mark_of, merge

from ..errors import ConflictOfInterest, EditedMeanwhile, NotAllowedInPhase, NotReady
from .decision import Decision
from .phase import Action


def shown_place(place, held):
    """A place as it is for somebody who doesn't see the ideas in the places `held`: those aren't counted."""
    return place and place - sum(other < place for other in held)


def true_place(place, held):
    """The place that `shown_place` makes this one of."""
    for other in sorted(held):
        if place and place >= other:
            place += 1
    return place


def words_of(decision, held=()):
    """What a decision, or None, says, as texts by field; its place as `shown_place` has it."""
    decision = decision or Decision()
    return {
        "outcome": decision.outcome,
        "reasons": decision.reasons.replace("\r\n", "\n").strip(),
        "position": str(shown_place(decision.position, held) or ""),
    }


def marks_of(words):
    """What a page remembers of the words it began with."""
    return {name: mark_of(text) for name, text in words.items()}


class Board:
    """What a round can do about the decisions that its panel prepares."""

    def held_places(self, member):
        """The places of the ideas that the member must not see."""
        hidden = self.decisions.filter(idea__in=self.ideas_hidden_from(member)).exclude(position=None)
        return sorted(hidden.values_list("position", flat=True))

    def record_decisions(self, decisions, *, version, by, now, opened=None):
        """Save `decisions`: an unsaved Decision for each idea worked on, with its place as `by` sees them.

        An empty one takes back what was recorded; ideas without one keep theirs. `version` is the board's as it was
        opened. Where somebody saved since, `opened` lets both stand, field by field: the marks of what the page began
        with, by idea's primary key. A save that changes nothing leaves the version and a set time for publication.

        Raise NotAllowedInPhase outside prioritisation, ConflictOfInterest for an idea hidden from `by`,
        EditedMeanwhile if somebody else changed the same (without `opened`: anything), NotReady if two ideas share a
        place or one has a place without being accepted.
        """
        with transaction.atomic():
            locked = type(self).objects.select_for_update().get(pk=self.pk)
            if not locked.allows(Action.DECIDE, now):
                raise NotAllowedInPhase(
                    "Decisions can be prepared between the opening of scoring and publication."
                )
            if locked.ideas_hidden_from(by).filter(pk__in=[d.idea_id for d in decisions]).exists():
                raise ConflictOfInterest(
                    "You stay out of one of these ideas altogether, so nothing is saved."
                )
            if opened is None and locked.shortlist_version != version:
                raise EditedMeanwhile(_meanwhile())
            locked.free_places_of_absent_ideas()
            if changed := locked._changes(decisions, opened, locked.held_places(by)):
                locked._save_decisions(changed, by=by, now=now)
                locked.shortlist_version += 1
                locked.save(update_fields=["shortlist_version"])
                # A time set for publication was set for the board as it was read then.
                locked.cancel_schedule()
        self.refresh_from_db()

    def free_places_of_absent_ideas(self):
        """Take from the shortlist what has left the round since: ideas that were merged or are public no more."""
        absent = self.decisions.exclude(position=None).exclude(idea__in=self.ideas.live())
        absent.update(position=None)

    def _changes(self, decisions, opened, held):
        """Those that say something else than is on record, brought together with what others saved meanwhile."""
        recorded = {decision.idea_id: decision for decision in self.decisions.select_related("idea")}
        changes, clashes = [], []
        for decision in decisions:
            saved, typed = words_of(recorded.get(decision.idea_id), held), words_of(decision, held=())
            if opened is None:
                kept = typed
            else:
                kept, clashing = merge(saved, typed, opened.get(decision.idea_id, {}))
                clashes += [decision.idea.number] if clashing else []
            if kept != saved:
                position = true_place(int(kept["position"] or 0) or None, held)
                changes.append(Decision(idea=decision.idea, **{**kept, "position": position}))
        if clashes:
            raise EditedMeanwhile(_meanwhile(clashes))
        _require_sense([*({**recorded, **{change.idea_id: change for change in changes}}).values()])
        return changes

    def _save_decisions(self, changes, *, by, now):
        self.decisions.filter(idea__in=[change.idea_id for change in changes if change.is_empty]).delete()
        for change in changes:
            change.round, change.decided_by, change.decided_at = self, by, now
        self.decisions.bulk_create(
            [change for change in changes if not change.is_empty],
            update_conflicts=True,
            unique_fields=["idea"],
            update_fields=["outcome", "reasons", "position", "decided_by", "decided_at"],
        )


def _meanwhile(clashes=()):
    where = f" Look at {_listed(clashes)}." if clashes else ""
    return f"Somebody else saved the shortlist after you opened it.{where} What you typed is below."


def _require_sense(decisions):
    """Raise NotReady where places are shared, or given to ideas that aren't accepted."""
    sharing = defaultdict(list)
    for decision in decisions:
        if decision.position:
            sharing[decision.position].append(decision.idea.number)
    if shared := [numbers for numbers in sharing.values() if len(numbers) > 1]:
        raise NotReady(f"{_listed(shared[0]).capitalize()} have the same place on the shortlist.")
    if odd := [d.idea.number for d in decisions if d.position and not d.may_have_place]:
        raise NotReady(
            f"Only an idea that is accepted, or accepted in part, can have a place: look at {_listed(odd)}."
        )


def _listed(numbers):
    names = [str(number) for number in sorted(numbers)]
    return f"idea {names[0]}" if len(names) == 1 else f"ideas {', '.join(names[:-1])} and {names[-1]}"
