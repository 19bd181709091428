"""What a round's panel of experts comes to: worked out once for each state of the scores, frozen at publication."""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from itertools import starmap

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.functional import cached_property

from profiles.small_cells import FEWEST

from .. import news
from ..analysis import Analysis, analyse
from ..balance import Shared, equal_shares, sequential_pav
from ..coverage import coverage
from ..errors import NotAllowedInPhase, NotReady, Refused
from ..panel import REPLICATES, RULE_VERSION
from ..report import Report
from ..vocabularies import InterestAction
from .phase import Action

# There are so many scores that only the quickest way of hashing them will do; the second number is its seed.
SCORE = "hashint8extended(own.assessment_id, own.criterion_id * 4 + COALESCE(own.half_points, 3))"
OF_ROUND = "JOIN manifesto_idea idea ON idea.id = own.idea_id WHERE idea.round_id = round.id"
# All that an analysis is worked out from, or that decides which answers count: tables, and what matters of their rows.
# One statement sees one moment. The sum of the rows' hashes is the same in whatever order they are read.
INPUTS = [
    ("manifesto_criterion own WHERE own.round_id = round.id", "own.id, own.slug, own.weight, own.position"),
    (
        "manifesto_idea own WHERE own.round_id = round.id",
        "own.id, own.number, own.published_at IS NOT NULL, own.survivor_id, own.organisation_id",
    ),
    (
        f"manifesto_revision own {OF_ROUND}",
        "own.id, own.idea_id, own.number, own.wording",
    ),
    (
        "manifesto_expertterm own WHERE own.round_id = round.id",
        "own.id, own.member_id, own.set_aside_at IS NULL",
    ),
    (
        "manifesto_assessment own JOIN manifesto_expertterm term ON term.id = own.term_id"
        " WHERE term.round_id = round.id",
        "own.id, own.term_id, own.revision_id, own.stage",
    ),
    (
        "manifesto_score own WHERE own.criterion_id"
        " = ANY(ARRAY(SELECT id FROM manifesto_criterion WHERE round_id = round.id))",
        None,
    ),
    (
        "manifesto_conflict own JOIN manifesto_expertterm term ON term.id = own.term_id"
        " WHERE term.round_id = round.id",
        "own.term_id, own.idea_id, own.action",
    ),
    (
        "manifesto_authorship own JOIN manifesto_expertterm term ON term.member_id = own.member_id"
        " JOIN manifesto_idea idea ON idea.id = own.idea_id"
        " WHERE term.round_id = round.id AND idea.round_id = round.id",
        "own.idea_id, own.member_id",
    ),
    (
        "profiles_membership own JOIN manifesto_expertterm term ON term.member_id = own.member_id"
        " WHERE term.round_id = round.id",
        "own.id, own.member_id, own.organisation_id, own.confirmed_at IS NULL, own.ended_at",
    ),
    (
        "manifesto_expertterm_affiliations own JOIN manifesto_expertterm term ON term.id = own.expertterm_id"
        " WHERE term.round_id = round.id",
        "own.expertterm_id, own.organisation_id",
    ),
]
# Ballots are closed when experts begin, so what they come to for each idea says whether they changed.
BALLOTS = [
    INPUTS[1],
    (f"manifesto_tally own {OF_ROUND}", "own.idea_id, own.supporters"),
]


def _hash(rows, values):
    hashed = SCORE if values is None else f"hash_record_extended(ROW({values}), 0)"
    return f"(SELECT COALESCE(sum({hashed}), 0) FROM {rows})"


FINGERPRINT = f"""
    SELECT concat_ws('/', round.shortlist_target, {", ".join(starmap(_hash, BALLOTS))}),
        concat_ws('/', round.slug, round.scoring_open_at, {", ".join(starmap(_hash, INPUTS))})
    FROM manifesto_round round WHERE round.id = %s
"""


@dataclass(frozen=True)
class Balance:
    """What proportional rules choose from the ballots of so many voters: ideas' numbers, in the order chosen."""

    voters: int
    sequential_pav: tuple[int, ...]
    equal_shares: Shared

    def as_plain(self):
        shares = [list(self.equal_shares.paid), list(self.equal_shares.completed)]
        return [self.voters, list(self.sequential_pav), shares]

    @classmethod
    def from_plain(cls, plain):
        voters, pav, shares = plain
        return cls(voters, tuple(pav), Shared(*map(tuple, shares)))


class Analysed(models.Model):
    """What a panel's answers amount to, in values that JSON holds."""

    content = models.JSONField()

    class Meta:
        abstract = True

    @cached_property
    def analysis(self) -> Analysis:
        return Analysis.from_plain(self.content["analysis"])

    @cached_property
    def exclusions(self) -> dict[int, int]:
        """How many experts a conflict keeps from scoring each idea, by number; ideas with none are left out."""
        return dict(self.content["exclusions"])

    @cached_property
    def supporters(self) -> dict[int, int]:
        """How many supported each idea when it was frozen; until then nothing."""
        return dict(self.content.get("supporters", []))

    @cached_property
    def balance(self) -> Balance | None:
        """None where too few voted to show one."""
        return self.content["balance"] and Balance.from_plain(self.content["balance"])

    @cached_property
    def outdated(self) -> dict[int, int]:
        """How many of the scores that count were given to an older wording, likewise."""
        return dict(self.content["outdated"])


class PanelAnalysis(Analysed):
    """What the scores of a round amount to, kept until anything it was worked out from changes.

    `without` holds the numbers of ideas left out of it, for experts who must not see how those stand.
    """

    round = models.ForeignKey("Round", on_delete=models.CASCADE, related_name="panel_analyses")
    without = ArrayField(models.PositiveIntegerField(), default=list)
    fingerprint = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "panel analyses"
        constraints = [
            models.UniqueConstraint(fields=["round", "without"], name="panel_analysis_one_per_selection")
        ]

    def __str__(self):
        return f"Analysis of {self.round}"


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

    @property
    def seed(self):
        """The text that the draws of the bootstrap come from: known before anybody scores."""
        return f"{self.slug}/{RULE_VERSION}"

    def ranking(self, *, now, without=()):
        """Pairs of a public idea and its ranking.Result, best first. Who may see them is the caller's to ask."""
        ideas = self.ideas.live().with_supporters().select_related("theme", "decision")
        by_number = {idea.number: idea for idea in ideas.defer("search", "why", "how", "difference")}
        results = self.panel(now=now, without=without).analysis.results
        return [(by_number[result.idea], result) for result in results if result.idea in by_number]

    def report(self, *, now, without=()) -> Report:
        """The panel's analysis told in rows, words and pictures. Who may see it is the caller's to ask."""
        ideas = (
            self.ideas.live()
            .exclude(number__in=without)
            .with_supporters()
            .select_related("theme", "decision")
        )
        by_number = {idea.number: idea for idea in ideas.defer("search", "why", "how", "difference")}
        return Report(self.panel(now=now, without=without), ideas=by_number, criteria=self.criteria.all())

    def analysis(self, *, now) -> Analysis:
        """All there is to tell about the panel's scores that count now; once published, as it was then."""
        return self.panel(now=now).analysis

    def panel(self, *, now, without=()) -> Analysed:
        """The analysis and what stands beside it, never out of date; once published, as it was then.

        Ideas whose numbers are in `without` are left out until then, as if they weren't in the round.
        """
        if self.is_shortlist_published and hasattr(self, "published_working"):
            return self.published_working
        without = sorted(without)
        kept = self.panel_analyses.filter(without=without).first()
        return kept if kept and kept.fingerprint == self._fingerprint()[0] else self._renew(without, now=now)

    def refusal_to_open_second_look(self, now) -> Refused | None:
        """Why no idea can be looked at again now, or None if some can."""
        if not self.allows(Action.DECIDE, now) or self.allows(Action.SCORE, now):
            return NotAllowedInPhase("A second look opens between the close of scoring and publication.")
        return None

    def open_second_look(self, ideas, *, closes_at, by, now):
        """Open scoring once more for `ideas` alone, until `closes_at`; asked again while open, extend or widen it.

        Raise NotAllowedInPhase before scoring has closed or after publication, NotReady without ideas or for a time
        that has passed.
        """
        with transaction.atomic():
            locked = type(self).objects.select_for_update().get(pk=self.pk)
            if refusal := locked.refusal_to_open_second_look(now):
                raise refusal
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
            locked._tell_of_second_look(now)
        self.refresh_from_db()

    def _tell_of_second_look(self, now):
        for term in self.expert_terms.current(timezone.localdate(now)).select_related("round"):
            if left := term.ideas_left(now).count():
                news.second_look_opened(term, left, closes_at=self.second_look_closes_at, now=now)

    def panel_with_answers(self, *, now):
        """The panel's analysis, and the answers that it was worked out from."""
        while True:
            panel, (wanted, *_) = self.panel(now=now), self._inputs([])
            if panel.fingerprint == self._fingerprint()[0]:
                return panel, wanted["answers"]

    def coverage(self, numbers):
        """What the ideas of these numbers cover of all, by aspect."""
        ideas = (
            self.ideas.live()
            .select_related("theme")
            .only("round", "number", "theme__name", "areas", "level", "ogp_values")
        )
        return coverage({idea.number: idea.aspects for idea in ideas}, numbers)

    def _renew(self, without, *, now):
        """Work the analysis out anew, unless somebody else has while we waited for them.

        The round's row is held against publication only: experts go on scoring meanwhile.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT FROM manifesto_round WHERE id = %s FOR KEY SHARE", [self.pk])
            blank = self.panel_analyses.model(round=self, without=without, content={}, computed_at=now)
            self.panel_analyses.bulk_create([blank], ignore_conflicts=True)
            kept = self.panel_analyses.select_for_update().get(without=without)
            self.expert_terms.conflicts().record_found(self, now=now)
            while kept.fingerprint != (fingerprint := self._fingerprint())[0]:
                inputs = self._inputs(without)
                # Somebody may have saved a score while the others were read.
                if fingerprint == self._fingerprint():
                    kept.fingerprint, ballots = fingerprint
                    if kept.content.get("ballots") != ballots:
                        kept.content = {"ballots": ballots, "balance": self._balance(without)}
                    kept.content, kept.computed_at = {**kept.content, **_work_out(*inputs)}, now
                    kept.save()
        return kept

    def _fingerprint(self):
        """Texts that change when anything an analysis is worked out from does, and when the ballots do."""
        with connection.cursor() as cursor:
            cursor.execute(FINGERPRINT, [self.pk])
            ballots, rest = cursor.fetchone()
        everything = f"{RULE_VERSION}/{REPLICATES}/{ballots}/{rest}"
        return sha256(everything.encode()).hexdigest(), ballots

    def _inputs(self, without):
        """What `analyse` takes, and for each number of an idea the exclusions and the scores of an older wording."""
        numbers = list(self.ideas.live().exclude(number__in=without).values_list("number", flat=True))
        terms = self.expert_terms.filter(set_aside_at=None)
        answers, beside = terms.answers(), terms.conflicts().filter(idea__number__in=numbers)
        wanted = {
            "answers": {number: answers.get(number, {}) for number in numbers},
            "weights": dict(self.criteria.values_list("slug", "weight")),
            "places": self.shortlist_target,
            "seed": self.seed,
            "declared": list(beside.declared_only().values_list("idea__number", "term")),
        }
        excluded = beside.excluding().values_list("idea__number", flat=True)
        outdated = terms.counted().for_older_wording().values_list("revision__idea__number", flat=True)
        return (
            wanted,
            Counter(excluded),
            Counter(number for number in outdated if number in wanted["answers"]),
        )

    def _balance(self, without):
        """The balanced sets in plain values, None where too few voted. The ballots go no further than this."""
        ballots = {}
        for number, member, vote in self.ideas.exclude(number__in=without).votes_that_count():
            # Whose member has left for good stands by itself.
            ballots.setdefault(member or -vote, set()).add(number)
        if len(ballots) < FEWEST:
            # A set chosen from fewer ballots would tell who supports what.
            return None
        pav = sequential_pav(ballots, self.shortlist_target)
        shares = equal_shares(ballots, self.shortlist_target)
        return Balance(len(ballots), tuple(pav), shares).as_plain()


def _work_out(wanted, exclusions, outdated):
    return {
        "analysis": analyse(**wanted).as_plain(),
        "exclusions": sorted(exclusions.items()),
        "outdated": sorted(outdated.items()),
    }
