from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting

from ... import record_news
from ..asking import Ask, AskWording
from ..commitments import Commitment
from ..lexeme import LANGUAGE
from .institution import Institution, name_of_the_day
from .on_record import COMMON, OnRecord, OnRecordQuerySet, as_published, common_constraints

# What a position is found by, as an index has it.
WORDS = SearchVector("topline", weight="A", config=LANGUAGE) + SearchVector(
    "quotation", weight="B", config=LANGUAGE
)


def title_of_ask(ask):
    """SQL for how the latest published version of its statement words an ask."""
    wordings = AskWording.objects.filter(ask=OuterRef(ask), version__published_at__isnull=False)
    return Subquery(wordings.order_by("-version__number").values("title")[:1])


class PositionQuerySet(OnRecordQuerySet):
    def public(self):
        """Published, on an ask or a commitment that everybody can read."""
        asks = Q(ask__statement__published_at__isnull=False)
        return self.published().filter(asks | Q(commitment__in=Commitment.objects.public()))

    def on_asks_of(self, statement):
        return self.filter(ask__statement=statement)

    def on_commitments_of(self, round):
        return self.filter(commitment__round=round)

    def with_words(self):
        """Annotate `search`, the words it is found by, and `said`: its words, after who said them."""
        who = name_of_the_day("institution", "stated_on")
        said = Concat(who, Value(". "), "quotation", output_field=models.TextField())
        return self.annotate(search=WORDS, said=said)

    def with_subjects(self):
        """With what each is about, as `asked_title`, and with who said it where."""
        return (
            self.select_related(
                "institution",
                "ask__statement",
                "commitment__round",
                "commitment__plan",
                "term__office",
                "meeting",
                "corrected_by",
            )
            .annotate(asked_title=title_of_ask("ask"))
            .prefetch_related("institution__names")
        )


class Position(OnRecord):
    """Where an institution stands on an ask of a statement or a commitment asked for, as it said on a day."""

    class Stance(models.TextChoices):
        COMMITTED = "committed", _("Committed")
        PARTLY = "partly", _("Committed in part")
        NO_POSITION = "no_position", _("No position")
        DECLINED = "declined", _("Declined")

    SIGNS = {
        Stance.COMMITTED: ("check-circle", "status-good"),
        Stance.PARTLY: ("adjustments-horizontal", "status-wait"),
        Stance.NO_POSITION: ("minus-circle", ""),
        Stance.DECLINED: ("x-circle", "status-bad"),
    }

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="positions")
    ask = models.ForeignKey(Ask, on_delete=models.PROTECT, null=True, blank=True, related_name="positions")
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, null=True, blank=True, related_name="positions"
    )
    stance = models.CharField(_("stance"), max_length=20, choices=Stance)
    topline = models.CharField(
        _("in one line"), max_length=200, help_text="What they say, in one line of our words."
    )
    quotation = models.TextField(
        _("in their words"), max_length=3000, blank=True, help_text="Letter for letter. It needs a source."
    )
    meeting = models.ForeignKey(
        Meeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="positions",
        verbose_name=_("said at"),
        help_text="The meeting or hustings it was said at, if it was.",
    )

    CONTENT = ("stance", "topline", "quotation", "meeting", *COMMON)
    KEPT = ("institution", "ask", "commitment")

    objects = PositionQuerySet.as_manager()

    class Meta:
        indexes = [GinIndex(WORDS, name="position_words")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ask=None, commitment__isnull=False) | Q(ask__isnull=False, commitment=None),
                name="position_on_one_thing",
                violation_error_message="Choose either an ask or a commitment.",
            ),
            models.CheckConstraint(
                condition=Q(quotation="") | ~Q(source_title="") | Q(meeting__isnull=False),
                name="position_quotation_has_source",
                violation_error_message="A quotation needs a source, or the meeting it was said at.",
            ),
            *common_constraints("position"),
        ]
        triggers = as_published(
            "position",
            "institution_id",
            "ask_id",
            "commitment_id",
            "stance",
            "topline",
            "quotation",
            "meeting_id",
        )

    def __str__(self):
        return f"{self.institution}: {self.get_stance_display()}"

    def get_absolute_url(self):
        return reverse("manifesto:position_detail", args=[self.pk])

    @property
    def subject(self):
        """The ask or the commitment."""
        return self.ask or self.commitment

    @property
    def subject_key(self):
        return ("ask", self.ask_id) if self.ask_id else ("commitment", self.commitment_id)

    @property
    def title(self):
        """What it is about; with_subjects() loads it."""
        if self.commitment_id:
            return self.commitment.title
        return getattr(self, "asked_title", None) or str(self.ask)

    @property
    def title_language(self):
        return self.ask.statement.language_tag if self.ask_id else self.commitment.language_tag

    @property
    def table_address(self):
        """Where it stands among those of the others."""
        if self.ask_id:
            return reverse("manifesto:statement_positions", args=[self.ask.statement.slug])
        return reverse("manifesto:commitment_positions", args=[self.commitment.round.slug])

    @property
    def is_public(self):
        if not self.is_published:
            return False
        return self.ask.statement.is_public if self.ask_id else self.commitment.is_public

    @property
    def name_of_the_day(self):
        return self.institution.name_on(self.stated_on)

    @property
    def speaking_institution(self):
        return self.institution

    @property
    def icon(self):
        return self.SIGNS[self.stance][0]

    @property
    def look(self):
        return self.SIGNS[self.stance][1]

    def faults(self, today):
        faults = super().faults(today)
        if self.meeting and self.stated_on:
            last = self.meeting.ends_on or self.meeting.held_on
            if not self.meeting.held_on <= self.stated_on <= last:
                faults["meeting"] = "The meeting was not on that day."
        if self.commitment and not self.commitment.is_asked:
            faults["commitment"] = "Choose a commitment that is asked for, not one of an action plan."
        return faults

    def _tell(self, now):
        if self.is_public:
            record_news.position_on_record(self, now=now)

    def clean(self):
        super().clean()
        if self.quotation and not (self.source_title or self.meeting):
            raise ValidationError(
                {"source_title": "A quotation needs a source, or the meeting it was said at."}
            )
