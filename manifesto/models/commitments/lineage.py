"""What the ideas stood for that a commitment was drawn from: the sets they were merged into, then and now."""

from dataclasses import dataclass, field

from django.db import models

from profiles.models import Member

from ..idea import Idea
from ..merge import Merge


@dataclass
class Origin:
    """An idea that a commitment was drawn from, with the ideas it stands for besides itself.

    `merged` are those that count for it now. `parted` stood with it when the commitment was drawn and stand by
    themselves since: pairs of the idea, and whether an editor has yet to say what follows from that. `survivor` is the
    idea it counts for itself, if it was merged away.
    """

    source: models.Model
    merged: list = field(default_factory=list)
    parted: list = field(default_factory=list)

    @property
    def idea(self):
        return self.source.idea

    @property
    def survivor(self):
        return self.idea.survivor

    @property
    def undecided(self):
        return [idea for idea, is_undecided in self.parted if is_undecided]


def roots_of(links):
    """The idea that each of the merged ideas counts for in the end, by keys; `links` lead from source to target."""
    roots = {}
    for pk in links:
        root = links[pk]
        while root in links:
            root = links[root]
        roots[pk] = root
    return roots


def origins_of(commitment):
    """The Origins of a commitment, in the order of their numbers, in a fixed number of queries."""
    sources = list(commitment.sources.with_ideas())
    merges = list(Merge.objects.filter(source__round=commitment.round_id).for_lineage()) if sources else []
    now = roots_of({merge.source_id: merge.target_id for merge in merges if merge.is_live})
    then_by_source = {source.pk: _roots_at(merges, source.drawn_at) for source in sources}
    drawn = {source.idea_id for source in sources}
    wanted = {
        pk
        for source in sources
        for roots in (now, then_by_source[source.pk])
        for pk, root in roots.items()
        if root == source.idea_id
    }
    ideas = Idea.objects.published().for_lineage().in_bulk(wanted)
    kept = set(PartedKept.objects.filter(source__in=sources).values_list("source", "idea"))
    return [_origin(source, now, then_by_source[source.pk], ideas, drawn, kept) for source in sources]


def _roots_at(merges, moment):
    return roots_of(
        {
            merge.source_id: merge.target_id
            for merge in merges
            if merge.merged_at <= moment and (merge.is_live or merge.undone_at > moment)
        }
    )


def _origin(source, now, then, ideas, drawn, kept):
    by_number = sorted(ideas.values(), key=lambda idea: idea.number)
    own = [idea for idea in by_number if now.get(idea.pk) == source.idea_id]
    # What moved on together with the idea is no parting.
    here = now.get(source.idea_id, source.idea_id)
    parted = [
        (idea, idea.pk not in drawn and (source.pk, idea.pk) not in kept)
        for idea in by_number
        if then.get(idea.pk) == source.idea_id and now.get(idea.pk, idea.pk) != here
    ]
    return Origin(source, own, parted)


class PartedKept(models.Model):
    """An editor's answer that a commitment stays as drawn, though an idea stands by itself that was in the set then."""

    source = models.ForeignKey("CommitmentSource", on_delete=models.CASCADE, related_name="parted_kept")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="parted_kept")
    kept_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="parted_kept")
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "idea"], name="parted_idea_answered_once")]

    def __str__(self):
        return f"{self.source} without {self.idea}"
