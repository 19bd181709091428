from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from ogp_network.datasets import few_at_a_time

from .idea import Idea
from .phase import Phase
from .round import Round
from .vote import Tally, Vote, grouped

# A vote says when it was asked for: it may have been on its way while a register was made, as long as a request takes.
IN_FLIGHT = timedelta(minutes=1)

# One statement sees one moment, so codes and counts agree however many vote meanwhile. A supporter of several ideas
# that were merged counts under the survivor with one code: that of the survivor itself, else the first by letter. With
# an invalidated vote among them, none of a member's codes there counts.
COUNTED_CODES = """
    SELECT idea.id,
        COALESCE(array_agg(code.receipt ORDER BY code.receipt) FILTER (WHERE invalid = 0 AND place = 1), '{}'),
        COALESCE(array_agg(code.receipt ORDER BY code.receipt) FILTER (WHERE invalid = 0 AND place > 1), '{}'),
        COALESCE(array_agg(code.receipt ORDER BY code.receipt) FILTER (WHERE invalid > 0), '{}'),
        COALESCE((
            SELECT sum(tally.withdrawn) FROM manifesto_tally tally
            JOIN manifesto_idea its ON its.id = tally.idea_id
            WHERE COALESCE(its.survivor_id, its.id) = idea.id
        ), 0)
    FROM manifesto_idea idea
    LEFT JOIN (
        SELECT root, receipt, is_elsewhere + row_number() OVER (theirs ORDER BY is_merged, receipt) AS place,
            count(invalidation_id) OVER theirs AS invalid
        FROM (
            SELECT COALESCE(its.survivor_id, its.id) AS root, vote.receipt, vote.invalidation_id,
                vote.is_counted_elsewhere::integer AS is_elsewhere,
                its.survivor_id IS NOT NULL AS is_merged, COALESCE(vote.member_id, -vote.id) AS member
            FROM manifesto_vote vote JOIN manifesto_idea its ON its.id = vote.idea_id
            WHERE its.round_id = %(round)s
        ) votes WINDOW theirs AS (PARTITION BY root, member)
    ) code ON code.root = idea.id
    WHERE idea.round_id = %(round)s AND idea.published_at IS NOT NULL AND idea.survivor_id IS NULL
    GROUP BY idea.id
"""


class CountRegisterQuerySet(models.QuerySet):
    def latest_of_each_round(self):
        return self.select_related("round").order_by("round", "-made_on").distinct("round")

    def announced(self):
        return self.exclude(round__announced_at=None)

    def version(self):
        """What is another as soon as a round has a later register: no register changes once it is made."""
        latest = self.announced().latest_of_each_round().values_list("pk", flat=True)
        return ".".join(map(str, latest))

    def final(self):
        """Those that stand for the votes of rounds whose ballots are reduced."""
        return self.filter(round__ballots_reduced_at__isnull=False).latest_of_each_round()

    def by_latest(self):
        return self.order_by("-made_on", "-pk")

    def make(self, round, *, now):
        """The register of the local day that `now` falls on: the one made before, else a new one."""
        if round.ballots_reduced_at:
            # There is nothing left to count anew.
            return self.filter(round=round).by_latest().first()
        made_on = timezone.localdate(now)
        with transaction.atomic():
            register, is_new = self.get_or_create(round=round, made_on=made_on, defaults={"made_at": now})
            if is_new:
                register._count()
        return register

    def make_due(self, *, now):
        """Today's registers of all rounds with votes that can still change or did so this week; their number."""
        week = timezone.timedelta(days=7)
        rounds = [
            round
            for round in Round.objects.announced().filter(votes_close_at__gte=now - week)
            if round.phase_at(now) != Phase.UPCOMING
        ]
        for round in rounds:
            self.make(round, now=now)
        return len(rounds)


class CountRegister(models.Model):
    """The receipt codes that counted in a round on one day, so that anybody can recount and every voter can check."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="registers")
    made_on = models.DateField()
    made_at = models.DateTimeField()

    objects = CountRegisterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "made_on"], name="register_one_per_round_and_day")
        ]

    def __str__(self):
        return f"Count register of {self.round}, {self.made_on}"

    def get_absolute_url(self):
        return reverse("manifesto:register_detail", args=[self.round.slug, self.made_on.isoformat()])

    def _count(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO manifesto_registerentry "
                "(register_id, idea_id, counted, elsewhere, not_counted, withdrawn) "
                f"SELECT %(register)s, * FROM ({COUNTED_CODES}) entries",
                {"register": self.pk, "round": self.round_id},
            )

    def wrong_tallies(self):
        """Where the tally of an idea says another number than the register, in words."""
        listed = self.entries.supporters_by_idea()
        tallies = Tally.objects.filter(idea__round=self.round).values_list("idea", "supporters")
        for idea, supporters in tallies:
            if supporters != listed.get(idea, 0):
                yield f"{self}: of idea {idea} it lists {listed.get(idea, 0)} codes, the tally says {supporters}"

    def lines(self):
        """The published file row by row: idea's number, what the row states, code, and how many.

        Sorted by idea and code, which is random: no order in it tells who voted when. One idea is in memory at a time.
        """
        yield ("idea", "statement", "code", "number")
        for entry in few_at_a_time(self.entries.with_ideas().by_number(), 1):
            yield from entry.lines()

    def faults(self):
        """What in it contradicts the votes as they are now, in words; votes cast since are no fault."""
        if self.round.ballots_reduced_at:
            # It is what is left of the votes; tallies are compared with it.
            return
        listed = {code for entry in self.entries.all() for code in entry.codes}
        votes = Vote.objects.filter(idea__round=self.round)
        standing = dict(votes.values_list("receipt", "cast_at"))
        certain = self.made_at - IN_FLIGHT
        missing = sum(code not in listed and cast_at < certain for code, cast_at in standing.items())
        if missing:
            yield f"{self}: {missing} older votes are not in it"
        gone = sum(code not in standing for code in listed)
        withdrawn = sum(Tally.objects.filter(idea__round=self.round).values_list("withdrawn", flat=True))
        before = sum(self.entries.values_list("withdrawn", flat=True))
        if gone > withdrawn - before:
            yield f"{self}: {gone} codes have no vote, but only {withdrawn - before} were withdrawn since"


class RegisterEntryQuerySet(models.QuerySet):
    def of_final_registers(self):
        return self.filter(register__in=CountRegister.objects.final().values("pk"))

    def supporters_by_idea(self) -> dict[int, int]:
        return dict(self.values_list("idea", F("counted__len")))

    def with_ideas(self):
        return self.select_related("idea__round").defer("idea__search")

    def with_counts(self):
        """Annotate `counted_number`, `elsewhere_number` and `not_counted_number`, without loading the codes."""
        return self.annotate(
            counted_number=F("counted__len"),
            elsewhere_number=F("elsewhere__len"),
            not_counted_number=F("not_counted__len"),
        ).defer("counted", "elsewhere", "not_counted")

    def by_number(self):
        return self.order_by("idea__number")

    def latest(self):
        """Those of the latest register of each round that people know of."""
        registers = CountRegister.objects.announced().latest_of_each_round()
        return self.filter(register__in=registers.values("pk"))

    def for_data(self):
        """Everything open data says of them, round by round."""
        with_ideas = self.with_ideas().select_related("register__round")
        return with_ideas.order_by("register__round", "idea__number")


class RegisterEntry(models.Model):
    """One idea's part of a register: the codes counted, those of people counted with another code, those that were
    invalidated, and withdrawals.
    """

    register = models.ForeignKey(CountRegister, on_delete=models.CASCADE, related_name="entries")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="register_entries")
    counted = ArrayField(models.CharField(max_length=16))
    elsewhere = ArrayField(models.CharField(max_length=16))
    not_counted = ArrayField(models.CharField(max_length=16), default=list)
    withdrawn = models.PositiveIntegerField()

    objects = RegisterEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "idea"], name="register_entry_one_per_idea")
        ]

    def __str__(self):
        return f"Entry of idea {self.idea_id}"

    @property
    def codes(self):
        return [*self.counted, *self.elsewhere, *self.not_counted]

    def lines(self):
        """What it states, row by row: idea's number, what the row states, code, and how many."""
        number = self.idea.number
        yield (number, "supporters", "", len(self.counted))
        yield (number, "withdrawn", "", self.withdrawn)
        yield from ((number, "counted", grouped(code), "") for code in self.counted)
        yield from ((number, "counted elsewhere", grouped(code), "") for code in self.elsewhere)
        yield from ((number, "not counted", grouped(code), "") for code in self.not_counted)
