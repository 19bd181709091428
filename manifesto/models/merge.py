from django.db import models, transaction
from django.db.models import F, Q

from profiles.models import Member, Notification

from ..errors import NotAllowedInPhase, NotMergeable
from .authorship import Authorship
from .follow import Follow
from .idea import Idea
from .phase import Action
from .round import Round
from .vote import Tally, Vote


def _locked_tree(*ideas):
    """Every idea that counts for the same ones as `ideas`, by key, as the database has them and held until commit.

    One editor merges in a round at a time, and no vote is counted in the tree meanwhile.
    """
    round = Round.objects.select_for_update(no_key=True).get(pk=ideas[0].round_id)
    current = Idea.objects.filter(pk__in=[idea.pk for idea in ideas]).values_list("pk", "survivor")
    roots = {survivor or pk for pk, survivor in current}
    tree = Idea.objects.filter(Q(pk__in=roots) | Q(survivor__in=roots)).select_for_update().order_by("pk")
    tree = {idea.pk: idea for idea in tree.defer("search").prefetch_related("authorships")}
    for idea in tree.values():
        if idea.round_id == round.pk:
            idea.round = round
    return tree


def _settle(tree, *, now):
    """Make survivors, tallies and co-authors of the locked `tree` what its live merges amount to."""
    links = dict(Merge.objects.live().filter(source__in=tree).values_list("source", "target"))
    above = {pk: _way_up(pk, links) for pk in tree}
    for pk, idea in tree.items():
        idea.survivor_id = above[pk][-1] if above[pk] else None
    Idea.objects.bulk_update(tree.values(), ["survivor"])
    Tally.objects.rebuild(tree.values())
    _settle_authors(tree, above, now=now)


def _way_up(pk, links):
    """The ideas that `pk` was merged into, one after the other; the last is the survivor."""
    way = []
    while pk in links:
        pk = links[pk]
        way.append(pk)
    return way


def _settle_authors(tree, above, *, now):
    """Authors of a merged idea are co-authors of all it was merged into, as long as it is."""
    own = {pk: [a for a in idea.authorships.all() if not a.is_by_merge] for pk, idea in tree.items()}
    wanted = {
        (target, author.member_id, author.credited_as): author
        for pk, authors in own.items()
        for target in above[pk]
        for author in authors
        if (author.member_id or author.credited_as) and not _is_among(author, own[target])
    }
    granted = {
        (pk, author.member_id, author.credited_as): author
        for pk, idea in tree.items()
        for author in idea.authorships.all()
        if author.is_by_merge
    }
    Authorship.objects.filter(pk__in=[granted[key].pk for key in granted.keys() - wanted.keys()]).delete()
    Authorship.objects.bulk_create(
        Authorship(
            idea_id=target,
            member_id=wanted[target, member, name].member_id,
            credited_as=name,
            role=Authorship.Role.CO_AUTHOR,
            accepted_at=now,
            is_by_merge=True,
        )
        for target, member, name in sorted(wanted.keys() - granted.keys(), key=str)
    )


def _is_among(author, authors):
    return (author.member_id, author.credited_as) in {(a.member_id, a.credited_as) for a in authors}


class MergeQuerySet(models.QuerySet):
    def live(self):
        return self.filter(undone_at=None)

    def undone(self):
        return self.exclude(undone_at=None)

    def with_ideas(self):
        return self.select_related("source__round", "target__round", "merged_by", "undone_by").defer(
            "source__search", "target__search"
        )

    def for_lineage(self):
        """What tells which ideas stood together at what time."""
        return self.only("source", "target", "merged_at", "undone_at").order_by("merged_at", "pk")

    def by_latest(self):
        return self.order_by("-merged_at", "-pk")

    def wrong_survivors(self):
        """Pairs of an idea and the survivor, or None, that the live ones of these give it though it has another."""
        links = dict(self.live().values_list("source", "target"))
        ideas = Idea.objects.filter(Q(survivor__isnull=False) | Q(pk__in=links)).select_related("round")
        for idea in ideas.defer("search").by_number():
            way = _way_up(idea.pk, links)
            if idea.survivor_id != (way[-1] if way else None):
                yield idea, Idea.objects.get(pk=way[-1]) if way else None

    def join(self, sources, target, *, by, reason, now):
        """Have `sources` and what was merged into them count for `target`: all of them or none.

        Return the merges. Raise NotMergeable, MergedAway, NotPublished or NotAllowedInPhase.
        """
        with transaction.atomic():
            tree = _locked_tree(target, *sources)
            sources = [tree.get(source.pk, source) for source in sources]
            for source in sources:
                if refusal := source.refusal_to_merge_into(tree[target.pk], now):
                    raise refusal
            merges = self.bulk_create(
                Merge(source=source, target=tree[target.pk], reason=reason, merged_by=by, merged_at=now)
                for source in sources
            )
            _settle(tree, now=now)
            _tell(tree, merges, tree[target.pk], undone=False, now=now)
        return merges

    def join_in_new(self, sources, *, by, reason, now, **fields):
        """Publish a new idea, worded by the editor, and merge `sources` into it. Return the idea.

        Raise what `join` raises; then there is no new idea either.
        """
        with transaction.atomic():
            idea = Idea.receive(now=now, credited_as="Put together by the editors", **fields)
            idea.approve(by=by, now=now)
            self.join(sources, idea, by=by, reason=reason, now=now)
        return idea


def _tell(tree, merges, target, *, undone, now):
    """Tell the authors, supporters and followers of all ideas concerned, each once."""
    authors = Authorship.objects.filter(idea__in=tree, is_by_merge=False).values("member")
    supporters = Vote.objects.not_withdrawn().filter(idea__in=tree).values("member")
    followers = Member.objects.filter(follows__idea__in=tree).values("pk")
    followers = Follow.objects.filter(idea__in=tree).values("member")
    names = ", ".join(f"“{merge.source}”" for merge in merges)
    does = "counts" if len(merges) == 1 else "count"
    again = "each count for themselves again" if len(merges) > 1 else "counts for itself again"
    words = (
        f"{names} no longer {does} together with “{target}”: an editor undid the merge, and {names} {again}. "
        if undone
        else f"An editor merged {names} into “{target}”, because: {merges[0].reason}\n\n"
        "Whoever supports any of them supports the merged idea and is counted once. "
    )
    Notification.objects.tell(
        Member.objects.filter(Q(pk__in=authors) | Q(pk__in=supporters) | Q(pk__in=followers)),
        key=f"merge-{merges[0].pk}{'-undone' if undone else ''}",
        subject="A merge of ideas was undone" if undone else "Ideas have been merged",
        words=words + "You get this once, because you wrote, support or follow one of these ideas.",
        address=target.get_absolute_url(),
        now=now,
    )


class Merge(models.Model):
    """An editor's decision that one idea counts for another; votes stay where they were cast."""

    source = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="merges")
    target = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="merges_into_it")
    reason = models.TextField(
        max_length=2000, help_text="Everybody can read it: on the page of the merged idea and in an e-mail."
    )
    merged_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="merges"
    )
    merged_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="undone_merges"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(undone_at=None), name="merge_once_at_a_time_per_source"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="merge_into_another_idea"),
            models.CheckConstraint(condition=~Q(reason=""), name="merge_has_reason"),
            models.CheckConstraint(
                condition=Q(undone_by=None) | Q(undone_at__isnull=False), name="merge_undone_by_with_time"
            ),
        ]

    def __str__(self):
        return f"“{self.source}” into “{self.target}”"

    @property
    def is_live(self):
        return self.undone_at is None

    def refusal_to_undo(self, now):
        """Why the merge can't be undone now, or None if it can."""
        if not self.is_live:
            return NotMergeable("This merge has been undone already.")
        if not self.source.round.allows(Action.MODERATE, now):
            return NotAllowedInPhase("A merge can be undone only while the round collects or improves ideas.")
        return None

    def supporters_apart(self):
        """How many members would support the source, and what it was merged into, if this were undone now."""
        tree = Idea.objects.filter(Q(pk=self.source.survivor_id) | Q(survivor=self.source.survivor_id))
        links = dict(Merge.objects.live().filter(source__in=tree).values_list("source", "target"))
        freed = [pk for pk in links if self.source_id in (pk, *_way_up(pk, links))]
        votes = Vote.objects.in_trees_of([self.source.survivor_id])
        return votes.filter(idea__in=freed).supporters(), votes.exclude(idea__in=freed).supporters()

    def undo(self, *, by, now):
        """Make everything as if there had been no such merge, with the votes cast and withdrawn in between.

        What was merged into the source goes with it. Raise NotAllowedInPhase or NotMergeable.
        """
        with transaction.atomic():
            tree = _locked_tree(self.source)
            self.refresh_from_db(fields=["undone_at"])
            self.source = tree[self.source_id]
            if refusal := self.refusal_to_undo(now):
                raise refusal
            self.undone_by, self.undone_at = by, now
            self.save(update_fields=["undone_by", "undone_at"])
            _settle(tree, now=now)
            _tell(tree, [self], self.target, undone=True, now=now)
