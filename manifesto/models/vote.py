import secrets

import pgtrigger
from django.db import connection, models, transaction
from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from profiles.models import Member
from profiles.written_once import Planned

from .idea import Idea
from .invalidation import Invalidation
from .phase import Action
from .revision import Revision, wording_triggers
from .round import Round
from .vote_counting import counting_triggers

SUPPORTERS = Count("member", distinct=True) + Count("pk", filter=Q(member=None, is_counted_elsewhere=False))
# Of several votes that one member leaves behind in a tree of merged ideas one counts: the one a register would count;
# none if one of them was invalidated.
LEAVE_NAMELESS = """
    UPDATE manifesto_vote SET member_id = NULL, is_counted_elsewhere = own.place > 1 OR own.invalid > 0
    FROM (
        SELECT vote.id, row_number() OVER (theirs ORDER BY its.survivor_id IS NOT NULL, vote.receipt) AS place,
            count(vote.invalidation_id) OVER theirs AS invalid
        FROM manifesto_vote vote JOIN manifesto_idea its ON its.id = vote.idea_id WHERE vote.member_id = %s
        WINDOW theirs AS (PARTITION BY COALESCE(its.survivor_id, its.id))
    ) own WHERE manifesto_vote.id = own.id
"""
# It never violates a constraint, which would write the member and the idea into the server's log.
GIVE = """
    WITH given AS (
        INSERT INTO manifesto_vote (member_id, idea_id, revision_id, receipt, cast_at, is_counted_elsewhere)
        VALUES (%(member)s, %(idea)s, %(revision)s, %(receipt)s, %(now)s, false)
        ON CONFLICT (member_id, idea_id) DO UPDATE SET withdrawn_at = EXCLUDED.withdrawn_at
        RETURNING id
    )
    INSERT INTO manifesto_votetrace (vote_id, network) SELECT id, %(mark)s::text FROM given WHERE %(mark)s::text <> ''
    ON CONFLICT DO NOTHING
"""
# 32, which a byte's 256 values are evenly spread over.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_receipt():
    """80 random bits, written in 16 letters and digits that are hard to mistake for one another."""
    return "".join(LETTERS[byte % len(LETTERS)] for byte in secrets.token_bytes(16))


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

    def valid(self):
        """Those that no editor has invalidated."""
        return self.filter(invalidation=None)

    def invalidated(self):
        return self.exclude(invalidation=None)

    def not_withdrawn(self):
        """Those that their members stand by, whether they count or not."""
        return self.filter(withdrawn_at=None)

    def counted(self):
        """Those that count. With an invalidated vote a member counts nowhere in its tree of merged ideas, so that
        voting for another idea there doesn't evade it.
        """
        spoilt = Vote.objects.invalidated().with_root()
        spoilt = spoilt.filter(member=models.OuterRef("member"), root=models.OuterRef("root"))
        return self.with_root().valid().filter(is_counted_elsewhere=False).exclude(models.Exists(spoilt))

    def supporters(self):
        """How many members would count if these were the votes of one idea; one whose member has left for good counts
        by itself.
        """
        spoilt = self.invalidated().exclude(member=None).order_by().values("member")
        return self.valid().exclude(member__in=spoilt).aggregate(n=SUPPORTERS)["n"]

    def supporters_by_root(self) -> dict[int, int]:
        """What tallies must say, counted anew: distinct members by the key of the idea that their votes count for."""
        return dict(self.counted().order_by().values_list("root").annotate(n=SUPPORTERS))

    def invalidated_by_idea(self) -> dict[int, int]:
        return dict(self.invalidated().order_by().values_list("idea").annotate(n=Count("pk")))

    def give(self, member, idea, revision, *, now, mark=""):
        """Have the member stand by a vote for the idea: a new one, or the one there is, which they may have withdrawn.

        It is for the revision of that key. One statement, so that none is lost or counted twice however many come at
        once. The `mark` of the network it came from is kept for a while; a vote has the one it was first cast with.
        """
        values = {"member": member.pk, "idea": idea.pk, "revision": revision, "receipt": new_receipt()}
        with Planned().cursor() as cursor:
            cursor.execute(GIVE, {**values, "now": now, "mark": mark})

    def take_back(self, *, now):
        """Delete these votes of a member. An invalidated one stays on record, as one that its member took back."""
        with transaction.atomic():
            # Held first: what is invalidated meanwhile must not be deleted, nor the other way round.
            held = dict(self.select_for_update(of=["self"]).order_by("pk").values_list("pk", "invalidation"))
            valid = [pk for pk, invalidation in held.items() if invalidation is None]
            Vote.objects.filter(pk__in=valid).delete()
            Vote.objects.filter(pk__in=held.keys() - valid, withdrawn_at=None).update(withdrawn_at=now)

    def before_scoring(self, now):
        """In rounds whose experts haven't begun, where what is counted may still change."""
        return self.filter(idea__round__scoring_open_at__gt=now)

    def after_scoring_began(self, now):
        """In rounds where a result holds, or will hold, what they come to."""
        return self.filter(idea__round__scoring_open_at__lte=now)

    def withdrawable(self, now):
        """In rounds that take support, or its withdrawal, now."""
        rounds = Round.objects.filter(votes_open_at__lte=now, votes_close_at__gt=now)
        allowing = [round.pk for round in rounds if round.allows(Action.SUPPORT, now)]
        return self.not_withdrawn().filter(idea__round__in=allowing)

    def withdraw(self, *, now, round=None):
        """Take back those of them that still can be, of one round by its key or of all; give how many."""
        votes = self.withdrawable(now)
        if round is not None:
            votes = votes.filter(idea__round=round)
        number = votes.count()
        votes.take_back(now=now)
        return number

    def standing(self):
        """Those of rounds whose ballots aren't being reduced, where each count can be made anew from the votes."""
        return self.filter(idea__round__ballots_reduced_at=None)

    def of_results_before(self, moment):
        """Those of rounds whose shortlist was published before it."""
        return self.filter(idea__round__shortlist_published_at__lt=moment)

    def reduce(self, *, now):
        """Delete them for good, once what they come to is on record and found right; no count changes by it.

        Raise NotAllowedInPhase before their shortlist is public, NotReady where counts and votes disagree.
        """
        with transaction.atomic():
            for round in Round.objects.filter(ideas__votes__in=self).distinct():
                round.keep_counts(now=now)
            # Nobody withdraws them: what they were counted in stays.
            with pgtrigger.ignore(
                "manifesto.Vote:count_withdrawal", "manifesto.Vote:count_wording_withdrawal"
            ):
                return self.delete()

    def count_by_round(self):
        """Pairs of a round and how many of these are in it, the latest round first."""
        numbers = dict(self.order_by().values_list("idea__round").annotate(n=Count("pk")))
        return [(round, numbers[round.pk]) for round in Round.objects.filter(pk__in=numbers).by_newest()]

    def leave_nameless(self, member):
        """Keep the member's votes as votes of nobody, so that the counts they are in stay as they are."""
        with connection.cursor() as cursor:
            cursor.execute(LEAVE_NAMELESS, [member.pk])

    def with_ideas(self):
        return self.select_related(
            "invalidation", "idea__round", "idea__tally", "idea__survivor__round", "idea__survivor__tally"
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
    # An invalidated vote keeps its row, so that withdrawing it and voting again doesn't evade that.
    invalidation = models.ForeignKey(Invalidation, on_delete=models.PROTECT, null=True, related_name="votes")
    withdrawn_at = models.DateTimeField(null=True)
    is_counted_elsewhere = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Its member has left, and another vote of theirs decides how they count for the same idea.",
    )

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "idea"], name="vote_once_per_member_and_idea"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(invalidation__isnull=False),
                name="vote_withdrawn_stays_only_if_invalidated",
            ),
            models.CheckConstraint(
                condition=Q(is_counted_elsewhere=False) | Q(member=None), name="vote_elsewhere_without_member"
            ),
        ]
        indexes = [
            models.Index(
                fields=["member", "idea"], condition=Q(invalidation__isnull=False), name="vote_invalidated"
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="votes_never_move", fields=["idea", "receipt"]),
            pgtrigger.Protect(
                name="votes_are_cast_valid",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__invalidation__isnull=False),
            ),
            *counting_triggers(),
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

    def of_reduced_ballots(self):
        """{idea's key: how many votes were invalidated} where there are no votes any more."""
        reduced = self.filter(idea__round__ballots_reduced_at__isnull=False)
        return dict(reduced.values_list("idea", "invalidated"))

    def wrong(self):
        """Triples of a tally, perhaps unsaved, and the supporters and invalidated votes it should state.

        Counted from all votes, or from what is left of them, which doesn't say how many were invalidated.
        """
        votes, entries = Vote.objects.standing(), Idea.register_entries.rel.related_model.objects
        counted = votes.supporters_by_root() | entries.of_final_registers().supporters_by_idea()
        invalidated = votes.invalidated_by_idea() | self.of_reduced_ballots()
        tallies = {tally.pk: tally for tally in self.all()}
        for idea in sorted(tallies.keys() | counted.keys() | invalidated.keys()):
            tally = tallies.get(idea) or Tally(idea_id=idea)
            right = counted.get(idea, 0), invalidated.get(idea, 0)
            if (tally.supporters, tally.invalidated) != right:
                yield tally, *right


class Tally(models.Model):
    """How many members support an idea or one that was merged into it, each counted once.

    Triggers on votes keep it, so it is exact under any concurrency. A merged idea has no supporters: they count for
    its survivor. `withdrawn` counts the votes for this very idea that were taken back, `invalidated` those for it that
    don't count.
    """

    idea = models.OneToOneField(Idea, on_delete=models.CASCADE, primary_key=True, related_name="tally")
    supporters = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    invalidated = models.PositiveIntegerField(default=0, db_default=0)

    objects = TallyQuerySet.as_manager()

    def __str__(self):
        return f"{self.supporters} supporters"
