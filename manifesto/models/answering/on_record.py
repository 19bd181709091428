"""What institutions said, as it was published: put right by another entry beside it, never changed."""

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from profiles.models import Member
from profiles.vocabularies import language_field, language_tag

from ...errors import EditedMeanwhile, NotReady, Refused
from .office import Term

SOURCE = ("source_title", "source_url", "source_page")
COMMON = ("stated_on", "term", *SOURCE, "language")


class OnRecordQuerySet(models.QuerySet):
    def drafts(self):
        return self.filter(published_at=None)

    def published(self):
        return self.exclude(published_at=None)

    def latest(self):
        """Published and not corrected by a later entry; those that were withdrawn are among them."""
        corrections = self.model.objects.published().filter(corrects=OuterRef("pk"))
        return self.published().exclude(Exists(corrections))

    def standing(self):
        """Published, neither corrected nor withdrawn."""
        return self.latest().filter(withdrawn_on=None)

    def withdrawn(self):
        return self.published().exclude(withdrawn_on=None)

    def by_day(self):
        """What was said last comes first."""
        return self.order_by("-stated_on", "-pk")

    def by_publication(self):
        return self.order_by("-published_at", "-pk")


class OnRecord(models.Model):
    """Something an institution said on a day, with where that can be read; once public, it doesn't change.

    Who inherits from it says which institution that is, as `speaking_institution`.
    """

    stated_on = models.DateField(gettext_lazy("said on"))
    term = models.ForeignKey(
        Term,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=gettext_lazy("said by"),
        help_text="Who said it, and in which office, if that is known.",
    )
    source_title = models.CharField(gettext_lazy("source"), max_length=200, blank=True)
    source_url = models.URLField(gettext_lazy("address of the source"), max_length=500, blank=True)
    source_page = models.CharField(
        gettext_lazy("page"), max_length=30, blank=True, help_text="Such as 14, or 14 to 16."
    )
    language = language_field()
    recorded_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="recorded_%(class)ss"
    )
    recorded_at = models.DateTimeField(editable=False)
    published_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="published_%(class)ss"
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="corrected_by"
    )
    explanation = models.CharField("what was wrong", max_length=500, blank=True, editable=False)
    withdrawn_on = models.DateField(null=True, blank=True, editable=False)
    withdrawal_words = models.CharField(max_length=500, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="withdrawn_%(class)ss"
    )

    # What a correction may put right: fields by name.
    CONTENT = COMMON
    # Fields that may be left empty elsewhere, but not here.
    NEEDED = ()

    class Meta:
        abstract = True

    @property
    def is_published(self):
        return self.published_at is not None

    @property
    def is_withdrawn(self):
        return self.is_published and self.withdrawn_on is not None

    @property
    def is_latest(self):
        later = getattr(self, "corrected_by", None)
        return self.is_published and not (later and later.is_published)

    @property
    def is_standing(self):
        return self.is_latest and not self.is_withdrawn

    @property
    def language_tag(self):
        return language_tag(self.language)

    @property
    def changes(self):
        """What it put right in the entry it corrects: names of fields, what they said, and what they say."""
        shown = [name for name in self.CONTENT if name != "language"]
        pairs = [(name, self._shown(self.corrects, name), self._shown(self, name)) for name in shown]
        return [
            (self._meta.get_field(name).verbose_name, before, after)
            for name, before, after in pairs
            if before != after
        ]

    def corrections_among(self, said):
        """This entry and those before it that put right another, the latest first; `said` has all of them by key."""
        found, entry = [], self
        while entry.corrects_id:
            found.append(entry)
            entry.corrects = said[entry.corrects_id]
            entry = entry.corrects
        return found

    @staticmethod
    def _shown(entry, name):
        display = getattr(entry, f"get_{name}_display", None)
        value = display() if display else getattr(entry, name)
        return value or ""

    def faults_of_term(self):
        """What is wrong with who is said to have said it, by field."""
        if not (self.term and self.stated_on):
            return {}
        if self.term.office.institution_id != self.speaking_institution.pk:
            return {"term": "This office belongs to another institution."}
        if not self.term.covers(self.stated_on):
            return {"term": "They did not hold this office on that day. Choose who did, or another day."}
        return {}

    def faults(self, today):
        """What keeps it from going on record: words by field."""
        if self.stated_on and self.stated_on > today:
            return {"stated_on": "This day is still to come."}
        return self.faults_of_term()

    def record(self, *, by, now):
        """Keep it as a draft, which nobody else sees."""
        self.recorded_by, self.recorded_at = by, now
        self.save()

    def publish(self, *, by, now, today):
        """Put it on record for good; a second time changes nothing. Raise NotReady while something is wrong with it."""
        if faults := self.faults(today):
            raise NotReady(" ".join(faults.values()))
        with transaction.atomic():
            drafts = type(self).objects.select_for_update(of=["self"]).filter(pk=self.pk, published_at=None)
            if not drafts:
                return
            type(self).objects.filter(pk=self.pk).update(published_by=by, published_at=now)
            self.published_by, self.published_at = by, now
            self._tell(now)

    def correct(self, *, content, explanation, by, now, today):
        """Put another entry in its place that says what was wrong; this one stays readable. Give the new one.

        `content` has fields by name. Raise NotReady without an explanation, a change, or where the new entry is
        wrong, EditedMeanwhile if it was corrected before, Refused if it isn't public or was withdrawn.
        """
        with transaction.atomic():
            locked = type(self).objects.select_for_update(of=["self"]).get(pk=self.pk)
            if not locked.is_published or locked.is_withdrawn:
                raise Refused("Only what is public and was not withdrawn can be corrected.")
            if type(self).objects.filter(corrects=locked).exists():
                raise EditedMeanwhile("Somebody else corrected this after you opened it.")
            if not explanation.strip():
                raise NotReady("Please say what was wrong. It is published with the correction.")
            values = {name: getattr(locked, name) for name in locked.KEPT}
            values |= {name: getattr(locked, name) for name in self.CONTENT} | content
            new = type(self)(**values, corrects=locked, explanation=explanation.strip())
            if all(getattr(new, name) == getattr(locked, name) for name in self.CONTENT):
                raise NotReady("Nothing is different yet.")
            if faults := new.faults(today):
                raise NotReady(" ".join(faults.values()))
            new.recorded_by = new.published_by = by
            new.recorded_at = new.published_at = now
            new.save()
            new._tell(now)
        return new

    def withdraw(self, *, on, words, by, now, today):
        """Mark it as taken back by the institution on a day, in the words it gave for that; it stays readable."""
        if on > today or on < self.stated_on:
            raise NotReady("It can be withdrawn from the day it was said until today.")
        if not words.strip():
            raise NotReady("Please say how or why it was withdrawn. It is shown with it.")
        with transaction.atomic():
            locked = type(self).objects.select_for_update(of=["self"]).get(pk=self.pk)
            if not locked.is_latest:
                raise Refused("Only what is public and was not corrected can be withdrawn.")
            if locked.is_withdrawn:
                raise EditedMeanwhile("It was withdrawn already.")
            values = {"withdrawn_on": on, "withdrawal_words": words.strip(), "withdrawn_by": by}
            type(self).objects.filter(pk=self.pk).update(**values)
            for name, value in values.items():
                setattr(self, name, value)
            self._tell(now)

    def _tell(self, now):
        """Tell those who want to know; by default nobody."""

    def clean(self):
        if faults := self.faults_of_term():
            raise ValidationError(faults)


def as_published(name, *fields):
    """Triggers that keep what is public from being changed or deleted."""
    columns = [
        *fields,
        "stated_on",
        "term_id",
        *SOURCE,
        "language",
        "published_at",
        "corrects_id",
        "explanation",
    ]
    is_public = pgtrigger.Q(old__published_at__isnull=False)
    return [
        pgtrigger.Protect(
            name=f"{name}_as_published", operation=pgtrigger.UpdateOf(*columns), condition=is_public
        ),
        pgtrigger.Protect(name=f"{name}_stays", operation=pgtrigger.Delete, condition=is_public),
    ]


def common_constraints(name):
    return [
        models.CheckConstraint(
            condition=Q(corrects=None, explanation="") | (Q(corrects__isnull=False) & ~Q(explanation="")),
            name=f"{name}_correction_explained",
        ),
        models.CheckConstraint(
            condition=Q(withdrawn_on=None, withdrawal_words="")
            | (Q(withdrawn_on__isnull=False, published_at__isnull=False) & ~Q(withdrawal_words="")),
            name=f"{name}_withdrawn_with_words",
        ),
        models.CheckConstraint(
            condition=Q(source_url="", source_page="") | ~Q(source_title=""),
            name=f"{name}_source_has_title",
            violation_error_message="Say what the source is called.",
        ),
    ]
