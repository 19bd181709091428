from collections import Counter, defaultdict
from hashlib import sha256

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from .conflict import is_conflicted
from .criterion import Criterion
from .revision import Revision


class AssessmentQuerySet(models.QuerySet):
    def counted(self):
        """Those that count: each expert's latest for each idea, unless a conflict or setting aside came up since."""
        conflict = is_conflicted(
            term=OuterRef("term"),
            member=OuterRef("term__member"),
            idea=OuterRef("revision__idea"),
        )
        return (
            self.filter(term__set_aside_at=None)
            .exclude(conflict)
            .order_by("term", "revision__idea", "-revision__number", "-stage")
            .distinct("term", "revision__idea")
        )

    def for_round(self, round):
        return self.filter(term__round=round)

    def times_seen_again(self):
        """{idea's key: how many experts kept or changed their scores of it in the second look}."""
        again = self.filter(stage=Assessment.Stage.SECOND_LOOK).values_list("revision__idea")
        return dict(again.annotate(models.Count("term", distinct=True)))

    def first_of(self, idea):
        """What the panel said of the idea before any second look, as far as it counts."""
        return self.filter(stage=Assessment.Stage.FIRST, revision__idea=idea).counted()

    def spread(self):
        """{criterion's key: {half-points, or None for "don't know": how many gave it}}."""
        given = Score.objects.filter(assessment__in=self).values_list("criterion", "half_points")
        spread = defaultdict(Counter)
        for criterion, half_points in given:
            spread[criterion][half_points] += 1
        return spread

    def notes(self, *, but_of):
        """The notes of all experts but one, in an order that follows from the words alone: it gives nobody away."""
        notes = [
            assessment.note for assessment in self if assessment.note and assessment.term_id != but_of.pk
        ]
        return sorted(notes, key=lambda note: sha256(note.encode()).digest())

    def for_current_wording(self):
        """Those of the wording that the idea has today; a minor change leaves it as it was."""
        return self.filter(revision__wording=_current_wording())

    def for_older_wording(self):
        """The others: the idea's substance changed since."""
        return self.exclude(revision__wording=_current_wording())

    def complete(self):
        """Those that answer every criterion the round has today, if only with "don't know"."""
        answered = Score.objects.filter(assessment=OuterRef(OuterRef("pk")), criterion=OuterRef("pk"))
        unanswered = Criterion.objects.filter(round=OuterRef("term__round")).exclude(Exists(answered))
        return self.exclude(Exists(unanswered))


def _current_wording():
    latest = Revision.objects.filter(idea=OuterRef("revision__idea")).by_latest()
    return Subquery(latest.values("wording")[:1])


class Assessment(models.Model):
    """What one expert thinks of one wording of an idea, in one stage of the scoring."""

    class Stage(models.IntegerChoices):
        FIRST = 1, "First scoring"
        SECOND_LOOK = 2, "Second look"

    term = models.ForeignKey("ExpertTerm", on_delete=models.PROTECT, related_name="assessments")
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

    @property
    def is_outdated(self):
        """Whether the idea's substance changed after it was scored."""
        return self.revision.wording != self.revision.idea.revisions.latest("number").wording


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
