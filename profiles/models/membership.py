from datetime import timedelta

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import news
from ..errors import AlreadyAsked, NotReady, NotTheirs, TooManyRequests
from .member import Member

# Enough for anybody's organisations, and too few to write to all of them.
MOST_REQUESTS_A_DAY = 10
NOT_THEIRS = gettext_lazy("Only people who belong to this organisation can do that.")
ALREADY_ASKED = gettext_lazy("You belong to this organisation already, or have asked to.")


class MembershipQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None)

    def ended(self):
        return self.exclude(ended_at=None)

    def confirmed(self):
        """As somebody has said at some time, those that are over too."""
        return self.exclude(confirmed_at=None)

    def belonging(self):
        """Confirmed, and not over."""
        return self.filter(confirmed_at__isnull=False, ended_at=None)

    def people(self):
        """Pairs of the names of a member and of their organisation, by name."""
        belonging = self.belonging().filter(member__is_active=True).order_by("member__display_name", "pk")
        return belonging.values_list("member__display_name", "organisation__name")

    def authorised(self):
        """Of those who belong now and whom the organisation lets speak for it."""
        return self.belonging().exclude(authorised_at=None).filter(member__is_active=True)

    def requested(self):
        """Waiting for somebody to confirm them."""
        return self.filter(confirmed_at=None, ended_at=None)

    def with_people(self):
        return self.select_related("member", "organisation", "confirmed_by", "ended_by")

    def with_organisations(self):
        return self.select_related("organisation")

    def by_request(self):
        return self.order_by("requested_at", "pk")

    def by_organisation(self):
        return self.order_by(Lower("organisation__name"), "pk")

    def request(self, organisation, member, *, role, note="", now):
        """Ask for a place; an address at the organisation's own domain confirms it at once. Raise a Refused."""
        if member.is_suspended:
            raise NotReady(member.why_suspended)
        if (
            self.filter(member=member, requested_at__gt=now - timedelta(days=1)).count()
            >= MOST_REQUESTS_A_DAY
        ):
            raise TooManyRequests(_("You have asked many organisations today. Come back tomorrow."))
        domain = organisation.domain_shown_by(member)
        membership = self.model(
            organisation=organisation,
            member=member,
            role=role,
            note=note,
            requested_at=now,
            confirmed_at=now if domain else None,
            confirmed_domain=domain,
        )
        try:
            with transaction.atomic():
                membership.save(force_insert=True)
                news.tell_of_request(membership, now)
        except IntegrityError as error:
            raise AlreadyAsked(ALREADY_ASKED) from error
        return membership


class Membership(models.Model):
    """A person's place in an organisation: requested, confirmed by someone who may, and perhaps ended."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey("Organisation", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=120, blank=True, help_text="Such as “Policy officer”.")
    note = models.CharField(max_length=300, blank=True, help_text="What helps others know who is asking.")
    requested_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="confirmed_memberships"
    )
    confirmed_domain = models.CharField(
        "confirmed by an address at", max_length=253, blank=True, editable=False
    )
    authorised_at = models.DateTimeField("may speak for it since", null=True, blank=True, editable=False)
    # Nobody looks for these: an index would only lock the table while it is made.
    authorised_by = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="authorised_memberships",
        db_index=False,
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="ended_memberships"
    )
    end_reason = models.CharField(max_length=500, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "organisation"],
                condition=Q(ended_at=None),
                name="membership_current_once",
                violation_error_message=gettext_lazy("This member belongs to the organisation already."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False) | Q(confirmed_by=None, confirmed_domain=""),
                name="membership_confirmed_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(ended_by=None, end_reason=""),
                name="membership_ended_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(authorised_at=None, authorised_by=None)
                | Q(authorised_at__isnull=False, confirmed_at__isnull=False),
                name="membership_authorised_once_confirmed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at", "id"],
                condition=Q(confirmed_at=None, ended_at=None),
                name="membership_requested",
            )
        ]

    def __str__(self):
        return f"{self.member} at {self.organisation}"

    @property
    def is_requested(self):
        return self.confirmed_at is None and self.ended_at is None

    @property
    def is_belonging(self):
        return self.confirmed_at is not None and self.ended_at is None

    @property
    def is_authorised(self):
        return self.is_belonging and self.authorised_at is not None

    def authorise(self, *, by, now):
        """Let the person speak for the organisation: sign and endorse in its name. Twice keeps who did it first.

        Nobody authorises themselves, but for editors. Raise NotTheirs or NotReady.
        """
        if not self.organisation.is_looked_after_by(by):
            raise NotTheirs(NOT_THEIRS)
        if by == self.member and not by.has_perm("profiles.change_membership"):
            raise NotTheirs(_("Somebody else at the organisation, or an editor, has to say that you may."))
        with transaction.atomic():
            waiting = Membership.objects.belonging().filter(pk=self.pk, authorised_at=None)
            if waiting.update(authorised_at=now, authorised_by=by):
                news.tell_of_authorisation(self, now)
        self.refresh_from_db()
        if not self.is_belonging:
            raise NotReady(_("Only people who belong to the organisation, as somebody has confirmed, can."))

    def end_authorisation(self, *, by):
        """Let the person no longer speak for the organisation; what they signed stays. Raise NotTheirs."""
        if by != self.member and not self.organisation.is_looked_after_by(by):
            raise NotTheirs(NOT_THEIRS)
        Membership.objects.filter(pk=self.pk).update(authorised_at=None, authorised_by=None)
        self.refresh_from_db()

    def confirm(self, *, by, now):
        """Vouch that the person belongs; a place nobody had asked for counts as asked for now.

        Confirming twice keeps who did it first. Raise NotTheirs, or NotReady once it is over.
        """
        if not self.organisation.is_looked_after_by(by):
            raise NotTheirs(NOT_THEIRS)
        if self.pk is None:
            self.requested_at, self.confirmed_at, self.confirmed_by = now, now, by
            self.save()
            return
        with transaction.atomic():
            waiting = Membership.objects.requested().filter(pk=self.pk)
            if waiting.update(confirmed_at=now, confirmed_by=by):
                news.tell_of_confirmation(self, now)
        self.refresh_from_db()
        if self.ended_at:
            raise NotReady(_("This request is over. If they still want to join, they can ask again."))

    def end(self, *, by, now, reason=""):
        """Leave, or have somebody leave and tell them why; who isn't confirmed yet is turned down by this.

        Ending it twice keeps who did it first. Asking again undoes it. Raise NotTheirs or NotReady.
        """
        if by != self.member and not self.organisation.is_looked_after_by(by):
            raise NotTheirs(NOT_THEIRS)
        if by != self.member and not reason:
            raise NotReady(_("Say why: we tell the person."))
        with transaction.atomic():
            current = Membership.objects.current().filter(pk=self.pk)
            if current.update(ended_at=now, ended_by=by, end_reason=reason) and by != self.member:
                news.tell_of_end(self, reason, now)
        self.refresh_from_db()
