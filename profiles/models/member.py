from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import load_backend
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.db import models, transaction
from django.db.models import Exists
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..domains import as_sent_to
from ..errors import NotReady
from ..vocabularies import AuditAction, Frequency, language_field
from ..written_once import WrittenOnce
from .audit import AuditEntry

CONSENT_VERSION = "2026-11"


class MemberManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        """Raise ValueError without an e-mail address. A member without a password signs in by e-mailed code."""
        if not email:
            raise ValueError("A member needs an e-mail address.")
        member = self.model(email=as_sent_to(email.strip().lower()), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def who_may(self, permission):
        """Active members with the permission: by themselves, through a group, or as administrators."""
        return load_backend(settings.AUTHENTICATION_BACKENDS[0]).with_perm(permission)

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, email):
        return self.get(email=as_sent_to(email.strip().lower()))


class Member(AbstractBaseUser, PermissionsMixin):
    """A person with an account, who signs in by e-mail address."""

    email = models.EmailField("e-mail address", unique=True)
    display_name = models.CharField(
        max_length=80, blank=True, help_text="The name shown with your ideas. It need not be your full name."
    )
    is_staff = models.BooleanField(
        "may use the admin", default=False, help_text="Editors, experts and administrators need this."
    )
    is_active = models.BooleanField(default=True, help_text="Untick to stop this person signing in.")
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    email_frequency = models.CharField(
        "e-mails with news", max_length=11, choices=Frequency, default=Frequency.DAILY
    )
    language = language_field("language of e-mails")
    suspended_at = models.DateTimeField(null=True, blank=True, editable=False)
    suspended_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="suspensions"
    )
    suspension_reason = models.CharField(max_length=500, blank=True, editable=False)

    objects = MemberManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="member_email_is_lower_case",
                violation_error_message=gettext_lazy("Please write the e-mail address in lower case."),
            ),
            models.CheckConstraint(
                condition=models.Q(suspended_at=None, suspension_reason="")
                | (models.Q(suspended_at__isnull=False) & ~models.Q(suspension_reason="")),
                name="member_suspended_with_reason",
            ),
        ]
        permissions = [("suspend_member", "Can suspend members and lift it")]

    def __str__(self):
        return self.public_name

    @property
    def public_name(self):
        return self.display_name or _("A member")

    def clean(self):
        super().clean()
        self.email = as_sent_to(self.email.lower())

    def get_full_name(self):
        return self.public_name

    def get_short_name(self):
        return self.public_name

    @property
    def has_second_factor(self):
        """Whether the account is safe enough for an office; demonstrations ask for no second step."""
        return not settings.REQUIRE_SECOND_FACTOR or is_mfa_enabled(self)

    def reset_second_factor(self, *, by, now):
        """Let somebody in who lost theirs, and nobody who is in: they sign in anew. Raise NotReady."""
        if by == self:
            raise NotReady("Change your own under “Two-step sign-in” in your account.")
        with transaction.atomic():
            taken, _kinds = self.authenticator_set.all().delete()
            if not taken:
                raise NotReady("There is no second step to take away.")
            for session in self.usersession_set.all():
                session.end()
            AuditEntry.objects.record(AuditAction.SECOND_FACTOR_RESET, by=by, target=self, now=now)

    def has_perm(self, perm, obj=None):
        """Permissions go with an office, so they count behind a second factor only, on every page of the site."""
        return super().has_perm(perm, obj) and self.has_second_factor

    @property
    def has_verified_email(self):
        return self.emailaddress_set.filter(verified=True).exists()

    @property
    def has_inbox(self):
        """Whether a mailbox that the member proved to be theirs counts for them, and so for nobody else."""
        return self.inboxes.exists()

    @property
    def inbox_and_consent(self):
        """Whether `has_inbox`, and whether `has_current_consent`, asked at once."""
        return INBOX_AND_CONSENT.first(member=self.pk, version=CONSENT_VERSION)

    def rename(self, name):
        self.display_name = name
        self.save(update_fields=["display_name"])

    def choose_language(self, code):
        """Have e-mails from the site in this language from now on."""
        self.language = code
        self.save(update_fields=["language"])

    @property
    def current_consent(self):
        return self.consents.current().first()

    @property
    def has_current_consent(self):
        return self.consents.current().exists()

    def give_consent(self, *, now):
        """Record agreement to the processing of political opinions; agreeing twice is recorded once."""
        Consent.objects.bulk_create(
            [Consent(member=self, version=CONSENT_VERSION, given_at=now)], ignore_conflicts=True
        )

    def withdraw_consent(self, *, now):
        """Take the agreement back, from now on: what the member supports stays until they withdraw that too."""
        self.consents.current().update(withdrawn_at=now)

    def choose_email_frequency(self, frequency):
        """From now on. Nobody who wants no e-mails gets those that wait."""
        with transaction.atomic():
            Member.objects.filter(pk=self.pk).update(email_frequency=frequency)
            if frequency == Frequency.OFF:
                self.notifications.unsent().delete()
        self.email_frequency = frequency

    @property
    def is_suspended(self):
        return self.suspended_at is not None

    @property
    def why_suspended(self):
        reason = self.suspension_reason.rstrip(".")
        return _("The editors have suspended your account for a while: %(reason)s.") % {"reason": reason}

    def suspend(self, *, by, reason, now):
        """Have the member neither comment, submit ideas, register nor report on actions until it is lifted.

        Raise NotReady for staff.
        """
        if self.is_staff:
            raise NotReady(_("This account belongs to staff. Ask an administrator to close it instead."))
        Member.objects.filter(pk=self.pk, suspended_at=None).update(
            suspended_at=now, suspended_by=by, suspension_reason=reason
        )
        self.refresh_from_db(fields=["suspended_at", "suspended_by", "suspension_reason"])

    def lift_suspension(self):
        Member.objects.filter(pk=self.pk).update(suspended_at=None, suspended_by=None, suspension_reason="")
        self.suspended_at, self.suspended_by, self.suspension_reason = None, None, ""

    def appoint(self, *group_names):
        """Put the member into staff groups and let them into the admin."""
        with transaction.atomic():
            self.groups.add(*Group.objects.filter(name__in=group_names))
            Member.objects.filter(pk=self.pk).update(is_staff=True)
            self.is_staff = True


def display_name(member) -> str:
    """What allauth calls a member in pages and mails."""
    return member.public_name


class ConsentQuerySet(models.QuerySet):
    def current(self, version=None):
        """Those to the version in force."""
        return self.filter(version=version or CONSENT_VERSION, withdrawn_at=None)


class Consent(models.Model):
    """A member's agreement that the network processes their political opinions, special category data in UK law."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="consents")
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "version"],
                condition=models.Q(withdrawn_at=None),
                name="consent_given_once_per_version",
            )
        ]

    def __str__(self):
        return f"Consent {self.version}"

    @staticmethod
    def version_in_force():
        return CONSENT_VERSION


def inbox_and_consent(member, version):
    """Whether the member of that key has an inbox, and whether they agreed to that version, as expressions."""
    inboxes = Member.inboxes.rel.related_model.objects.filter(member=member)
    return Exists(inboxes), Exists(Consent.objects.current(version).filter(member=member))


INBOX_AND_CONSENT = WrittenOnce(
    lambda member, version: Member.objects.filter(pk=member).values_list(*inbox_and_consent(member, version)),
    member=int,
    version=str,
)
