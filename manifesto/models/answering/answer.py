from collections import Counter

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext_lazy as _

from profiles.models import Member

from ... import answer_timing, record_news
from ...errors import NotReady
from ..commitments import Commitment
from ..decision import Decision
from ..idea import Idea
from ..lexeme import LANGUAGE
from .institution import Institution, name_of_the_day
from .on_record import COMMON, OnRecord, OnRecordQuerySet, as_published, common_constraints

# What an answer is found by, as an index has it.
WORDS = SearchVector("reasons", weight="B", config=LANGUAGE)


def _shortlisted():
    return Decision.objects.public().exclude(position=None)


class ExpectedAnswerQuerySet(models.QuerySet):
    def public(self):
        """On what a published shortlist chose, or a commitment that everybody can read."""
        return self.filter(
            Q(idea__decision__in=_shortlisted()) | Q(commitment__in=Commitment.objects.public())
        )

    def in_round(self, round):
        return self.filter(Q(idea__round=round) | Q(commitment__round=round))

    def answered(self):
        return self.filter(Exists(GovernmentAnswer.objects.standing().filter(expected=OuterRef("pk"))))

    def unanswered(self):
        """Those nothing stands for: nothing came, or it was withdrawn."""
        return self.exclude(Exists(GovernmentAnswer.objects.standing().filter(expected=OuterRef("pk"))))

    def overdue(self, today):
        return self.unanswered().filter(due_on__lt=today)

    def to_check(self, today):
        """Those an editor is to look for an answer to."""
        return self.unanswered().filter(next_check_on__lte=today)

    def with_answers(self):
        """With everything pages say of them and their answers, in a fixed number of queries."""
        answers = GovernmentAnswer.objects.published().select_related("term__office", "corrected_by")
        return self.select_related(
            "institution", "idea__round", "commitment__round", "commitment__plan"
        ).prefetch_related("institution__names", Prefetch("answers", answers.by_day()))

    def days(self):
        """Pairs of the day each is due and the day of the first answer that stands, or None."""
        standing = GovernmentAnswer.objects.standing().filter(expected=OuterRef("pk"))
        first = Subquery(standing.order_by("stated_on").values("stated_on")[:1])
        return self.by_due_day().values_list("due_on", first)

    def by_due_day(self):
        return self.order_by("due_on", "pk")

    def expect_of_shortlist(self, round, *, institution, by, now, asked_on, due_on, next_check_on=None):
        """Set a due day for everything on a published shortlist that hasn't been answered by the institution yet.

        Give how many were set. Raise NotReady before publication.
        """
        ideas = Idea.objects.filter(decision__in=_shortlisted().filter(round=round))
        if not ideas:
            raise NotReady("There is no published shortlist in this round yet.")
        days = {"asked_on": asked_on, "due_on": due_on, "next_check_on": next_check_on}
        with transaction.atomic():
            open_ones = self.filter(institution=institution, idea__in=ideas).unanswered()
            changed = open_ones.update(**days)
            known = self.filter(institution=institution).values("idea")
            new = [
                ExpectedAnswer(idea=idea, institution=institution, recorded_by=by, recorded_at=now, **days)
                for idea in ideas.exclude(pk__in=known.filter(idea__isnull=False))
            ]
            self.bulk_create(new)
        return changed + len(new)


class ExpectedAnswer(models.Model):
    """An answer that an institution was asked for, to a shortlisted idea or a commitment, and the day it is due."""

    idea = models.ForeignKey(
        Idea, on_delete=models.PROTECT, null=True, blank=True, related_name="expected_answers"
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="expected_answers"
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="expected_answers", verbose_name="expected from"
    )
    asked_on = models.DateField()
    due_on = models.DateField()
    next_check_on = models.DateField(
        "next check",
        null=True,
        blank=True,
        help_text="When an editor should look for an answer. It isn't published.",
    )
    recorded_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="expected_answers"
    )
    recorded_at = models.DateTimeField(editable=False)

    objects = ExpectedAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(idea=None, commitment__isnull=False) | Q(idea__isnull=False, commitment=None),
                name="expected_answer_to_one_thing",
                violation_error_message="Choose either an idea or a commitment.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("asked_on")),
                name="expected_answer_due_after_asked",
                violation_error_message="The due day must not be before the day it was asked.",
            ),
            models.UniqueConstraint(
                fields=["idea", "institution"],
                name="expected_answer_once_per_idea",
                violation_error_message="An answer to it is expected from this institution already.",
            ),
            models.UniqueConstraint(
                fields=["commitment", "institution"],
                name="expected_answer_once_per_commitment",
                violation_error_message="An answer to it is expected from this institution already.",
            ),
        ]

    def __str__(self):
        return f"{self.institution}: {self.item}"

    def get_absolute_url(self):
        return self.item.get_absolute_url()

    @property
    def item(self):
        """The idea or the commitment."""
        return self.idea or self.commitment

    @property
    def is_public(self):
        if self.commitment_id:
            return self.commitment.is_public
        decision = self.idea.public_decision
        return bool(decision and decision.is_public and decision.position)

    @property
    def latest_answers(self):
        """The published ones that weren't corrected, the latest first; those withdrawn are among them."""
        said = {answer.pk: answer for answer in self.answers.all()}
        latest = [answer for answer in said.values() if answer.is_latest]
        for answer in latest:
            answer.corrections = answer.corrections_among(said)
        return latest

    @property
    def standing_answer(self):
        """The answer that counts now, or None."""
        return next((answer for answer in self.latest_answers if answer.is_standing), None)

    @property
    def is_answered(self):
        return self.standing_answer is not None

    def timing_at(self, today):
        """How the answer stands, by the first of those that stand."""
        standing = [answer.stated_on for answer in self.latest_answers if answer.is_standing]
        return answer_timing.timing(self.due_on, min(standing, default=None), today)


class AnswerQuerySet(OnRecordQuerySet):
    def public(self):
        return self.published().filter(expected__in=ExpectedAnswer.objects.public())

    def with_words(self):
        """Annotate `search`, the words it is found by, and `said`, its reasons after who gave them; of what it answers
        to the title as `item`, the `number`, and as `of` the name of its page, a blank and the slug there.
        """
        who = name_of_the_day("expected__institution", "stated_on")
        asked, promised = "expected__commitment__round__slug", "expected__commitment__plan__slug"
        return self.annotate(
            search=WORDS,
            item=Coalesce("expected__idea__title", "expected__commitment__title"),
            said=Concat(who, Value(". "), "reasons", output_field=models.TextField()),
            number=Coalesce(
                "expected__idea__number",
                "expected__commitment__number",
                output_field=models.IntegerField(),
            ),
            of=Case(
                When(
                    expected__idea__isnull=False,
                    then=Concat(Value("idea_detail "), "expected__idea__round__slug"),
                ),
                When(**{f"{asked}__isnull": False}, then=Concat(Value("commitment_detail "), asked)),
                default=Concat(Value("promise_detail "), promised),
                output_field=models.TextField(),
            ),
        )

    def with_items(self):
        """With what each answers to, and who gave it."""
        return self.select_related(
            "expected__institution",
            "expected__idea__round",
            "expected__commitment__round",
            "expected__commitment__plan",
            "term__office",
            "corrected_by",
        ).prefetch_related("expected__institution__names")


class GovernmentAnswer(OnRecord):
    """What a government answered to something it was asked for, with its reasons."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        IN_PART = "in_part", _("Accepted in part")
        NOT_ACCEPTED = "not_accepted", _("Not accepted")

    LOOKS = {
        Outcome.ACCEPTED: "status-good",
        Outcome.IN_PART: "status-wait",
        Outcome.NOT_ACCEPTED: "status-bad",
    }

    expected = models.ForeignKey(ExpectedAnswer, on_delete=models.PROTECT, related_name="answers")
    outcome = models.CharField(_("answer"), max_length=20, choices=Outcome)
    reasons = models.TextField(_("reasons"), max_length=5000)

    CONTENT = ("outcome", "reasons", *COMMON)
    KEPT = ("expected",)

    # An answer stands on record with the document that it is in.
    NEEDED = ("source_title", "source_url")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        indexes = [GinIndex(WORDS, name="answer_words")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(source_title="") & ~Q(source_url=""), name="answer_has_document"
            ),
            *common_constraints("answer"),
        ]
        triggers = as_published("answer", "expected_id", "outcome", "reasons")

    def __str__(self):
        return f"{self.get_outcome_display()}: {self.expected.item}"

    def get_absolute_url(self):
        return f"{self.expected.get_absolute_url()}#answers"

    @property
    def is_public(self):
        return self.is_published and self.expected.is_public

    @property
    def speaking_institution(self):
        return self.expected.institution

    @property
    def name_of_the_day(self):
        return self.expected.institution.name_on(self.stated_on)

    @property
    def look(self):
        return self.LOOKS[self.outcome]

    def faults(self, today):
        faults = super().faults(today)
        if self.stated_on and self.stated_on < self.expected.asked_on:
            faults["stated_on"] = "It can't have been answered before it was asked."
        if not self.reasons.strip():
            faults["reasons"] = "An answer needs its reasons, in the institution's words or ours."
        return faults

    def _tell(self, now):
        if self.expected.is_public:
            record_news.answer_on_record(self, now=now)


def count_by_state(expected, today):
    """How many of what is expected are in each state, by its name."""
    return Counter(str(each.timing_at(today).state) for each in expected)
