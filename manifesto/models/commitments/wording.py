"""What commitments say, in the fields of an action plan, and every wording they had."""

import pgtrigger
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ogp_network import comparison
from profiles.models import Member
from profiles.vocabularies import language_field, language_tag

from ..lexeme import LANGUAGE


class CommitmentContent(models.Model):
    """What a commitment says, the same for the commitment as it stands and for each of its revisions."""

    class Newness(models.TextChoices):
        NEW = "new", pgettext_lazy("of a commitment", "New")
        ONGOING = "ongoing", pgettext_lazy("of a commitment", "Ongoing")

    title = models.CharField(gettext_lazy("title"), max_length=150)
    summary = models.TextField(
        gettext_lazy("summary"),
        max_length=1000,
        blank=True,
        help_text=gettext_lazy("Two or three sentences that anybody understands."),
    )
    problem = models.TextField(gettext_lazy("the public problem and its causes"), max_length=5000, blank=True)
    done_so_far = models.TextField(gettext_lazy("what has been done so far"), max_length=5000, blank=True)
    solution = models.TextField(
        gettext_lazy("we call for"),
        max_length=5000,
        blank=True,
        help_text=gettext_lazy("What is asked for, one point a line."),
    )
    results = models.TextField(gettext_lazy("the results sought"), max_length=5000, blank=True)
    relevance = models.TextField(
        gettext_lazy("how it promotes transparency, accountability and participation"),
        max_length=5000,
        blank=True,
    )
    lead_institution = models.CharField(gettext_lazy("lead institution"), max_length=200, blank=True)
    supporting_government = models.TextField(
        gettext_lazy("supporting government bodies"), max_length=1000, blank=True
    )
    supporting_civil_society = models.TextField(
        gettext_lazy("supporting civil society organisations"), max_length=1000, blank=True
    )
    supporting_others = models.TextField(
        gettext_lazy("other supporting stakeholders"), max_length=1000, blank=True
    )
    starts_on = models.DateField(gettext_lazy("start date"), null=True, blank=True)
    ends_on = models.DateField(gettext_lazy("end date"), null=True, blank=True)
    newness = models.CharField(gettext_lazy("new or ongoing"), max_length=10, choices=Newness, blank=True)

    class Meta:
        abstract = True

    @property
    def wording(self):
        """What it says, by the names of the fields."""
        return {name: getattr(self, name) for name in WORDING}

    @property
    def points(self):
        """What is asked for, point by point."""
        return [line.strip().lstrip("-*•").strip() for line in self.solution.splitlines() if line.strip()]

    @property
    def sections(self):
        """What it says at length, as pairs of a heading and a text, without what is empty; the points stand apart."""
        return self._named(PROSE)

    @property
    def actors(self):
        """Who is to act, as pairs of a heading and a text, without those nobody named."""
        return self._named(ACTORS)

    def label_of(self, name):
        """What people call the field."""
        return capfirst(self._meta.get_field(name).verbose_name)

    def _named(self, names):
        texts = [(self.label_of(name), getattr(self, name)) for name in names]
        return [(heading, text) for heading, text in texts if text]

    def said(self):
        """What it says, as text by the names of the fields: dates and choices as a reader sees them."""
        texts = {name: "" if value is None else str(value) for name, value in self.wording.items()}
        return texts | {"newness": str(self.get_newness_display())}

    def compared_with(self, other):
        """What changes from this wording to `other`, for a page: triples of the field's name for people, whether it
        differs, and the passages of comparison.compare; fields that are empty in both are left out.
        """
        before, after = self.said(), other.said()
        passages = {
            name: comparison.compare(before[name], after[name])
            for name in WORDING
            if before[name] or after[name]
        }
        return [
            (
                CommitmentContent._meta.get_field(name).verbose_name,
                any(kind != comparison.SAME for kind, _text in parts),
                parts,
            )
            for name, parts in passages.items()
        ]


PROSE = ("problem", "done_so_far", "results", "relevance")
ACTORS = ("lead_institution", "supporting_government", "supporting_civil_society", "supporting_others")
# What a commitment is found by, as an index has it.
WORDS = (
    SearchVector("title", weight="A", config=LANGUAGE)
    + SearchVector("summary", "solution", weight="B", config=LANGUAGE)
    + SearchVector("problem", "results", "done_so_far", "relevance", *ACTORS, weight="C", config=LANGUAGE)
)
WORDING = tuple(field.name for field in CommitmentContent._meta.local_fields)


class CommitmentRevisionQuerySet(models.QuerySet):
    def published(self):
        """Without those that were replaced before the commitment was published: the public never saw them."""
        later = self.model.objects.filter(
            commitment=OuterRef("commitment"),
            number__gt=OuterRef("number"),
            edited_at__lte=OuterRef("commitment__published_at"),
        )
        return self.exclude(commitment__published_at=None).exclude(Exists(later))

    def by_latest(self):
        return self.order_by("-number", "-pk")


class CommitmentRevision(CommitmentContent):
    """A wording that a commitment had, kept for good."""

    commitment = models.ForeignKey("Commitment", on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    # What the wording is marked as: no part of it, so a wrong mark can be put right.
    language = language_field()
    note = models.CharField(max_length=300, blank=True)
    edited_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="commitment_revisions"
    )
    edited_at = models.DateTimeField()

    objects = CommitmentRevisionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "number"], name="commitment_revision_number_unique")
        ]
        triggers = [
            pgtrigger.ReadOnly(name="commitment_wording_is_for_good", exclude=["language", "edited_by"])
        ]

    def __str__(self):
        return _("Revision %(number)s") % {"number": self.number}

    @property
    def language_tag(self):
        return language_tag(self.language)

    @property
    def editor_name(self):
        """Who is on record for it."""
        return self.edited_by.public_name if self.edited_by else _("Somebody whose account is gone")
