from django.db import models, transaction
from django.db.models import F, Q

from profiles.models import Member, Membership, Organisation

from ..errors import ConflictOfInterest, NotAnExpert, NotPublished, NotReady, ScoringClosed
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

    def conflicted_ideas(self):
        """Ideas of the round this expert wrote, or put forward for an organisation they belong to."""
        own = Authorship.objects.filter(member=self.member).values("idea")
        organisations = (
            Membership.objects.current().confirmed().filter(member=self.member).values("organisation")
        )
        return self.round.ideas.published().filter(
            Q(pk__in=own)
            | Q(organisation__in=organisations)
            | Q(organisation__in=self.affiliations.values("pk"))
        )

    def ideas_to_score(self):
        """Public ideas of the round that this expert may score, in the order they came in."""
        conflicted = self.conflicted_ideas().values("pk")
        return self.round.ideas.published().exclude(pk__in=conflicted).order_by("number")

    def unscored_ideas(self):
        """Of those, the ones without an answer for every criterion, least scored by the panel first."""
        mine = Assessment.objects.filter(term=self, revision__idea=models.OuterRef("pk")).complete()
        return (
            self.ideas_to_score()
            .exclude(models.Exists(mine))
            .annotate(assessments=models.Count("revisions__assessments"))
            .order_by("assessments", "number")
        )

    def has_finished(self):
        return not self.unscored_ideas().exists()

    def assess(self, idea, scores, *, now, note=""):
        """Record this expert's scores for the idea's current wording; an earlier answer is replaced.

        `scores` maps each criterion of the round to 0, 1 or 2 half-points, or None for "don't know".
        Raise ScoringClosed, NotAnExpert, NotPublished, ConflictOfInterest, or NotReady without an answer for each.
        """
        if not self.round.allows(Action.SCORE, now):
            raise ScoringClosed("Scoring is not open, so nothing was recorded.")
        if not self.is_current(now.date()):
            raise NotAnExpert("Your time on the expert group has ended or not begun.")
        if idea.round_id != self.round_id or not idea.is_published:
            raise NotPublished("This idea is not among those to score.")
        if self.conflicted_ideas().filter(pk=idea.pk).exists():
            raise ConflictOfInterest(
                "You wrote this idea or belong to the organisation behind it, so you can't score it."
            )
        if set(scores) != set(self.round.criteria.all()):
            raise NotReady("Please answer every question, if only with “don't know”.")
        with transaction.atomic():
            revision = idea.revisions.order_by("-number").first()
            assessment, _ = Assessment.objects.update_or_create(
                term=self,
                revision=revision,
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
    def complete(self):
        """Those that answer every criterion the round has today, if only with "don't know"."""
        answered = Score.objects.filter(
            assessment=models.OuterRef(models.OuterRef("pk")), criterion=models.OuterRef("pk")
        )
        unanswered = Criterion.objects.filter(round=models.OuterRef("term__round")).exclude(
            models.Exists(answered)
        )
        return self.exclude(models.Exists(unanswered))


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
        return "don't know" if self.half_points is None else str(self.half_points / 2)
