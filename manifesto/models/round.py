from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from meetings.models import Meeting
from ogp_network import markdown
from profiles.models import Member
from profiles.vocabularies import Area

from .. import news
from ..errors import EditedMeanwhile, NotAllowedInPhase, NotReady, Refused
from ..ranking import Result, rank


def _day_and_time(moment):
    return date_format(timezone.localtime(moment), r"j F Y \a\t H:i")


class Phase(models.TextChoices):
    """Where a round stands; always derived from its dates, never stored."""

    UPCOMING = "upcoming", "Coming soon"
    CROWDSOURCING = "crowdsourcing", "Collecting ideas"
    REFINEMENT = "refinement", "Improving ideas"
    PRIORITISATION = "prioritisation", "Experts at work"
    SHORTLISTED = "shortlisted", "Shortlist published"
    PRESENTED = "presented", "Given to government"


class Action(models.TextChoices):
    """What somebody may want to do in a round."""

    SUBMIT = "submit"
    CAPTURE = "capture"
    SUPPORT = "support"
    MODERATE = "moderate"
    IMPROVE = "improve"
    COMMENT = "comment"
    INVITE = "invite"
    SCORE = "score"
    DECIDE = "decide"


ALLOWED = {
    Phase.UPCOMING: set(),
    Phase.CROWDSOURCING: {
        Action.SUBMIT,
        Action.CAPTURE,
        Action.SUPPORT,
        Action.MODERATE,
        Action.IMPROVE,
        Action.COMMENT,
    },
    Phase.REFINEMENT: {
        Action.CAPTURE,
        Action.SUPPORT,
        Action.MODERATE,
        Action.IMPROVE,
        Action.COMMENT,
        Action.INVITE,
    },
    Phase.PRIORITISATION: {Action.SCORE, Action.DECIDE},
    Phase.SHORTLISTED: set(),
    Phase.PRESENTED: set(),
}


@dataclass(frozen=True)
class Step:
    """A phase on a round's timeline, with the moments it starts and ends at where they are known."""

    phase: Phase
    starts_at: datetime | None
    ends_at: datetime | None
    is_current: bool
    is_done: bool


class RoundQuerySet(models.QuerySet):
    def announced(self):
        return self.exclude(announced_at=None)

    def taking_ideas(self, now):
        return self.announced().filter(
            ideas_open_at__lte=now, ideas_close_at__gt=now, shortlist_published_at=None
        )

    def by_newest(self):
        return self.order_by("-ideas_open_at", "-pk")

    def with_totals(self):
        """Annotate `idea_count`, public ideas, and `support_count`, how often members support one of them."""
        ideas = self.model.ideas.rel.related_model.objects.live().filter(round=models.OuterRef("pk"))
        total = ideas.order_by().values("round")
        return self.annotate(
            idea_count=Coalesce(models.Subquery(total.values(n=models.Count("pk"))), 0),
            support_count=Coalesce(models.Subquery(total.values(n=models.Sum("tally__supporters"))), 0),
        )

    def in_focus(self, now):
        """The round to show first: one that takes ideas, else the last one begun, else the next; or None."""
        rounds = sorted(self.by_newest(), key=lambda round: round.phase_at(now) != Phase.CROWDSOURCING)
        begun = [round for round in rounds if round.phase_at(now) != Phase.UPCOMING]
        return next(iter(begun), None) or next(reversed(rounds), None)

    def with_idea_count(self):
        """Annotate `idea_count`: how many ideas are public and not merged into another."""
        live = Q(ideas__published_at__isnull=False, ideas__survivor=None)
        return self.annotate(idea_count=models.Count("ideas", filter=live))


class Round(models.Model):
    """One crowdsourcing exercise, from the first idea to what was given to government."""

    title = models.CharField(max_length=150)
    slug = models.SlugField(max_length=80, unique=True, help_text="The last part of the page's address.")
    summary = models.CharField(max_length=300, help_text="One sentence for lists and search engines.")
    introduction = models.TextField(help_text="What the round is for and how it works. Markdown.")
    introduction_html = models.TextField(editable=False)
    area = models.CharField(
        "nation or region", max_length=9, choices=Area, blank=True, help_text="Leave empty for the whole UK."
    )
    announced_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was made public. Until then only editors see it."
    )
    ideas_open_at = models.DateTimeField()
    ideas_close_at = models.DateTimeField()
    votes_open_at = models.DateTimeField()
    votes_close_at = models.DateTimeField(
        help_text="May be later than the last day for ideas, but not after scoring opens."
    )
    scoring_open_at = models.DateTimeField(help_text="From then on wordings, votes and weights are fixed.")
    scoring_close_at = models.DateTimeField()
    shortlist_target = models.PositiveSmallIntegerField(
        "ideas to shortlist", default=10, help_text="How many ideas the expert group aims to shortlist."
    )
    shortlist_version = models.PositiveIntegerField(default=0, editable=False)
    shortlist_published_at = models.DateTimeField(null=True, blank=True, editable=False)
    shortlist_published_by = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="published_shortlists",
    )
    shortlist_working = models.JSONField(null=True, editable=False)
    presented_at = models.DateTimeField(
        null=True, blank=True, help_text="When the shortlist was given to government."
    )
    meetings = models.ManyToManyField(Meeting, blank=True, related_name="rounds")

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ideas_close_at__gt=F("ideas_open_at")),
                name="round_ideas_close_after_they_open",
                violation_error_message="The last day for ideas must be later than the first.",
            ),
            models.CheckConstraint(
                condition=Q(votes_open_at__gte=F("ideas_open_at")) & Q(votes_close_at__gt=F("votes_open_at")),
                name="round_votes_within_dates",
                violation_error_message="Votes open with the ideas or later, and close after they open.",
            ),
            models.CheckConstraint(
                condition=Q(scoring_open_at__gte=F("ideas_close_at"))
                & Q(scoring_open_at__gte=F("votes_close_at")),
                name="round_scoring_after_ideas_and_votes",
                violation_error_message="Scoring opens once ideas and votes have closed.",
            ),
            models.CheckConstraint(
                condition=Q(scoring_close_at__gt=F("scoring_open_at")),
                name="round_scoring_closes_after_it_opens",
                violation_error_message="Scoring must close after it opens.",
            ),
            models.CheckConstraint(
                condition=Q(presented_at=None) | Q(shortlist_published_at__isnull=False),
                name="round_presented_after_shortlist",
                violation_error_message="Publish the shortlist before it is given to government.",
            ),
        ]
        permissions = [
            ("score_round", "Can score ideas and prepare the shortlist"),
            ("publish_shortlist", "Can publish the shortlist"),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.introduction_html = markdown.render(self.introduction)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("manifesto:round_detail", args=[self.slug])

    def clean(self):
        super().clean()
        now = timezone.now()
        moments = {"announced_at": self.announced_at, "presented_at": self.presented_at}
        if late := [name for name, moment in moments.items() if moment and moment > now]:
            raise ValidationError(dict.fromkeys(late, "This can't be in the future."))

    @property
    def place(self):
        return self.get_area_display() if self.area else "United Kingdom"

    @property
    def is_shortlist_published(self):
        return self.shortlist_published_at is not None

    def phase_at(self, now) -> Phase:
        """Where the round stands. One nobody knows of is upcoming, whatever its dates."""
        return self._dated_phase(now) if self.announced_at else Phase.UPCOMING

    def _dated_phase(self, now):
        """The one place that compares the round's dates with the clock."""
        if self.presented_at:
            return Phase.PRESENTED
        if self.shortlist_published_at:
            return Phase.SHORTLISTED
        if now >= self.scoring_open_at:
            return Phase.PRIORITISATION
        if now >= self.ideas_close_at:
            return Phase.REFINEMENT
        if now >= self.ideas_open_at:
            return Phase.CROWDSOURCING
        return Phase.UPCOMING

    def timeline_at(self, now) -> list[Step]:
        """The phases from the first idea to government, in order."""
        spans = {
            Phase.CROWDSOURCING: (self.ideas_open_at, self.ideas_close_at),
            Phase.REFINEMENT: (self.ideas_close_at, self.scoring_open_at),
            Phase.PRIORITISATION: (self.scoring_open_at, self.scoring_close_at),
            Phase.SHORTLISTED: (self.shortlist_published_at, None),
            Phase.PRESENTED: (self.presented_at, None),
        }
        current = list(Phase).index(self.phase_at(now))
        return [
            Step(
                phase,
                *span,
                is_current=list(Phase).index(phase) == current,
                is_done=list(Phase).index(phase) < current,
            )
            for phase, span in spans.items()
        ]

    def allows(self, action: Action, now) -> bool:
        """Whether the phase allows it and, where the action has a window of its own, that is open too."""
        windows = {
            Action.SUPPORT: (self.votes_open_at, self.votes_close_at),
            Action.SCORE: (self.scoring_open_at, self.scoring_close_at),
        }
        opens, closes = windows.get(action, (now, None))
        return action in ALLOWED[self.phase_at(now)] and opens <= now and (closes is None or now < closes)

    def why_no_ideas(self, now) -> str:
        """The sentence that tells a member why no idea can be submitted now."""
        if now < self.ideas_open_at:
            return f"This round opens for ideas on {_day_and_time(self.ideas_open_at)}."
        return f"This round stopped taking ideas on {_day_and_time(self.ideas_close_at)}."

    def why_no_votes(self, now) -> str:
        """The sentence that tells a member why support can't be given or withdrawn now."""
        if now < self.votes_open_at:
            return f"You can support ideas in this round from {_day_and_time(self.votes_open_at)}."
        return f"Support for ideas in this round closed on {_day_and_time(self.votes_close_at)}."

    def why_no_comments(self, now) -> str:
        """The sentence that tells a member why ideas can't be discussed now."""
        if now < self.ideas_open_at:
            return f"Ideas in this round can be discussed from {_day_and_time(self.ideas_open_at)}."
        return (
            f"Discussion closed on {_day_and_time(self.scoring_open_at)}, when the experts began their work."
        )

    def why_no_scores(self, now) -> str:
        """The sentence that tells an expert why ideas can't be scored now."""
        if now < self.scoring_open_at:
            return f"Scoring opens on {_day_and_time(self.scoring_open_at)}."
        if self.is_shortlist_published:
            return "Scoring ended when the shortlist was published."
        return f"Scoring closed on {_day_and_time(self.scoring_close_at)}."

    def has_begun_scoring(self, now) -> bool:
        """Whether wordings, votes, criteria and weights are fixed for good, even should nobody know of the round."""
        return self._dated_phase(now) in (Phase.PRIORITISATION, Phase.SHORTLISTED, Phase.PRESENTED)

    def refusal_to_rank(self, now) -> Refused | None:
        """Why there is no ranking yet, or None if there can be one."""
        if not self.has_begun_scoring(now):
            return NotAllowedInPhase(f"There is nothing to rank yet. {self.why_no_scores(now)}")
        return None

    def ranking(self):
        """Pairs of a public idea and its ranking.Result, best first. Who may see them is the caller's to ask.

        Once published it stays as it was: an expert who joins an organisation later doesn't change the past.
        """
        ideas = self.ideas.live().with_supporters().select_related("theme", "decision")
        by_number = {idea.number: idea for idea in ideas.defer("search", "why", "how", "difference")}
        results = self._published_results() or self._results(by_number)
        return [(by_number[result.idea], result) for result in results if result.idea in by_number]

    def _results(self, numbers):
        answers = self.expert_terms.answers()
        weights = dict(self.criteria.values_list("slug", "weight"))
        return rank({number: answers.get(number, {}) for number in numbers}, weights)

    def _published_results(self):
        return [Result.from_plain(plain) for plain in self.shortlist_working or ()]

    def next_number(self):
        """The number of the next idea. The caller's transaction holds the round's row until it ends."""
        Round.objects.select_for_update(no_key=True).get(pk=self.pk)
        return (self.ideas.aggregate(last=models.Max("number"))["last"] or 0) + 1

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
            locked = Round.objects.select_for_update().get(pk=self.pk)
            if not locked.allows(Action.DECIDE, now):
                raise NotAllowedInPhase(
                    "Decisions can be prepared between the opening of scoring and publication."
                )
            if locked.shortlist_version != version:
                raise EditedMeanwhile(
                    "Somebody else saved the shortlist after you opened it. What you typed is below."
                )
            Round.objects.filter(pk=self.pk).update(shortlist_version=version + 1)
            self._replace_decisions(decisions, by=by, now=now)
        self.shortlist_version = version + 1

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

    def publish_shortlist(self, *, by, now, version=None):
        """Publish every decision of the round at once; a second call changes nothing.

        `version`, if given, is the board's as `by` last read it. Raise EditedMeanwhile if there is a later one,
        NotAllowedInPhase before prioritisation, NotReady while an idea lacks its decision or reasons, nothing is
        shortlisted, or the places are not 1, 2, 3…
        """
        with transaction.atomic():
            locked = Round.objects.select_for_update().get(pk=self.pk)
            if not locked.is_shortlist_published:
                if refusal := locked.refusal_to_publish_shortlist(now):
                    raise refusal
                if version not in (None, locked.shortlist_version):
                    raise EditedMeanwhile(
                        "Somebody saved the shortlist after you opened this page. Please read it once more."
                    )
                locked.shortlist_published_at, locked.shortlist_published_by = now, by
                locked.shortlist_working = [result.as_plain() for _, result in locked.ranking()]
                locked.save(
                    update_fields=["shortlist_published_at", "shortlist_published_by", "shortlist_working"]
                )
                news.shortlist_published(locked, now=now)
        self.refresh_from_db()


class ThemeQuerySet(models.QuerySet):
    def with_idea_count(self):
        """Annotate `idea_count`: how many ideas under the theme are public and not merged into another."""
        live = Q(ideas__published_at__isnull=False, ideas__survivor=None)
        return self.annotate(idea_count=models.Count("ideas", filter=live)).order_by("position", "pk")


class Theme(models.Model):
    """A heading that a round groups its ideas under."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="themes")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=60)
    description = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = ThemeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "slug"],
                name="theme_slug_unique_in_round",
                violation_error_message="The round has a theme with this address already.",
            )
        ]

    def __str__(self):
        return self.name
