from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from profiles.models import Member, Membership, Organisation

from ..errors import (
    ConflictOfInterest,
    NotAnExpert,
    NotPublished,
    NotReady,
    Refused,
    ScoringClosed,
)
from .idea import Authorship, Revision
from .round import Action, Round


class Criterion(models.Model):
    """A question that every expert answers for every idea, with what the answers mean."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="criteria")
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=60)
    description = models.CharField(max_length=300, blank=True)
    weight = models.PositiveSmallIntegerField(default=1, help_text="Fixed once scoring opens.")
    anchor_zero = models.CharField("0 means", max_length=200)
    anchor_half = models.CharField("½ means", max_length=200)
    anchor_one = models.CharField("1 means", max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "criteria"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "slug"],
                name="criterion_slug_unique_in_round",
                violation_error_message="The round has a criterion with this address already.",
            )
        ]

    def __str__(self):
        return self.name


class ExpertTermQuerySet(models.QuerySet):
    def current(self, today):
        return self.filter(starts_on__lte=today).filter(Q(ends_on=None) | Q(ends_on__gte=today))

    def for_member(self, member):
        return self.filter(member=member)

    def with_scores(self):
        """Those who have answered at least one criterion of one idea."""
        answered = Score.objects.filter(assessment__term=OuterRef("pk"), half_points__isnull=False)
        return self.filter(Exists(answered))

    def serving(self, member, today):
        """The term that `member` serves today. Raise NotAnExpert."""
        term = self.for_member(member).first()
        if term is None:
            raise NotAnExpert("You are not on this round's expert group.")
        if not term.is_current(today):
            raise NotAnExpert("Your time on the expert group has ended or not begun.")
        return term

    def answers(self):
        """What these experts of one round answered and what counts, as `ranking.rank` takes it.

        {idea's number: {term: {criterion's slug: half-points, or None for "don't know"}}}
        """
        counted = Assessment.objects.filter(term__in=self).counted()
        rows = Score.objects.filter(assessment__in=counted).values_list(
            "assessment__revision__idea__number", "assessment__term", "criterion__slug", "half_points"
        )
        answers = {}
        for number, term, criterion, half_points in rows:
            answers.setdefault(number, {}).setdefault(term, {})[criterion] = half_points
        return answers


def _is_conflicted(*, term, member, idea):
    """The rule of automatic exclusion: the expert wrote the idea or belongs to the organisation behind it.

    An idea that was merged into it counts as part of it; its authors are co-authors.
    """
    behind = Q(organisation__ideas=idea) | Q(organisation__ideas__survivor=idea)
    return (
        Exists(Authorship.objects.filter(member=member, idea=idea))
        | Exists(Membership.objects.current().confirmed().filter(behind, member=member))
        | Exists(ExpertTerm.affiliations.through.objects.filter(behind, expertterm=term))
    )


class ExpertTerm(models.Model):
    """A member's time on a round's expert group, with the interests they declared on joining."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="expert_terms")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="expert_terms")
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day", null=True, blank=True)
    affiliations = models.ManyToManyField(
        Organisation, blank=True, help_text="Organisations this expert works for, advises or belongs to."
    )
    interests = models.TextField("declared interests", max_length=2000, blank=True)

    objects = ExpertTermQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "expert group"
        constraints = [
            models.UniqueConstraint(
                fields=["member", "round"],
                name="expert_term_once_per_round",
                violation_error_message="This member is on the round's expert group already.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="expert_term_ends_after_it_starts",
                violation_error_message="The last day can't be before the first.",
            ),
        ]

    def __str__(self):
        return f"{self.member} ({self.round})"

    def is_current(self, today):
        return self.starts_on <= today and (self.ends_on is None or today <= self.ends_on)

    def take_up(self):
        """Save the term and let the member into the admin as an expert."""
        with transaction.atomic():
            self.save()
            self.member.appoint("Experts")

    def conflicted_ideas(self):
        """Ideas of the round this expert wrote, or put forward for an organisation they belong to."""
        conflict = _is_conflicted(
            term=self.pk,
            member=self.member_id,
            idea=OuterRef("pk"),
        )
        return self.round.ideas.live().filter(conflict).order_by("number")

    def ideas_to_score(self):
        """Public ideas of the round that this expert may score, in the order they came in."""
        conflicted = self.conflicted_ideas().order_by().values("pk")
        return self.round.ideas.live().exclude(pk__in=conflicted).defer("search").order_by("number")

    def scored_ideas(self):
        """Of those, the ones with an answer for every criterion, if only "don't know"."""
        return self.ideas_to_score().filter(self._has_answered())

    def unscored_ideas(self):
        """Of those, the ones without an answer for every criterion, least scored by the panel first."""
        return (
            self.ideas_to_score()
            .exclude(self._has_answered())
            .annotate(assessments=models.Count("revisions__assessments"))
            .order_by("assessments", "number")
        )

    def _has_answered(self):
        return Exists(Assessment.objects.filter(term=self, revision__idea=OuterRef("pk")).complete())

    def next_idea(self, *, after):
        """The unscored idea to go on with from the idea `after`, going round, so that skipping one moves on."""
        ideas = list(self.unscored_ideas())
        place = ideas.index(after) if after in ideas else len(ideas)
        return next(iter(ideas[place + 1 :] + ideas[:place]), None)

    def has_finished(self):
        return not self.unscored_ideas().exists()

    def refusal_to_see_ranking(self, now) -> Refused | None:
        """Why this expert can't see the panel's scores yet, or None: none should be swayed by another's."""
        if refusal := self.round.refusal_to_rank(now):
            return refusal
        left = self.unscored_ideas().count()
        if not left:
            return None
        if self.round.allows(Action.SCORE, now):
            ideas = "1 idea" if left == 1 else f"{left} ideas"
            return NotReady(f"You have {ideas} left to score. The ranking opens to you after the last one.")
        return NotReady(
            "Scoring has closed, and the ranking is open only to those who scored all their ideas."
        )

    def refusal_to_score(self, idea, now) -> Refused | None:
        """Why this expert can't score the idea now, or None if they can."""
        if not self.is_current(timezone.localdate(now)):
            return NotAnExpert("Your time on the expert group has ended or not begun.")
        if idea.round_id != self.round_id or not idea.is_live:
            return NotPublished("This idea is not among those to score.")
        if self.conflicted_ideas().filter(pk=idea.pk).exists():
            return ConflictOfInterest(
                "You wrote this idea or belong to the organisation behind it, so you can't score it."
            )
        if not self.round.allows(Action.SCORE, now):
            return ScoringClosed(self.round.why_no_scores(now))
        return None

    def assessment_of(self, idea):
        """This expert's latest assessment of the idea, or None."""
        return self.assessments.filter(revision__idea=idea).counted().first()

    def assess(self, idea, scores, *, now, note=""):
        """Record this expert's scores for the idea's current wording; an earlier answer is replaced.

        `scores` maps each criterion of the round to 0, 1 or 2 half-points, or None for "don't know". Raise
        ScoringClosed, NotAnExpert, NotPublished, ConflictOfInterest, or NotReady without an answer for each.
        """
        with transaction.atomic():
            # Held until the scores are in, so that none can slip in behind the publication of the shortlist.
            self.round = Round.objects.select_for_update(no_key=True).get(pk=self.round_id)
            if refusal := self.refusal_to_score(idea, now):
                raise refusal
            if not scores or set(scores) != set(self.round.criteria.all()):
                raise NotReady("Please answer every question, if only with “don't know”.")
            assessment, _ = Assessment.objects.update_or_create(
                term=self,
                revision=idea.revisions.order_by("-number").first(),
                stage=Assessment.Stage.FIRST,
                defaults={"note": note, "saved_at": now},
            )
            Score.objects.bulk_create(
                [
                    Score(assessment=assessment, criterion=criterion, half_points=half_points)
                    for criterion, half_points in scores.items()
                ],
                update_conflicts=True,
                unique_fields=["assessment", "criterion"],
                update_fields=["half_points"],
            )
        return assessment


class AssessmentQuerySet(models.QuerySet):
    def counted(self):
        """Those that count: each expert's latest for each idea, unless a conflict has come up since."""
        conflict = _is_conflicted(
            term=OuterRef("term"),
            member=OuterRef("term__member"),
            idea=OuterRef("revision__idea"),
        )
        return (
            self.exclude(conflict)
            .order_by("term", "revision__idea", "-revision__number", "-stage")
            .distinct("term", "revision__idea")
        )

    def complete(self):
        """Those that answer every criterion the round has today, if only with "don't know"."""
        answered = Score.objects.filter(assessment=OuterRef(OuterRef("pk")), criterion=OuterRef("pk"))
        unanswered = Criterion.objects.filter(round=OuterRef("term__round")).exclude(Exists(answered))
        return self.exclude(Exists(unanswered))


class Assessment(models.Model):
    """What one expert thinks of one wording of an idea, in one stage of the scoring."""

    class Stage(models.IntegerChoices):
        FIRST = 1, "First scoring"
        SECOND_LOOK = 2, "Second look"

    term = models.ForeignKey(ExpertTerm, on_delete=models.PROTECT, related_name="assessments")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="assessments")
    stage = models.PositiveSmallIntegerField(choices=Stage, default=Stage.FIRST)
    note = models.TextField(max_length=2000, blank=True)
    saved_at = models.DateTimeField()

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["term", "revision", "stage"], name="assessment_once_per_wording_and_stage"
            )
        ]

    def __str__(self):
        return f"Assessment of idea {self.revision.idea_id}"


class Score(models.Model):
    """An expert's answer to one criterion, in half-points; empty means "don't know", which is not zero."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    half_points = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="score_once_per_criterion"),
            models.CheckConstraint(
                condition=Q(half_points=None) | Q(half_points__lte=2), name="score_is_zero_half_or_one"
            ),
        ]

    def __str__(self):
        return "A score"
