"""How long what is kept: one table, for the job that holds to it and for the page that says so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pgtrigger
from allauth.account.models import EmailConfirmation
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from manifesto.models import Draft, Invitation, Report, SignOff, Vote
from meetings.models import Meeting, Registration
from profiles.models import AuditEntry, Mailing, Member, Notification

from .models import Erasure

BATCH = 1000
DAY, YEAR = timedelta(days=1), timedelta(days=365)


def _delete(rows, now):
    rows.delete()


def _delete_for_good(rows, now):
    """Though nobody else can delete any of them."""
    with pgtrigger.ignore("profiles.AuditEntry:append_only"):
        rows.delete()


@dataclass(frozen=True)
class Rule:
    """How long one kind of data is kept, on what ground, and what happens to it then: in words, and as code.

    Where there are `rows`, `manage.py apply_retention` does it: `rows` gives what is too old, from the moment before
    which it is, and `act` has some of them go, so that `rows` gives them no more. Else `done_by` says which job does.
    """

    name: str
    what: str
    kept: str
    ground: str
    then: str
    kept_for: timedelta = timedelta()
    rows: Callable | None = None
    act: Callable = _delete
    done_by: str = "apply_retention"

    def due(self, now: datetime):
        return self.rows(now - self.kept_for)

    def apply(self, now) -> int:
        """Do it, some rows at a time, each time for good; give to how many. Two at once share the work."""
        number = 0
        while done := self._apply_some(now):
            number += done
        return number

    def _apply_some(self, now):
        with transaction.atomic():
            due = self.due(now).order_by("pk").select_for_update(skip_locked=True, of=["self"])
            pks = list(due.values_list("pk", flat=True)[:BATCH])
            if pks:
                self.act(due.model.objects.filter(pk__in=pks), now)
        return len(pks)


SERVICE = _("To run the service you asked for (UK GDPR, Article 6(1)(b))")
INTEREST = _("Legitimate interests: safety, and a site that works (Article 6(1)(f))")
CONSENT = _("Your explicit consent, for political opinions (Articles 6(1)(a) and 9(2)(a))")
RECORD = _("Legitimate interests: a public record that holds (Article 6(1)(f))")
LAW = _("To be able to show that we kept to the law (Articles 5(2) and 6(1)(c))")
DELETED, EMPTIED = _("Deleted"), _("Emptied; that there was something stays")


def forget_expired_attempts(now, *, is_dry=False) -> int:
    """What rate limits count is in the cache's table, whose rows stay after they expire until somebody asks."""
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(settings.CACHES["default"]["LOCATION"])
        if is_dry:
            cursor.execute(f"SELECT FROM {table} WHERE expires < %s", [now])
        else:
            cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])
        return cursor.rowcount


def _never_confirmed(before):
    """Accounts whose owner never showed that the address is theirs; who was added by staff has no address to show."""
    confirmed = Member.emailaddress_set.rel.related_model.objects.filter(user=OuterRef("pk"))
    return Member.objects.filter(
        Exists(confirmed),
        ~Exists(confirmed.filter(verified=True)),
        joined_at__lt=before,
        last_login=None,
        is_staff=False,
    )


def _over_before(before):
    return Meeting.objects.past(timezone.localdate(before))


RULES = (
    Rule(
        "sessions",
        _("Devices you are signed in on"),
        _("Two weeks after signing in"),
        SERVICE,
        DELETED,
        rows=lambda before: Session.objects.filter(expire_date__lt=before),
    ),
    Rule(
        "devices",
        _("What sort of device you signed in on, and when"),
        _("15 days after it was last used"),
        INTEREST,
        DELETED,
        kept_for=15 * DAY,
        rows=lambda before: UserSession.objects.filter(last_seen_at__lt=before),
    ),
    Rule(
        "unconfirmed_accounts",
        _("Accounts whose e-mail address nobody confirmed"),
        _("30 days after joining"),
        SERVICE,
        DELETED,
        kept_for=30 * DAY,
        rows=_never_confirmed,
    ),
    Rule(
        "confirmation_keys",
        _("Keys sent to confirm an address"),
        _("30 days after they were made"),
        SERVICE,
        DELETED,
        kept_for=30 * DAY,
        rows=lambda before: EmailConfirmation.objects.filter(created__lt=before),
    ),
    Rule(
        "attempts",
        _("How often somebody tried something, by network address"),
        _("Until it counts no more, a day at most"),
        INTEREST,
        DELETED,
    ),
    Rule(
        "waiting_news",
        _("E-mails with news that can’t be sent"),
        _("60 days after what they tell of"),
        SERVICE,
        DELETED,
        kept_for=60 * DAY,
        rows=lambda before: Notification.objects.waiting().filter(told_at__lt=before),
    ),
    Rule(
        "sent_news",
        _("That you were told something, without what it was"),
        _("Two years after it was sent"),
        SERVICE,
        DELETED,
        kept_for=2 * YEAR,
        rows=lambda before: Notification.objects.exclude(mailing=None).filter(told_at__lt=before),
    ),
    Rule(
        "mailings",
        _("When we wrote to you, and to people without an account"),
        _("Two years after it was sent"),
        SERVICE,
        DELETED,
        kept_for=2 * YEAR,
        rows=lambda before: Mailing.objects.filter(prepared_at__lt=before, notifications=None),
    ),
    Rule(
        "requirements",
        _("What you need to take part in a meeting"),
        _("A week after the meeting"),
        CONSENT,
        DELETED,
        done_by="tend_registrations",
    ),
    Rule(
        "joining_details",
        _("How to join a meeting"),
        _("30 days after the meeting"),
        SERVICE,
        DELETED,
        kept_for=30 * DAY,
        rows=lambda before: _over_before(before).with_joining_details(),
        act=lambda rows, now: rows.update(joining_details=""),
    ),
    Rule(
        "registrations",
        _("Registrations for meetings"),
        _("90 days after the meeting"),
        SERVICE,
        _("Deleted; how many had a place stays"),
        kept_for=90 * DAY,
        rows=lambda before: Registration.objects.over_since(timezone.localdate(before)),
        act=lambda rows, now: rows.let_go(),
    ),
    Rule(
        "drafts",
        _("Drafts of ideas"),
        _("Two years after they were last changed"),
        SERVICE,
        DELETED,
        kept_for=2 * YEAR,
        rows=lambda before: Draft.objects.filter(updated_at__lt=before),
    ),
    Rule(
        "invitations",
        _("Invitations to be a co-author"),
        _("90 days after the experts begin"),
        SERVICE,
        DELETED,
        kept_for=90 * DAY,
        rows=lambda before: Invitation.objects.filter(idea__round__scoring_open_at__lt=before),
    ),
    Rule(
        "sign_offs",
        _("Until when an organisation needs to decide whether to sign a statement"),
        _("30 days after that day"),
        SERVICE,
        DELETED,
        kept_for=30 * DAY,
        rows=lambda before: SignOff.objects.filter(needed_by__lt=timezone.localdate(before)),
    ),
    Rule(
        "reports",
        _("What you wrote when you reported a comment"),
        _("A year after an editor dealt with it"),
        INTEREST,
        EMPTIED,
        kept_for=YEAR,
        rows=lambda before: Report.objects.exclude(words="").filter(dealt_with_at__lt=before),
        act=lambda rows, now: rows.update(words=""),
    ),
    Rule(
        "ballots",
        _("Votes"),
        _("180 days after the round’s shortlist is published"),
        CONSENT,
        _("Deleted; the counts, and receipt codes that lead to nobody, stay"),
        kept_for=180 * DAY,
        rows=lambda before: Vote.objects.of_results_before(before),
        act=lambda rows, now: rows.reduce(now=now),
    ),
    Rule(
        "networks",
        _("A mark of the network a vote came from, which names no network"),
        format_lazy(
            ngettext_lazy(
                "{days} day after the vote", "{days} days after the vote", settings.DAYS_TO_KEEP_NETWORKS
            ),
            days=settings.DAYS_TO_KEEP_NETWORKS,
        ),
        INTEREST,
        DELETED,
        done_by="forget_networks",
    ),
    Rule(
        "imported_notes",
        _("Texts that editors brought in as notes"),
        _("30 days"),
        INTEREST,
        DELETED,
        done_by="forget_note_imports",
    ),
    Rule(
        "spreadsheets",
        _("Spreadsheets of ideas"),
        _("Until they are taken in, 30 days at most"),
        INTEREST,
        DELETED,
        done_by="process_imports",
    ),
    Rule(
        "daily_files",
        _("Open data of each day, which names nobody"),
        _("30 days; that of the first of a month for good"),
        RECORD,
        DELETED,
        done_by="publish_open_data",
    ),
    Rule(
        "admin_log",
        _("What staff did in the admin"),
        _("Two years"),
        LAW,
        DELETED,
        kept_for=2 * YEAR,
        rows=lambda before: LogEntry.objects.filter(action_time__lt=before),
    ),
    Rule(
        "audit_log",
        _("The audit log: what staff did, in numbers without names"),
        _("Six years"),
        LAW,
        DELETED,
        kept_for=6 * YEAR,
        rows=lambda before: AuditEntry.objects.filter(at__lt=before),
        act=_delete_for_good,
    ),
    Rule(
        "departures",
        _("Accounts whose owners have left"),
        _("A week after they asked for it"),
        SERVICE,
        _("Deleted, and what is left of them is without a name"),
        done_by="erase_departed",
    ),
    Rule(
        "erasures",
        _("The numbers of deleted accounts, without names"),
        _("Three years, which is longer than any backup"),
        LAW,
        DELETED,
        kept_for=3 * YEAR,
        rows=lambda before: Erasure.objects.filter(erased_at__lt=before),
    ),
)
