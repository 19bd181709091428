from functools import reduce
from operator import or_

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, TrigramSimilarity
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest, Lower
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from .. import domains, identifiers
from ..vocabularies import Area, ChoiceArrayField, labels_of, language_field, language_tag
from .membership import Membership
from .speaking import SpokenFor
from .story_words import LANGUAGE, title_follows_name

# Names as near to each other as “Rivers Trust” and “River Trust UK” may mean one organisation.
ALIKE = 0.45
MOST_ALIKE = 5
# What an organisation is found by. No column of its own: it would be loaded wherever an organisation is.
WORDS_OF_NAME = SearchVector("name", weight="A", config=LANGUAGE)
WORDS = WORDS_OF_NAME + SearchVector("summary", weight="B", config=LANGUAGE)
HOST = r"^https?://(?:www\.)?([^/:?#]+)"


def host_in(website):
    """SQL for the host of a web address in lower case, without “www.”."""
    return models.Func(
        Lower(website), models.Value(HOST), function="substring", output_field=models.TextField()
    )


class OrganisationQuerySet(models.QuerySet):
    def matching(self, text):
        """Those with `text` in their name or in another name they are known by."""
        return self.filter(self._naming(text))

    def with_words(self):
        """Annotate `search`, the words of its name and of what it is."""
        return self.annotate(search=WORDS)

    def finding(self, query):
        """Those that a search of words finds by a name or by what they are."""
        own = Organisation.objects.annotate(search=WORDS).filter(search=query).order_by()
        others = OrganisationName.objects.annotate(search=WORDS_OF_NAME).filter(search=query).order_by()
        # One list of keys to look up: either condition in the search itself would have it read every organisation.
        keys = own.values("pk").union(others.values("organisation"))
        return self.with_words().filter(pk__in=keys)

    def _naming(self, text):
        named = OrganisationName.objects.filter(organisation=OuterRef("pk"), name__icontains=text)
        return Q(name__icontains=text) | Exists(named)

    def called(self, name):
        """Those with exactly this name, or exactly this other name, capitals aside; whose own name it is come first."""
        other = OrganisationName.objects.filter(organisation=models.OuterRef("pk"), name__iexact=name)
        own = models.Q(name__iexact=name)
        return self.filter(own | models.Exists(other)).order_by(
            models.Case(models.When(own, then=0), default=1), "pk"
        )

    def called_any(self, names):
        """For each of `names`, case folded: those `called` so, in its order. Two queries, however many names."""
        wanted = [Lower(models.Value(name)) for name in names if name and "\0" not in name]
        named = models.Q(key__in=wanted)
        found = {}
        for organisation in self.alias(key=Lower("name")).filter(named).order_by("pk"):
            found.setdefault(organisation.name.casefold(), []).append(organisation)
        others = (
            OrganisationName.objects.alias(key=Lower("name")).filter(named).select_related("organisation")
        )
        for other in others.order_by("organisation"):
            organisations = found.setdefault(other.name.casefold(), [])
            if other.organisation not in organisations:
                organisations.append(other.organisation)
        return found

    def alike(self, *, name, website="", scheme="", number=""):
        """The few that may be the same: with this number, with this website's host, then those called much like it."""
        registered = OrganisationIdentifier.objects.filter(
            organisation=OuterRef("pk"), scheme=scheme, value=number
        )
        others = OrganisationName.objects.filter(organisation=OuterRef("pk")).order_by()
        others = others.annotate(likeness=TrigramSimilarity("name", name)).order_by("-likeness")
        host = domains.host_of(website)
        has_host = Q(website_host=host) if domains.is_ones_own(host) else Q(pk=None)
        rows = self.annotate(
            has_number=Exists(registered),
            has_host=models.ExpressionWrapper(has_host, output_field=models.BooleanField()),
            likeness=Greatest(
                TrigramSimilarity("name", name),
                Coalesce(models.Subquery(others.values("likeness")[:1]), 0.0),
            ),
        ).filter(Q(has_number=True) | has_host | Q(likeness__gte=ALIKE) | self._naming(name))
        return rows.order_by("-has_number", "-has_host", "-likeness", "pk")[:MOST_ALIKE]

    def free_slug(self, name):
        """The end of an address for a new organisation of this name."""
        field = self.model._meta.get_field("slug")
        stem = slugify(name)[: field.max_length - 5].strip("-") or "organisation"
        former = self.model._meta.get_field("merges").related_model.objects
        taken = {
            slug
            for rows in (self, former)
            for slug in rows.filter(slug__startswith=stem).values_list("slug", flat=True)
        }
        numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
        return next(slug for slug in (stem, *numbered) if slug not in taken)

    def count_by(self, name):
        """How many there are of each value of the field."""
        return dict(self.order_by().values_list(name).annotate(models.Count("pk")))

    def count_by_area(self):
        """How many work in each place; who works in several counts in each."""
        place = models.Func("areas", function="unnest", output_field=models.CharField())
        return dict(self.order_by().annotate(place=place).values_list("place").annotate(models.Count("pk")))

    def with_logo(self):
        """With what a page says of the logo, in the same query; its bytes come from their own address."""
        return self.select_related("logo").defer("logo__large", "logo__small")

    def for_data(self):
        """With everything that is published of each as data."""
        return self.with_logo().prefetch_related("other_names", "identifiers")

    def every_name(self):
        """Pairs of a name, own or other, and the organisation's key, by organisation."""
        own = self.order_by("pk").values_list("name", "pk")
        return [*own, *OrganisationName.objects.order_by("pk").values_list("name", "organisation")]

    def members(self):
        """Those that have joined the network."""
        return self.exclude(member_since=None)

    def by_joining(self):
        """Who joined last first."""
        return self.order_by("-member_since", Lower("name"), "pk")

    def by_name(self):
        return self.order_by(Lower("name"), "pk")

    def for_member(self, member):
        """Those the member belongs to now, as somebody has confirmed."""
        return self.filter(pk__in=Membership.objects.belonging().filter(member=member).values("organisation"))

    def relying_on(self, member):
        """Those to which nobody but the member belongs now."""
        others = Membership.objects.belonging().filter(member__is_active=True).exclude(member=member)
        return self.for_member(member).exclude(pk__in=others.values("organisation"))


class Organisation(SpokenFor, models.Model):
    """A body that takes part in open government: one of civil society's, government's or in between."""

    class Kind(models.TextChoices):
        CHARITY = "charity", _("Charity")
        COMPANY = "company", _("Company")
        COMMUNITY_GROUP = "community_group", _("Community group")
        ACADEMIC = "academic", _("University or research body")
        GOVERNMENT = "government", _("Government")
        PARLIAMENT = "parliament", _("Parliament or assembly")
        PARTY = "party", _("Political party")
        FUNDER = "funder", _("Funder")
        NETWORK = "network", _("Network")
        INDIVIDUAL = "individual", _("Individual")

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True, help_text="The last part of the page's address.")
    kind = models.CharField("type", max_length=20, choices=Kind)
    areas = ChoiceArrayField(models.CharField(max_length=9, choices=Area), verbose_name="nations and regions")
    website = models.URLField(blank=True)
    website_host = models.GeneratedField(
        expression=Coalesce(host_in("website"), models.Value("", output_field=models.TextField())),
        output_field=models.TextField(),
        db_persist=True,
    )
    email_domain = models.CharField(
        "e-mail domain",
        max_length=253,
        blank=True,
        help_text=(
            "Whoever has shown that they have an e-mail address here belongs to the organisation at once. It must be "
            "the end of the website’s address, such as rivers.org.uk for https://about.rivers.org.uk. Left empty, "
            "the website’s own address counts, if the website is the whole of it."
        ),
    )
    summary = models.TextField(
        max_length=1000, blank=True, help_text="One or two sentences: what the organisation is and does."
    )
    language = language_field("summary written in")
    member_since = models.DateField(
        null=True,
        blank=True,
        help_text="When it joined the network. Leave empty for others, such as government.",
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        indexes = [GinIndex(WORDS, name="organisation_words")]
        triggers = [title_follows_name()]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="organisation_name_is_unique",
                violation_error_message=_("There is an organisation of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(email_domain=Lower("email_domain")),
                name="organisation_email_domain_is_lower_case",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("profiles:organisation_detail", args=[self.slug])

    def clean(self):
        super().clean()
        self.email_domain = self.email_domain.strip().lower().removeprefix("@").removeprefix("www.")
        if self.email_domain and not self._is_own(self.email_domain):
            raise ValidationError(
                {
                    "email_domain": "This must be the end of the website’s address, and the organisation’s alone: "
                    "not one where anybody can have an e-mail address or a page."
                }
            )

    @property
    def language_tag(self):
        """The language of its summary."""
        return language_tag(self.language)

    @property
    def area_names(self):
        return labels_of(Area, self.areas)

    @property
    def own_logo(self):
        """The logo, or None."""
        return getattr(self, "logo", None)

    def has(self, member):
        """Whether the member belongs to it now, as somebody has confirmed."""
        return self.memberships.belonging().filter(member=member).exists()

    def is_looked_after_by(self, member):
        """Whether the member says who belongs to it and what its logo is: its own people do, and editors."""
        return member.has_perm("profiles.change_membership") or self.has(member)

    def domain_shown_by(self, member):
        """The organisation's own e-mail domain at which the member has proven an address; empty if there is none."""
        proven = member.emailaddress_set.filter(verified=True).values_list("email", flat=True)
        shown = self.email_domains & {domains.domain_of(email) for email in proven}
        for domain in sorted(shown):
            others = Organisation.objects.exclude(pk=self.pk)
            if not others.filter(Q(email_domain=domain) | Q(website_host=domain)).exists():
                return domain
        return ""

    @property
    def email_domains(self):
        """What vouches for its people: the domain an editor gave, and its website's where that is a site of its own.

        Of a website under a path, others may have the rest.
        """
        host = domains.host_of(self.website)
        given = (
            {host, self.email_domain} if host and domains.is_whole_site(self.website) else {self.email_domain}
        )
        return {domain for domain in given if self._is_own(domain)}

    def _is_own(self, domain):
        return domains.is_ones_own(domain) and domains.is_within(domains.host_of(self.website), domain)


class OrganisationName(models.Model):
    """Another name an organisation is known by: an abbreviation, a former name, its name in Welsh."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="other_names")
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint("organisation", Lower("name"), name="organisation_other_name_listed_once")
        ]
        indexes = [GinIndex(WORDS_OF_NAME, name="organisation_words_of_name")]
        verbose_name = "other name"

    def __str__(self):
        return self.name


# What to tell somebody who typed what can't be a number of the register, by org-id scheme.
NO_NUMBER = {
    "GB-CHC": _(
        "That isn’t a number of this register. They have 6 or 7 digits, such as 1130568, and for a subsidiary a "
        "hyphen and its number: 1130568-1."
    ),
    "GB-SC": _("That isn’t a number of this register. They have SC and 6 digits, such as SC012345."),
    "GB-NIC": _("That isn’t a number of this register. They have 6 digits, such as 100123."),
    "GB-COH": _(
        "That isn’t a number of this register. They have 8 characters, such as 01234567, SC123456 or NI012345."
    ),
}


class OrganisationIdentifier(models.Model):
    """An organisation's entry in a public register, by org-id scheme."""

    class Scheme(models.TextChoices):
        CHARITY_ENGLAND_WALES = "GB-CHC", _("Charity Commission, England and Wales")
        CHARITY_SCOTLAND = "GB-SC", _("Scottish Charity Regulator")
        CHARITY_NORTHERN_IRELAND = "GB-NIC", _("Charity Commission, Northern Ireland")
        COMPANY = "GB-COH", _("Companies House")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=12, choices=Scheme)
    value = models.CharField("number", max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "value"],
                name="organisation_identifier_is_unique",
                violation_error_message=_("Another organisation has this identifier."),
            ),
            models.CheckConstraint(
                condition=reduce(
                    or_,
                    (
                        Q(scheme=scheme, value__regex=form)
                        for scheme, (form, *_) in identifiers.REGISTERS.items()
                    ),
                ),
                name="organisation_identifier_has_its_schemes_form",
                violation_error_message=_("That isn’t a number of this register."),
            ),
        ]
        verbose_name = "identifier"

    def __str__(self):
        return f"{self.scheme}-{self.value}"

    def clean(self):
        super().clean()
        if self.scheme in identifiers.REGISTERS:
            try:
                self.value = self.normalised(self.scheme, self.value)
            except ValidationError as error:
                raise ValidationError({"value": error}) from error

    @staticmethod
    def normalised(scheme, value):
        """The number as its register writes it. Raise ValidationError, in words for whoever typed it."""
        try:
            return identifiers.normalised(scheme, value)
        except ValueError as error:
            raise ValidationError(NO_NUMBER[scheme]) from error

    @property
    def page(self):
        """Its entry in the register, for everybody to look up."""
        return identifiers.page_of(self.scheme, self.value)
