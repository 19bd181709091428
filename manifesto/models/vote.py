import secrets

import pgtrigger
from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from profiles.models import Member

from .idea import Idea
from .revision import Revision, wording_triggers

SUPPORTERS = Count("member", distinct=True) + Count("pk", filter=Q(member=None))


def new_receipt():
    """80 random bits, written in 16 letters and digits that are hard to mistake for one another."""
    return "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(16))


# Both wait for a merge or an undo that is at work on the ideas, and have it wait for them: KEY SHARE against its FOR
# UPDATE. Only then do they look which idea the votes count for. The rows of tallies are locked before members are
# compared, so that one who supports or withdraws twice at once within a tree is seen by the second of the two.
# Everything is locked in the order of keys. Each statement of a function sees what was committed before it began.
COUNT_CAST = """
    PERFORM FROM manifesto_idea WHERE id IN (SELECT idea_id FROM cast_votes) ORDER BY id FOR KEY SHARE;
    FOR tree IN
        SELECT COALESCE(idea.survivor_id, idea.id) AS root, count(*) AS votes
        FROM cast_votes JOIN manifesto_idea idea ON idea.id = cast_votes.idea_id GROUP BY 1 ORDER BY 1
    LOOP
        IF NOT EXISTS (SELECT FROM manifesto_idea WHERE survivor_id = tree.root) THEN
            INSERT INTO manifesto_tally (idea_id, supporters, withdrawn) VALUES (tree.root, tree.votes, 0)
            ON CONFLICT (idea_id) DO UPDATE SET supporters = manifesto_tally.supporters + EXCLUDED.supporters;
        ELSE
            PERFORM FROM manifesto_tally WHERE idea_id = tree.root FOR NO KEY UPDATE;
            UPDATE manifesto_tally SET supporters = supporters + (
                SELECT count(DISTINCT cast_votes.member_id) + count(*) FILTER (WHERE cast_votes.member_id IS NULL)
                FROM cast_votes JOIN manifesto_idea idea ON idea.id = cast_votes.idea_id
                WHERE COALESCE(idea.survivor_id, idea.id) = tree.root AND NOT EXISTS (
                    SELECT FROM manifesto_vote other JOIN manifesto_idea its ON its.id = other.idea_id
                    WHERE other.member_id = cast_votes.member_id
                    AND COALESCE(its.survivor_id, its.id) = tree.root
                    AND other.id NOT IN (SELECT id FROM cast_votes)
                )
            ) WHERE idea_id = tree.root;
        END IF;
    END LOOP;
    RETURN NULL;
"""
# A withdrawal is counted where the vote was cast; support ends where it counted, with the member's last vote there.
COUNT_WITHDRAWN = """
    PERFORM FROM manifesto_idea WHERE id IN (SELECT idea_id FROM withdrawn_votes) ORDER BY id FOR KEY SHARE;
    PERFORM FROM manifesto_tally WHERE idea_id IN (
        SELECT unnest(ARRAY[idea.id, COALESCE(idea.survivor_id, idea.id)])
        FROM withdrawn_votes JOIN manifesto_idea idea ON idea.id = withdrawn_votes.idea_id
    ) ORDER BY idea_id FOR NO KEY UPDATE;
    UPDATE manifesto_tally SET withdrawn = withdrawn + change.withdrawals, supporters = supporters - change.gone
    FROM (
        SELECT idea_id, sum(withdrawals) AS withdrawals, sum(gone) AS gone
        FROM (
            SELECT idea_id, count(*) AS withdrawals, 0 AS gone FROM withdrawn_votes GROUP BY idea_id
            UNION ALL
            SELECT COALESCE(idea.survivor_id, idea.id), 0,
                count(DISTINCT gone.member_id) + count(*) FILTER (WHERE gone.member_id IS NULL)
            FROM withdrawn_votes gone JOIN manifesto_idea idea ON idea.id = gone.idea_id
            WHERE NOT EXISTS (
                SELECT FROM manifesto_vote other JOIN manifesto_idea its ON its.id = other.idea_id
                WHERE other.member_id = gone.member_id
                AND COALESCE(its.survivor_id, its.id) = COALESCE(idea.survivor_id, idea.id)
            ) GROUP BY 1
        ) changes GROUP BY idea_id
    ) change WHERE manifesto_tally.idea_id = change.idea_id;
    RETURN NULL;
"""


def grouped(receipt):
    """A receipt as people read it: in groups of four."""
    return "-".join(receipt[start : start + 4] for start in range(0, len(receipt), 4))


class VoteQuerySet(models.QuerySet):
    def with_root(self):
        """Annotate `root`, the key of the idea that the vote counts for: the survivor of its own idea, or that."""
        return self.annotate(root=Coalesce("idea__survivor_id", "idea_id"))

    def in_tree_of(self, idea):
        """Those that count for the same idea as a vote for `idea` would, as the database has it now."""
        root = Idea.objects.filter(pk=idea.pk).values(root=Coalesce("survivor_id", "pk"))
        return self.with_root().filter(root=models.Subquery(root))

    def in_trees_of(self, ideas):
        """Those for the live `ideas` and for what was merged into them."""
        return self.filter(Q(idea__in=ideas) | Q(idea__survivor__in=ideas))

    def supporters(self):
        """How many members they come from; one whose member has left for good counts by itself."""
        return self.aggregate(n=SUPPORTERS)["n"]

    def supporters_by_root(self) -> dict[int, int]:
        """What tallies must say, counted anew: distinct members by the key of the idea that their votes count for."""
        return dict(self.with_root().order_by().values_list("root").annotate(n=SUPPORTERS))

    def with_ideas(self):
        return self.select_related(
            "idea__round", "idea__tally", "idea__survivor__round", "idea__survivor__tally"
        ).defer("idea__search", "idea__survivor__search")

    def by_latest(self):
        return self.order_by("-cast_at", "-pk")


class Vote(models.Model):
    """A member's support for an idea, in the wording it had at the time. Who supports what is shown to nobody else."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="votes")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="votes")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="votes")
    receipt = models.CharField(max_length=16, unique=True, default=new_receipt, editable=False)
    cast_at = models.DateTimeField()

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "idea"], name="vote_once_per_member_and_idea")
        ]
        triggers = [
            pgtrigger.ReadOnly(name="votes_never_move", fields=["idea", "receipt"]),
            pgtrigger.Trigger(
                name="count_vote",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="cast_votes"),
                declare=[("tree", "RECORD")],
                func=COUNT_CAST,
            ),
            pgtrigger.Trigger(
                name="count_withdrawal",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                referencing=pgtrigger.Referencing(old="withdrawn_votes"),
                func=COUNT_WITHDRAWN,
            ),
            *wording_triggers(),
        ]

    def __str__(self):
        return "A vote"

    @property
    def receipt_text(self):
        return grouped(self.receipt)

    @property
    def counted_for(self):
        """The idea that the vote counts for: its own or what that was merged into."""
        return self.idea.survivor or self.idea


class TallyQuerySet(models.QuerySet):
    def rebuild(self, ideas):
        """Count the supporters of `ideas` anew, whole trees of merged ideas whose rows the caller has locked."""
        counted = Vote.objects.filter(idea__in=ideas).supporters_by_root()
        self.bulk_create(
            [Tally(idea=idea, supporters=counted.get(idea.pk, 0)) for idea in ideas],
            update_conflicts=True,
            unique_fields=["idea"],
            update_fields=["supporters"],
        )

    def wrong(self):
        """Pairs of a tally, perhaps unsaved, and what it should say; counted from all votes."""
        counted = Vote.objects.supporters_by_root()
        tallies = {tally.pk: tally for tally in self.all()}
        for idea in sorted(tallies.keys() | counted.keys()):
            tally = tallies.get(idea) or Tally(idea_id=idea)
            if tally.supporters != counted.get(idea, 0):
                yield tally, counted.get(idea, 0)


class Tally(models.Model):
    """How many members support an idea or one that was merged into it, each counted once.

    Triggers on votes keep it, so it is exact under any concurrency. A merged idea has no supporters: they count for
    its survivor. `withdrawn` counts the votes for this very idea that were taken back.
    """

    idea = models.OneToOneField(Idea, on_delete=models.CASCADE, primary_key=True, related_name="tally")
    supporters = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)

    objects = TallyQuerySet.as_manager()

    def __str__(self):
        return f"{self.supporters} supporters"
