from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from ..vocabularies import Area, ChoiceArrayField, labels_of
from .member import Member


class OrganisationQuerySet(models.QuerySet):
    def matching(self, text):
        """Those with `text` in their name or in another name they are known by."""
        named = OrganisationName.objects.filter(organisation=models.OuterRef("pk"), name__icontains=text)
        return self.filter(models.Q(name__icontains=text) | models.Exists(named))

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

    def by_name(self):
        return self.order_by(Lower("name"), "pk")

    def for_member(self, member):
        """Those the member belongs to now, as somebody has confirmed."""
        return self.filter(
            pk__in=Membership.objects.current().confirmed().filter(member=member).values("organisation")
        )


class Organisation(models.Model):
    """A body that takes part in open government: one of civil society's, government's or in between."""

    class Kind(models.TextChoices):
        CHARITY = "charity", "Charity"
        COMPANY = "company", "Company"
        COMMUNITY_GROUP = "community_group", "Community group"
        ACADEMIC = "academic", "University or research body"
        GOVERNMENT = "government", "Government"
        PARLIAMENT = "parliament", "Parliament or assembly"
        PARTY = "party", "Political party"
        FUNDER = "funder", "Funder"
        NETWORK = "network", "Network"
        INDIVIDUAL = "individual", "Individual"

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True, help_text="The last part of the page's address.")
    kind = models.CharField("type", max_length=20, choices=Kind)
    areas = ChoiceArrayField(models.CharField(max_length=9, choices=Area), verbose_name="nations and regions")
    website = models.URLField(blank=True)
    summary = models.TextField(
        max_length=1000, blank=True, help_text="One or two sentences: what the organisation is and does."
    )
    member_since = models.DateField(
        null=True,
        blank=True,
        help_text="When it joined the network. Leave empty for others, such as government.",
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="organisation_name_is_unique",
                violation_error_message="There is an organisation of this name already.",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("profiles:organisation_detail", args=[self.slug])

    @property
    def area_names(self):
        return labels_of(Area, self.areas)


class OrganisationName(models.Model):
    """Another name an organisation is known by: an abbreviation, a former name, its name in Welsh."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="other_names")
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint("organisation", Lower("name"), name="organisation_other_name_listed_once")
        ]
        verbose_name = "other name"

    def __str__(self):
        return self.name


class OrganisationIdentifier(models.Model):
    """An organisation's entry in a public register, by org-id scheme."""

    class Scheme(models.TextChoices):
        CHARITY_ENGLAND_WALES = "GB-CHC", "Charity Commission, England and Wales"
        CHARITY_SCOTLAND = "GB-SC", "Scottish Charity Regulator"
        CHARITY_NORTHERN_IRELAND = "GB-NIC", "Charity Commission, Northern Ireland"
        COMPANY = "GB-COH", "Companies House"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=12, choices=Scheme)
    value = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "value"],
                name="organisation_identifier_is_unique",
                violation_error_message="Another organisation has this identifier.",
            )
        ]
        verbose_name = "identifier"

    def __str__(self):
        return f"{self.scheme}-{self.value}"


class MembershipQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None)

    def confirmed(self):
        return self.exclude(confirmed_at=None)


class Membership(models.Model):
    """A person's place in an organisation: requested, confirmed by someone who may, and perhaps ended."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=120, blank=True, help_text="Such as “Policy officer”.")
    requested_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="confirmed_memberships"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "organisation"],
                condition=models.Q(ended_at=None),
                name="membership_current_once",
                violation_error_message="This member belongs to the organisation already.",
            )
        ]

    def __str__(self):
        return f"{self.member} at {self.organisation}"

    def confirm(self, *, by, now):
        """Vouch that the person belongs; a place nobody had asked for counts as asked for now."""
        self.requested_at = self.requested_at or now
        if self.confirmed_at is None:
            self.confirmed_at, self.confirmed_by = now, by
        self.save()
