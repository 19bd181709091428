from datetime import timedelta

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from profiles.models import Member, Organisation

from .. import news, pace
from ..errors import (
    ConflictOfInterest,
    NotAllowedInPhase,
    NotAnExpert,
    NotPublished,
    NotReady,
    Refused,
    ScoringClosed,
)
from ..vocabularies import Visibility
from .assessment import Assessment, Score
from .conflict import Conflict, Conflicted, is_conflicted
from .phase import Action
from .round import Round
from .second_look import LookingAgain

REMIND_BEFORE = timedelta(days=3)
SET_ASIDE = "An editor has set your scores aside, so there is nothing for you to do in this round."


class ExpertTermQuerySet(models.QuerySet):
    def current(self, today):
        return self.filter(starts_on__lte=today).filter(Q(ends_on=None) | Q(ends_on__gte=today))

    def for_member(self, member):
        return self.filter(member=member)

    def counting(self):
        return self.filter(set_aside_at=None)

    def set_aside(self):
        """Those whose scores an editor took out of the count."""
        return self.exclude(set_aside_at=None)

    def undeclared(self):
        """Those who have yet to say what they belong to."""
        return self.filter(interests_declared_at=None)

    def able_to_score(self, first, last):
        """Those with a day on the group between two dates, unless their scores are set aside."""
        return self.counting().filter(starts_on__lte=last).filter(Q(ends_on=None) | Q(ends_on__gte=first))

    def free_to_score(self, idea):
        """Those without a conflict of interest in `idea`, a key or an expression for one."""
        conflict = is_conflicted(term=OuterRef("pk"), member=OuterRef("member"), idea=idea)
        return self.exclude(conflict)

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

    def conflicts(self):
        """Their conflicts of interest on record."""
        return Conflict.objects.filter(term__in=self)

    def counted(self):
        """The assessments of theirs that count, as rows that can be narrowed further."""
        return Assessment.objects.filter(
            pk__in=Assessment.objects.filter(term__in=self).counted().values("pk")
        )

    def tell_what_is_left(self, now):
        """Tell experts once that scoring is open, and once that it closes soon, as long as something is left to them.

        To be run again and again: who was told, and who is done, is left in peace.
        """
        rounds = Round.objects.being_scored(now)
        serving = self.current(timezone.localdate(now)).filter(round__in=rounds)
        for term in serving.select_related("round"):
            if left := term.ideas_left(now).count():
                term.tell_of_left(left, now)

    def answers(self):
        """What these experts of one round answered and what counts, as `ranking.rank` takes it.

        {idea's number: {term: {criterion's slug: half-points, or None for "don't know"}}}
        """
        rows = Score.objects.filter(assessment__in=self.counted()).values_list(
            "assessment__revision__idea__number", "assessment__term", "criterion__slug", "half_points"
        )
        answers = {}
        for number, term, criterion, half_points in rows:
            answers.setdefault(number, {}).setdefault(term, {})[criterion] = half_points
        return answers


class ExpertTerm(Conflicted, LookingAgain, models.Model):
    """A member's time on a round's expert group, with the interests they declared on joining."""

    # None once they have deleted their account: their scores stay, under a pseudonym.
    member = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="expert_terms"
    )
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="expert_terms")
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day", null=True, blank=True)
    affiliations = models.ManyToManyField(
        Organisation,
        blank=True,
        related_name="expert_terms",
        help_text="Organisations this expert works for, advises or belongs to.",
    )
    interests = models.TextField("declared interests", max_length=2000, blank=True)
    interests_declared_at = models.DateTimeField(null=True, blank=True, editable=False)
    agreed_to_be_named_at = models.DateTimeField(null=True, blank=True, editable=False)
    set_aside_at = models.DateTimeField(null=True, blank=True, editable=False)
    set_aside_by = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="terms_set_aside",
    )
    set_aside_reason = models.TextField(max_length=1000, blank=True, editable=False)

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
            models.CheckConstraint(
                condition=Q(set_aside_at=None, set_aside_reason="")
                | (Q(set_aside_at__isnull=False) & ~Q(set_aside_reason="")),
                name="expert_term_set_aside_with_reason",
            ),
        ]

    def __str__(self):
        return f"{self.person} ({self.round})"

    @property
    def person(self):
        return self.member.public_name if self.member else "An expert who has left"

    def is_current(self, today):
        return self.starts_on <= today and (self.ends_on is None or today <= self.ends_on)

    def is_serving(self, now):
        return self.is_current(timezone.localdate(now))

    @property
    def agrees_to_be_named(self):
        return self.agreed_to_be_named_at is not None

    @property
    def has_declared(self):
        """Whether the expert has said what they belong to, be it nothing."""
        return self.interests_declared_at is not None

    @property
    def is_set_aside(self):
        return self.set_aside_at is not None

    def take_up(self):
        """Save the term and let the member into the admin as an expert."""
        with transaction.atomic():
            self.save()
            self.member.appoint("Experts")

    def declare_interests(self, *, interests, affiliations, agrees_to_be_named, now):
        """Record the expert's own word on what they belong to, and whether their name may stand beside their scores.

        Raise NotAllowedInPhase once the shortlist is public: its working names who agreed until then. Once scoring has
        opened, an organisation can be added and none taken away: NotReady.
        """
        with transaction.atomic():
            round = Round.objects.select_for_update(no_key=True).get(pk=self.round_id)
            if round.is_shortlist_published:
                raise NotAllowedInPhase("The shortlist is public, so its working stays as it was.")
            if round.has_begun_scoring(now) and not set(self.affiliations.all()) <= set(affiliations):
                raise NotReady(
                    "Scoring has opened, so you can add organisations but not take any away. If one is here by "
                    "mistake, ask an editor."
                )
            named_at = (self.agreed_to_be_named_at or now) if agrees_to_be_named else None
            self.interests, self.interests_declared_at, self.agreed_to_be_named_at = interests, now, named_at
            self.save(update_fields=["interests", "interests_declared_at", "agreed_to_be_named_at"])
            self.affiliations.set(affiliations)

    def set_aside(self, *, reason, by, now):
        """Take all scores of the term out of the count, as when an expert was removed; they stay on record.

        Raise NotAllowedInPhase once the shortlist is public, NotReady without a reason.
        """
        standing = {"set_aside_at": now, "set_aside_by": by, "set_aside_reason": reason.strip()}
        self._change_standing(standing, reason=reason, by=by, now=now)

    def count_again(self, *, reason, by, now):
        """Undo setting the scores aside. Raise as that does."""
        standing = {"set_aside_at": None, "set_aside_by": None, "set_aside_reason": ""}
        self._change_standing(standing, reason=reason, by=by, now=now)

    def _change_standing(self, standing, *, reason, by, now):
        """Asked for what is so already, as by a form sent twice, it changes nothing."""
        if not reason.strip():
            raise NotReady("Please give the reason. It stays on record.")
        with transaction.atomic():
            round = Round.objects.select_for_update(no_key=True).get(pk=self.round_id)
            if round.is_shortlist_published:
                raise NotAllowedInPhase("The shortlist is public, so its working stays as it was.")
            is_aside = standing["set_aside_at"] is not None
            if ExpertTerm.objects.filter(pk=self.pk, set_aside_at__isnull=is_aside).update(**standing):
                self.standing_changes.create(
                    is_aside=is_aside, reason=reason.strip(), changed_by=by, changed_at=now
                )
        self.refresh_from_db()

    def ideas_to_score(self):
        """Public ideas of the round that this expert may score, in the order they came in."""
        conflicted = self.conflicted_ideas().order_by().values("pk")
        return self.round.ideas.live().exclude(pk__in=conflicted).defer("search").order_by("number")

    def scored_ideas(self):
        """Of those, the ones with an answer for every criterion in today's wording, if only "don't know"."""
        return self.ideas_to_score().filter(self._has_answered())

    def unscored_ideas(self):
        """Of those, the ones without such an answer, least scored by the panel first."""
        return (
            self.ideas_to_score()
            .exclude(self._has_answered())
            .annotate(assessments=models.Count("revisions__assessments"))
            .order_by("assessments", "number")
        )

    def _has_answered(self, **fields):
        given = Assessment.objects.filter(term=self, revision__idea=OuterRef("pk"), **fields)
        return Exists(given.for_current_wording().complete())

    def outdated_ideas(self):
        """Ideas to score whose wording changed after this expert scored them: they are asked again."""
        given = Assessment.objects.filter(term=self, revision__idea=OuterRef("pk")).complete()
        return self.unscored_ideas().filter(Exists(given))

    def ideas_left(self, now):
        """What this expert still has to score now, in the order to do it."""
        if self.is_set_aside:
            return self.round.ideas.none()
        if self.round.allows(Action.LOOK_AGAIN, now):
            seen = self.ideas_seen_again().order_by().values("pk")
            return self.ideas_to_see_again().exclude(pk__in=seen)
        return self.unscored_ideas() if self.round.allows(Action.SCORE, now) else self.round.ideas.none()

    def tell_of_left(self, left, now):
        """Tell of the opening, and of the closing where that comes soon and not right after the opening."""
        opens_at, closes_at = self.round.scoring_window(now)
        if closes_at - now <= REMIND_BEFORE < closes_at - opens_at:
            news.scoring_closes(self, left, closes_at=closes_at, now=now)
        elif self.round.allows(Action.SCORE, now):
            news.scoring_opened(self, left, closes_at=closes_at, now=now)

    def ideas_done(self, now):
        """What this expert has scored: in the second look while that is open, else in all."""
        return self.ideas_seen_again() if self.round.allows(Action.LOOK_AGAIN, now) else self.scored_ideas()

    def time_left(self, left, now):
        """How long `left` more ideas will take at this expert's own pace, in words."""
        saved = self.assessments.filter(stage=self.stage_at(now)).values_list("saved_at", flat=True)
        return pace.in_words(pace.time_left(saved, left))

    def next_idea(self, *, after, now):
        """The idea left to go on with from the idea `after`, going round, so that skipping one moves on."""
        ideas = list(self.ideas_left(now))
        place = ideas.index(after) if after in ideas else len(ideas)
        return next(iter(ideas[place + 1 :] + ideas[:place]), None)

    def has_finished(self):
        return not self.unscored_ideas().exists()

    def refusal_to_see_ranking(self, now) -> Refused | None:
        """Why this expert can't see the panel's scores yet, or None: none should be swayed by another's."""
        if refusal := self.round.refusal_to_rank(now):
            return refusal
        if self.is_set_aside and not self.round.is_shortlist_published:
            return NotAnExpert(SET_ASIDE)
        visibility = self.round.score_visibility
        if self.round.is_shortlist_published or visibility == Visibility.ALWAYS:
            return None
        if visibility == Visibility.NEVER:
            return NotReady("In this round the group’s scores stay closed until the shortlist is published.")
        # After closing there is nobody left to sway.
        left = self.unscored_ideas().count() if self.round.allows(Action.SCORE, now) else 0
        if left:
            ideas = "1 idea" if left == 1 else f"{left} ideas"
            return NotReady(f"You have {ideas} left to score. The ranking opens to you after the last one.")
        return None

    def refusal_to_score(self, idea, now) -> Refused | None:
        """Why this expert can't score the idea now, or None if they can."""
        if not self.is_serving(now):
            return NotAnExpert("Your time on the expert group has ended or not begun.")
        if self.is_set_aside:
            return NotAnExpert(SET_ASIDE)
        if not self.has_declared:
            return NotReady("Please say first what you belong to and what interests you have.")
        if idea.round_id != self.round_id or not idea.is_live:
            return NotPublished("This idea is not among those to score.")
        if self.conflicted_ideas().filter(pk=idea.pk).exists():
            return ConflictOfInterest(
                "You wrote this idea, belong to the organisation behind it or have declared an interest in it, "
                "so you can't score it."
            )
        if self.round.allows(Action.SCORE, now):
            return None
        if not self.round.allows(Action.LOOK_AGAIN, now):
            return ScoringClosed(self.round.why_no_scores(now))
        if not self.round.second_look_ideas.filter(pk=idea.pk).exists():
            return ScoringClosed("Scoring is open again only for the ideas of the second look.")
        return None

    def stage_at(self, now):
        """The stage that a score given now belongs to."""
        is_again = self.round.allows(Action.LOOK_AGAIN, now)
        return Assessment.Stage.SECOND_LOOK if is_again else Assessment.Stage.FIRST

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
                stage=self.stage_at(now),
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


class StandingChange(models.Model):
    """That an expert's scores were set aside or count again, and why, on record for the editors."""

    term = models.ForeignKey(ExpertTerm, on_delete=models.CASCADE, related_name="standing_changes")
    is_aside = models.BooleanField()
    reason = models.TextField(max_length=1000)
    changed_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="standing_changes"
    )
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["changed_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="standing_change_has_a_reason")]

    def __str__(self):
        return "Scores set aside" if self.is_aside else "Scores count again"
