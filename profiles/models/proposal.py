from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from .. import news
from ..errors import AlreadyAsked, NotReady, TooManyRequests
from ..vocabularies import Area, ChoiceArrayField, labels_of, language_field
from .member import Member
from .membership import Membership
from .organisation import Organisation, OrganisationIdentifier

MOST_OPEN = 5
SLUG_LENGTH = Organisation._meta.get_field("slug").max_length


class ProposalQuerySet(models.QuerySet):
    def open(self):
        """Waiting for an editor's answer."""
        return self.filter(accepted_at=None, declined_at=None)

    def accepted(self):
        return self.exclude(accepted_at=None)

    def declined(self):
        return self.exclude(declined_at=None)

    def by_oldest(self):
        return self.order_by("proposed_at", "pk")

    def send(self, *, by, now, **fields):
        """Ask the editors to list an organisation that `by` belongs to. Raise a Refused."""
        if by.is_suspended:
            raise NotReady(by.why_suspended)
        if self.filter(proposer=by).open().count() >= MOST_OPEN:
            raise TooManyRequests(
                _("The editors have yet to answer what you sent before. Wait for that first.")
            )
        try:
            with transaction.atomic():
                return self.create(proposer=by, proposed_at=now, **fields)
        except IntegrityError as error:
            raise AlreadyAsked(_("You have sent this one already. An editor will answer.")) from error


class OrganisationProposal(models.Model):
    """An organisation that a member wants to see listed. Only an editor's acceptance makes an organisation of it."""

    proposer = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="proposals", editable=False)
    name = models.CharField(max_length=200)
    kind = models.CharField("type", max_length=20, choices=Organisation.Kind)
    areas = ChoiceArrayField(models.CharField(max_length=9, choices=Area), verbose_name="nations and regions")
    website = models.URLField(blank=True)
    summary = models.TextField(max_length=1000, blank=True)
    language = language_field()
    scheme = models.CharField("register", max_length=12, choices=OrganisationIdentifier.Scheme, blank=True)
    number = models.CharField("number in the register", max_length=20, blank=True)
    role = models.CharField(max_length=120, blank=True)
    proposed_at = models.DateTimeField(editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, editable=False, related_name="proposals"
    )
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="accepted_proposals"
    )
    declined_at = models.DateTimeField(null=True, editable=False)
    declined_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="declined_proposals"
    )
    decline_reason = models.CharField(max_length=500, blank=True, editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "proposed organisation"
        constraints = [
            models.UniqueConstraint(
                "proposer",
                Lower("name"),
                condition=Q(accepted_at=None, declined_at=None),
                name="proposal_open_once_per_name",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, organisation=None)
                | Q(accepted_at__isnull=False, organisation__isnull=False, declined_at=None),
                name="proposal_accepted_as_an_organisation",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None, decline_reason="")
                | (Q(declined_at__isnull=False) & ~Q(decline_reason="")),
                name="proposal_declined_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(scheme="", number="") | (~Q(scheme="") & ~Q(number="")),
                name="proposal_number_with_its_register",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_open(self):
        return self.accepted_at is None and self.declined_at is None

    @property
    def area_names(self):
        return labels_of(Area, self.areas)

    def alike(self):
        """Listed organisations that may be the same."""
        return Organisation.objects.alike(
            name=self.name, website=self.website, scheme=self.scheme, number=self.number
        )

    def accept(self, *, by, now, slug=""):
        """List a new organisation, to which the proposer belongs from now on; give it. Raise NotReady."""
        with transaction.atomic():
            self._lock_open()
            if Organisation.objects.filter(name__iexact=self.name).exists():
                raise NotReady(_("An organisation of this name is listed. Choose it as the same one."))
            if self.number and self._registered().exists():
                raise NotReady(_("An organisation with this number is listed. Choose it as the same one."))
            organisation = Organisation.objects.create(
                slug=slug or Organisation.objects.free_slug(self.name),
                member_since=None,
                **{
                    name: getattr(self, name)
                    for name in ("name", "kind", "areas", "website", "summary", "language")
                },
            )
            if self.number:
                organisation.identifiers.create(scheme=self.scheme, value=self.number)
            self._accept_as(organisation, by, now)
        return organisation

    def accept_as(self, organisation, *, by, now):
        """It is one that is listed: the proposer belongs to that. Raise NotReady."""
        with transaction.atomic():
            self._lock_open()
            self._accept_as(organisation, by, now)

    def decline(self, *, by, reason, now):
        """Don't list it, and tell the proposer why. Raise NotReady."""
        with transaction.atomic():
            self._lock_open()
            self.declined_at, self.declined_by, self.decline_reason = now, by, reason
            self.save(update_fields=["declined_at", "declined_by", "decline_reason"])
            news.tell_of_decline(self, now)

    def _lock_open(self):
        self.refresh_from_db(from_queryset=OrganisationProposal.objects.select_for_update(of=["self"]))
        if not self.is_open:
            raise NotReady(_("Another editor has answered this already."))

    def _registered(self):
        return OrganisationIdentifier.objects.filter(scheme=self.scheme, value=self.number)

    def _accept_as(self, organisation, by, now):
        self.organisation, self.accepted_at, self.accepted_by = organisation, now, by
        self.save(update_fields=["organisation", "accepted_at", "accepted_by"])
        own = Membership.objects.current().filter(member=self.proposer, organisation=organisation)
        membership = own.first() or Membership(
            member=self.proposer, organisation=organisation, role=self.role
        )
        membership.confirm(by=by, now=now)
        news.tell_of_acceptance(self, now)
