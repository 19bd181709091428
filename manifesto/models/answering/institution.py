from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from profiles.vocabularies import NATIONS, Area

from ...errors import NotReady
from ..lexeme import LANGUAGE

# What an institution is found by: each name it has or had.
WORDS_OF_NAME = SearchVector("name", weight="A", config=LANGUAGE)


def name_of_the_day(institution, day):
    """SQL for what an institution called itself on a day; both are names of columns of the outer query."""
    names = InstitutionName.objects.filter(
        Q(since_on=None) | Q(since_on__lte=OuterRef(day)), institution=OuterRef(institution)
    )
    latest = names.order_by(F("since_on").desc(nulls_last=True), "-pk").values("name")[:1]
    return Coalesce(Subquery(latest), f"{institution}__name", output_field=models.TextField())


class InstitutionQuerySet(models.QuerySet):
    def current(self):
        """Those that haven't ended."""
        return self.filter(ended_on=None)

    def parties(self):
        return self.filter(kind=Institution.Kind.PARTY)

    def called(self, text):
        """Those with `text` in a name they have or had."""
        names = InstitutionName.objects.filter(institution=OuterRef("pk"), name__icontains=text)
        return self.filter(Exists(names))

    def with_words(self):
        """Annotate `search`, the words of its present name."""
        return self.annotate(search=WORDS_OF_NAME)

    def finding(self, query):
        """Those that a search of words finds by a name they have or had."""
        names = InstitutionName.objects.annotate(search=WORDS_OF_NAME).filter(search=query).order_by()
        return self.with_words().filter(pk__in=names.values("institution"))

    def once_at(self, slug):
        """The one whose page has or had this address."""
        names = InstitutionName.objects.filter(institution=OuterRef("pk"), slug=slug)
        return self.filter(Exists(names))

    def with_names(self):
        return self.prefetch_related("names")

    def by_name(self):
        return self.order_by(Lower("name"), "pk")

    def for_data(self):
        """Everything open data says of them."""
        return self.select_related("succeeded_by").with_names().order_by("pk")


class Institution(models.Model):
    """A party, a department or another body that is asked for things, with what it answered under all its names."""

    class Kind(models.TextChoices):
        PARTY = "party", _("Political party")
        DEPARTMENT = "department", _("Government department")
        GOVERNMENT = "government", _("Government")
        PARLIAMENT = "parliament", _("Parliament")
        DEVOLVED = "devolved", _("Devolved government")
        LOCAL = "local", _("Local government")
        OTHER = "other", _("Another institution")

    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=200, help_text="As it calls itself now.")
    slug = models.SlugField(max_length=80, unique=True, help_text="The last part of its page's address.")
    website = models.URLField(max_length=300, blank=True)
    nation = models.CharField(
        max_length=9,
        choices=[(area.value, area.label) for area in Area if area in NATIONS],
        blank=True,
        help_text="Leave empty if it is there for all of the United Kingdom.",
    )
    ended_on = models.DateField("last day", null=True, blank=True, editable=False)
    succeeded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="predecessors"
    )

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(succeeded_by=None) | Q(ended_on__isnull=False),
                name="institution_succeeded_only_if_ended",
            ),
            models.CheckConstraint(
                condition=Q(succeeded_by=None) | ~Q(succeeded_by=F("pk")),
                name="institution_succeeds_another",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("manifesto:institution_detail", args=[self.slug])

    @property
    def is_current(self):
        return self.ended_on is None

    @property
    def is_party(self):
        return self.kind == self.Kind.PARTY

    def clean(self):
        if InstitutionName.objects.filter(slug=self.slug).exclude(institution=self.pk).exists():
            raise ValidationError({"slug": "This is or was the address of another institution."})

    def begin(self):
        """Save it for the first time, with its first name."""
        with transaction.atomic():
            self.save()
            self.names.create(name=self.name, slug=self.slug)

    def name_on(self, day):
        """What it called itself on a day, of the names that are loaded with it."""
        names = self.names.all()
        former = [name for name in names if name.since_on is None or name.since_on <= day]
        return (former or names or [self])[-1].name

    def rename(self, *, name, slug, since_on, now_on):
        """Have it another name from a day on; both find it. Raise NotReady for a day that isn't after the last change,
        one to come, or an address that is taken.
        """
        with transaction.atomic():
            locked = type(self).objects.select_for_update().get(pk=self.pk)
            last = locked.names.last()
            if since_on > now_on:
                raise NotReady("A name is entered once it is in use, so the day can't be one to come.")
            if last and last.since_on and since_on <= last.since_on:
                raise NotReady(
                    f"The day must be after the last change of name, on {last.since_on:%-d %B %Y}."
                )
            try:
                with transaction.atomic():
                    locked.names.create(name=name, slug=slug, since_on=since_on)
            except IntegrityError:
                raise NotReady(
                    "This is or was the address of an institution already. Take another one."
                ) from None
            locked._call(name, slug)
        self.name, self.slug = name, slug

    def respell(self, name):
        """Put right how its present name is written; its address stays."""
        with transaction.atomic():
            last = self.names.select_for_update().last()
            self.names.filter(pk=last.pk).update(name=name)
            self._call(name, self.slug)

    def _call(self, name, slug):
        self.name, self.slug = name, slug
        self.save(update_fields=["name", "slug"])

    def end(self, *, on, now_on, succeeded_by=None):
        """It is no more after a day; what it said stays, and `succeeded_by` leads on from it.

        Terms of its offices end with it. Raise NotReady for a day to come, or if it would succeed itself.
        """
        if on > now_on:
            raise NotReady("Enter the end of an institution once it has come.")
        heir = succeeded_by
        while heir:
            if heir.pk == self.pk:
                raise NotReady("An institution can't be succeeded by itself, not by a detour either.")
            heir = heir.succeeded_by
        with transaction.atomic():
            self.ended_on, self.succeeded_by = on, succeeded_by
            self.save(update_fields=["ended_on", "succeeded_by"])
            for office in self.offices.all():
                office.terms.filter(ends_on=None, starts_on__lte=on).update(ends_on=on)


class InstitutionName(models.Model):
    """A name an institution has or had, from a day on, with the address its page had then."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    since_on = models.DateField("since", null=True, blank=True)

    class Meta:
        indexes = [GinIndex(WORDS_OF_NAME, name="institution_words_of_name")]
        ordering = [F("since_on").asc(nulls_first=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "since_on"], nulls_distinct=False, name="institution_one_name_a_day"
            )
        ]

    def __str__(self):
        return self.name
