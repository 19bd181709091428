from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ogp_network.comparison import compare
from profiles.models import Member

from .. import news
from ..errors import EditedMeanwhile, NotAllowedInPhase, NotReady, Refused
from ..vocabularies import Outcome

WITH_PLACE = (Outcome.ACCEPTED, Outcome.ACCEPTED_IN_PART)


class DecisionQuerySet(models.QuerySet):
    def public(self):
        """On live ideas of rounds whose shortlist is public; before that nobody learns that there is one."""
        return self.filter(
            round__announced_at__isnull=False,
            round__shortlist_published_at__isnull=False,
            idea__published_at__isnull=False,
            idea__survivor=None,
        )

    def for_data(self):
        """Everything open data says of them, those with a place first."""
        with_ideas = self.select_related("idea__round", "round").defer("idea__search")
        return with_ideas.order_by("round", models.F("position").asc(nulls_last=True), "idea__number", "pk")


class Decision(models.Model):
    """The reasoned response an idea ends its round with; private until the shortlist is published.

    A draft may have its reasons before its outcome.
    """

    round = models.ForeignKey("Round", on_delete=models.PROTECT, related_name="decisions")
    idea = models.OneToOneField("Idea", on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    reasons = models.TextField(max_length=5000, blank=True)
    position = models.PositiveSmallIntegerField("place on the shortlist", null=True, blank=True)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="decisions")
    decided_at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "position"],
                name="decision_position_unique_in_round",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(position=None) | Q(position__gte=1, outcome__in=WITH_PLACE),
                name="decision_place_only_if_accepted",
            ),
        ]

    def __str__(self):
        return f"{self.get_outcome_display()}: {self.idea}"

    @property
    def is_public(self):
        return self.idea.is_public and self.idea.is_live and self.round.is_shortlist_published

    @property
    def may_have_place(self):
        return self.outcome in WITH_PLACE

    @property
    def last_erratum_pk(self):
        """0 if there is none."""
        return self.errata.aggregate(last=models.Max("pk"))["last"] or 0

    @property
    def is_empty(self):
        return not (self.outcome or self.reasons or self.position)

    def refusal_to_correct(self, *, outcome, reasons, explanation) -> Refused | None:
        """Why what the public reads can't be changed to this, or None if it can."""
        if not self.round.is_shortlist_published:
            return NotAllowedInPhase("The shortlist isn't public yet, so you can simply change it.")
        if not explanation.strip():
            return NotReady("Please say what was wrong. It is published with the correction.")
        if not (outcome and reasons.strip()):
            return NotReady("Every idea needs its outcome and the reasons for it.")
        if (outcome, reasons) == (self.outcome, self.reasons):
            return NotReady("Nothing is different yet.")
        if self.position and outcome not in WITH_PLACE:
            return NotReady("It has a place on the shortlist, so it stays accepted, at least in part.")
        return None

    def correct(self, *, outcome, reasons, explanation, by, now, after=None):
        """Change what a published shortlist says of the idea, with a dated erratum that keeps what it said before.

        `after`, if given, is the primary key of the last erratum that `by` has read, 0 for none. Raise EditedMeanwhile
        if there is a later one, NotAllowedInPhase before publication, NotReady without an explanation, reasons or a
        change, or where the outcome doesn't go with the idea's place.
        """
        with transaction.atomic():
            locked = Decision.objects.select_for_update(of=["self"]).select_related("round").get(pk=self.pk)
            if after not in (None, locked.last_erratum_pk):
                raise EditedMeanwhile(
                    "Somebody else corrected this after you opened the page. Please read what it says now."
                )
            if refusal := locked.refusal_to_correct(
                outcome=outcome, reasons=reasons, explanation=explanation
            ):
                raise refusal
            erratum = Erratum.objects.create(
                decision=locked,
                explanation=explanation.strip(),
                outcome_before=locked.outcome,
                reasons_before=locked.reasons,
                outcome_after=outcome,
                reasons_after=reasons,
                corrected_by=by,
                corrected_at=now,
            )
            Decision.objects.filter(pk=self.pk).update(outcome=outcome, reasons=reasons)
            news.decision_corrected(erratum, now=now)
        self.outcome, self.reasons = outcome, reasons
        return erratum


class ErratumQuerySet(models.QuerySet):
    def public(self):
        return self.filter(decision__in=Decision.objects.public())

    def of_rounds(self, rounds):
        """Those on ideas of the rounds, with these loaded."""
        errata = self.filter(decision__round__in=rounds).select_related("decision__idea__round")
        return errata.defer("decision__idea__search")

    def for_data(self):
        """Everything open data says of them, the newest first."""
        with_ideas = self.select_related("decision__idea__round").defer("decision__idea__search")
        return with_ideas.order_by("-corrected_at", "-pk")


class Erratum(models.Model):
    """A dated correction of a published decision, with what it said before and after."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="errata")
    explanation = models.TextField(max_length=1000)
    outcome_before = models.CharField(max_length=20, choices=Outcome)
    reasons_before = models.TextField(max_length=5000)
    outcome_after = models.CharField(max_length=20, choices=Outcome)
    reasons_after = models.TextField(max_length=5000)
    corrected_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="errata")
    corrected_at = models.DateTimeField()

    objects = ErratumQuerySet.as_manager()

    class Meta:
        ordering = ["-corrected_at", "-pk"]
        verbose_name_plural = "errata"

    def __str__(self):
        return f"Correction of {self.corrected_at:%Y-%m-%d}"

    @property
    def changes(self):
        """What it changed: for outcome and reasons a heading, whether it differs, and the comparison's passages."""
        outcomes = [str(Outcome(code).label) for code in (self.outcome_before, self.outcome_after)]
        texts = [(_("Decision"), *outcomes), (_("Why"), self.reasons_before, self.reasons_after)]
        return [
            (heading, True, compare(before, after)) for heading, before, after in texts if before != after
        ]
