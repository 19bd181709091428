"""What the site keeps about a member, kind by kind: for the page that shows it, the download, and the deletion.

Each app declares what it keeps in a module of this name, in KINDS. A test finds every column that leads to a member,
and wants each to be in one of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import few_at_a_time

from .models import Member
from .models.leaving import addresses_of


class Fate(models.TextChoices):
    """What becomes of rows when the account is deleted."""

    GOES = "goes", _("Deleted")
    NAMELESS = "nameless", _("Kept without your name")


@dataclass(frozen=True)
class Table:
    """The rows of one table that lead to a member by the column `of`, or that `rows` finds for one."""

    model: str
    of: str = ""
    fate: Fate = Fate.GOES
    # Columns that aren't handed out, such as what a password was made into.
    secret: tuple[str, ...] = ()
    rows: Callable | None = None
    # What somebody did to what is others': only when and to which row is theirs to take along.
    is_act: bool = False

    @property
    def _model(self):
        return apps.get_model(self.model)

    def of_member(self, member):
        found = self._model._base_manager.order_by("pk")
        return self.rows(found, member) if self.rows else found.filter(**{self.of: member})

    def records(self, member):
        """The rows as plain values by the names of their columns, a few in memory at a time."""
        columns = [column for column in self._model._meta.concrete_fields if self._is_given(column)]
        related = [column.name for column in columns if column.is_relation]
        rows = self.of_member(member).select_related(*related)
        for row in few_at_a_time(rows):
            yield {column.name: _plain(row, column) for column in columns}

    def _is_given(self, column):
        if self.is_act:
            return column.primary_key or isinstance(column, models.DateTimeField)
        is_other = column.is_relation and column.related_model is Member and column.name != self.of
        return not (is_other or column.generated or column.name in self.secret)


def _plain(row, column):
    """A value as JSON takes it; of another row, its key and what pages call it."""
    if not column.is_relation:
        return getattr(row, column.name)
    key = getattr(row, column.attname)
    return None if key is None else {"id": key, "is": str(getattr(row, column.name))}


@dataclass(frozen=True)
class Kind:
    """One kind of what is kept: what it is, why it is kept, for how long, what becomes of it, and where it is."""

    name: str
    title: str
    why: str
    how_long: str
    when_you_go: str
    tables: tuple[Table, ...]


def acts(model, *columns):
    """What a member did in it, be it in an office: who did it goes with the account, that it was done stays."""
    return tuple(Table(model, column, Fate.NAMELESS, is_act=True) for column in columns)


def by_address(rows, member):
    """Rows with an e-mail address of the member in them, though they lead to no account."""
    return rows.filter(email__in=addresses_of(member))


def by_account_or_address(rows, member):
    return rows.filter(models.Q(member=member) | models.Q(email__in=addresses_of(member)))


def of_account(rows, member):
    return rows.filter(pk=member.pk)


def of_actor(rows, member):
    return rows.filter(actor_pk=member.pk)


UNTIL_YOU_GO = _("Until you delete your account.")
DELETED = _("Deleted.")
KINDS = (
    Kind(
        "account",
        _("Your account"),
        _("To let you sign in, and to show a name with what you say."),
        UNTIL_YOU_GO,
        DELETED,
        (
            Table("profiles.Member", secret=("password",), rows=of_account),
            Table("profiles.Member_groups", "member"),
            Table("profiles.Member_user_permissions", "member"),
            Table("account.EmailAddress", "user"),
            Table("profiles.Inbox", "member"),
            # The key of a session is as good as a password.
            Table("usersessions.UserSession", "user", secret=("session_key", "data")),
            Table("mfa.Authenticator", "user", secret=("data",)),
        ),
    ),
    Kind(
        "consents",
        _("Your agreements"),
        _("To show that you agreed to our recording political opinions, to which text, and when."),
        _("Until you delete your account, withdrawn ones too."),
        DELETED,
        (Table("profiles.Consent", "member"),),
    ),
    Kind(
        "organisations",
        _("Your organisations"),
        _("To let you speak for organisations you belong to."),
        UNTIL_YOU_GO,
        DELETED,
        (Table("profiles.Membership", "member"), Table("profiles.OrganisationProposal", "proposer")),
    ),
    Kind(
        "stories",
        _("Stories you answered for or approved"),
        _("To publish what an organisation says, and to show that it agreed to the text."),
        _("As long as the organisation is listed."),
        _("Kept, as the organisation’s, without your name."),
        (
            Table("profiles.Profile", "author", Fate.NAMELESS),
            Table("profiles.Approval", "approver", Fate.NAMELESS),
        ),
    ),
    Kind(
        "news",
        _("E-mails with news"),
        _("To tell you what you asked to hear, each thing once."),
        _("The words until they are sent; that something was sent, for two years."),
        DELETED,
        (
            Table("profiles.Notification", "member", rows=by_account_or_address),
            Table("profiles.Mailing", "member", rows=by_account_or_address),
            Table("profiles.ClosedAddress", rows=by_address),
        ),
    ),
)
ACTS = (
    *acts("profiles.Member", "suspended_by"),
    *acts("profiles.Membership", "confirmed_by", "ended_by", "authorised_by"),
    *acts("profiles.Approval", "asked_by"),
    *acts("profiles.Call", "opened_by", "closed_by"),
    *acts("profiles.OrganisationLogo", "changed_by"),
    *acts("profiles.Profile", "saved_by", "begun_by", "scheduled_by", "published_by", "withdrawn_by"),
    *acts("profiles.OrganisationMerge", "merged_by"),
    *acts("profiles.OrganisationProposal", "accepted_by", "declined_by"),
    Table("admin.LogEntry", "user", is_act=True),
    Table("profiles.AuditEntry", fate=Fate.NAMELESS, rows=of_actor, is_act=True),
)
