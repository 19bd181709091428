"""What a round asks of an incoming government, frozen as it was on a day, with what changed since the pack before."""

import pgtrigger
from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models, transaction
from django.db.models import Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.models import Member
from profiles.vocabularies import language_field, language_tag

from ...errors import NotReady
from ..lexeme import LANGUAGE
from ..round import Round
from .commitment import Commitment
from .wording import CommitmentRevision

# What a pack is found by; the commitments in it are found for themselves.
WORDS = SearchVector("title", weight="A", config=LANGUAGE)
MILESTONE = ("reference", "output", "lead", "starts_on", "due_on", "due_text")


class CommitmentPackQuerySet(models.QuerySet):
    def public(self):
        return self.exclude(round__announced_at=None)

    def with_commitment(self, commitment):
        return self.filter(entries__commitment=commitment).select_related("round")

    def with_words(self):
        """Annotate `search`, the words it is found by, and `contents`, what its commitments are called in it."""
        entries = PackEntry.objects.filter(pack=OuterRef("pk")).order_by().values("pack")
        titles = entries.annotate(
            titles=StringAgg("revision__title", delimiter="; ", order_by="position")
        ).values("titles")
        contents = Coalesce(Subquery(titles), Value(""), output_field=models.TextField())
        return self.annotate(search=WORDS, contents=contents)

    def with_count(self):
        """Annotate `size`: how many commitments each has."""
        return self.annotate(size=models.Count("entries"))

    def by_latest(self):
        return self.order_by("-number", "-pk")

    def freeze(self, round, *, title, by, now):
        """Keep all that the round asks for in public as it is now. Raise NotReady if that is nothing."""
        with transaction.atomic():
            # Held, so that two packs made at once get two numbers.
            Round.objects.select_for_update(no_key=True).get(pk=round.pk)
            commitments = list(round.commitments.standing().for_pack().by_number())
            if not commitments:
                raise NotReady(_("Nothing is asked for in public yet, so there is nothing to hand over."))
            last = round.commitment_packs.aggregate(last=Max("number"))["last"]
            pack = self.create(
                round=round,
                number=(last or 0) + 1,
                title=title,
                language=round.language,
                frozen_by=by,
                frozen_at=now,
            )
            PackEntry.objects.bulk_create(
                PackEntry.of(commitment, pack=pack, position=position)
                for position, commitment in enumerate(commitments, start=1)
            )
        return pack


class CommitmentPack(models.Model):
    """The commitments a round asks for, as they were when an editor froze them to hand them over."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="commitment_packs")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=150)
    language = language_field()
    frozen_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="frozen_packs")
    frozen_at = models.DateTimeField()

    objects = CommitmentPackQuerySet.as_manager()

    class Meta:
        indexes = [GinIndex(WORDS, name="pack_words")]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="pack_number_unique_in_round")
        ]
        triggers = [
            pgtrigger.ReadOnly(name="pack_is_for_good", exclude=["frozen_by"]),
            pgtrigger.Protect(name="pack_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("manifesto:commitment_pack", args=[self.round.slug, self.number])

    @property
    def language_tag(self):
        return language_tag(self.language)

    @property
    def before(self):
        """The pack before it, if any."""
        return self.round.commitment_packs.filter(number__lt=self.number).by_latest().first()

    def changes_since(self, before):
        """What its commitments say anew, against an earlier pack: new ones, changed ones, and those left out.

        New ones are entries, changed ones pairs of the entry then and now, and so are those left out entries of then.
        """
        now = {entry.commitment_id: entry for entry in self.entries.for_page()}
        then = {entry.commitment_id: entry for entry in before.entries.for_page()}
        both = [(then[pk], entry) for pk, entry in now.items() if pk in then]
        return {
            "added": [entry for pk, entry in now.items() if pk not in then],
            "changed": [(old, new) for old, new in both if old.content != new.content],
            "left_out": [entry for pk, entry in then.items() if pk not in now],
        }


class PackEntryQuerySet(models.QuerySet):
    def for_page(self):
        return self.select_related("revision", "commitment__round").order_by("position")


class PackEntry(models.Model):
    """A commitment in a pack: a wording that is kept for good, and what belonged to it then."""

    pack = models.ForeignKey(CommitmentPack, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveSmallIntegerField()
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="pack_entries")
    revision = models.ForeignKey(CommitmentRevision, on_delete=models.PROTECT, related_name="pack_entries")
    # The mark of a revision's language can be put right later; a pack stays as it is.
    language = language_field()
    theme = models.CharField(max_length=100, blank=True)
    milestones = models.JSONField()
    ideas = models.JSONField()

    objects = PackEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "position"], name="pack_position_unique"),
            models.UniqueConstraint(fields=["pack", "commitment"], name="pack_has_a_commitment_once"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="pack_entry_is_for_good"),
            pgtrigger.Protect(name="pack_entry_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return f"{self.commitment} in {self.pack}"

    @classmethod
    def of(cls, commitment, *, pack, position):
        """The commitment as it is, loaded by for_pack."""
        milestones = [
            {name: _plain(getattr(milestone, name)) for name in MILESTONE}
            for milestone in commitment.milestones.all()
        ]
        ideas = [
            {"number": idea.number, "title": idea.title, "supporters": idea.supporters}
            for idea in commitment.drawn_ideas
        ]
        return cls(
            pack=pack,
            position=position,
            commitment=commitment,
            revision=[*commitment.revisions.all()][-1],
            language=commitment.language,
            theme=commitment.theme.name if commitment.theme else "",
            milestones=milestones,
            ideas=ideas,
        )

    @property
    def number(self):
        """The commitment's, by which people know it."""
        return self.commitment.number

    @property
    def language_tag(self):
        return language_tag(self.language)

    @property
    def content(self):
        """What it says, without what only counts or places it."""
        return self.revision_id, self.milestones


def _plain(value):
    return value if isinstance(value, str) else value and value.isoformat()
