"""Members who leave: asked for, taken back within a week, carried out, and on record without a name."""

import json
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.serializers.json import DjangoJSONEncoder
from django.core.signing import BadSignature, TimestampSigner
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from manifesto.models import Vote
from manifesto.models import leaving as manifesto
from meetings.models import leaving as meetings
from meetings.note_record import without_names
from profiles.errors import NotReady
from profiles.models import Member, Notification
from profiles.models import leaving as profiles

from ..datasets import few_at_a_time
from ..leaving_mail import tell_of_end, tell_of_request

TIME_TO_RETHINK = timedelta(days=7)
# How long an erasure waits for the mail server.
TIME_TO_TELL = timedelta(days=2)
signer = TimestampSigner(salt="departure")


class DepartureQuerySet(models.QuerySet):
    def ask(self, member, *, takes_ideas, takes_comments, now):
        """Close the account now and have it deleted in a week; asked twice, it is the same.

        Raise NotReady for the only administrator, or what sending an e-mail raises; then nothing has changed. Votes
        that no result holds yet are withdrawn at once: the round might close within the week.
        """
        with transaction.atomic():
            # Of two administrators who leave at once, the second waits here, and then is the last.
            administrators = list(
                Member.objects.select_for_update().filter(is_superuser=True, is_active=True)
            )
            if administrators == [member]:
                raise NotReady(
                    _(
                        "You are the only administrator. Make somebody else administrator first, then you can leave."
                    )
                )
            departure, _is_new = self.get_or_create(
                member=member,
                defaults={
                    "asked_at": now,
                    "due_at": now + TIME_TO_RETHINK,
                    "takes_ideas": takes_ideas,
                    "takes_comments": takes_comments,
                },
            )
            Vote.objects.filter(member=member).before_scoring(now).take_back(now=now)
            member.notifications.unsent().delete()
            Member.objects.filter(pk=member.pk).update(is_active=False)
            tell_of_request(departure)
        return departure

    def due(self, now):
        """Those to carry out; not those whose account an administrator has opened again."""
        return self.filter(due_at__lte=now, member__is_active=False).order_by("due_at", "pk")

    def of_token(self, token):
        """The one that a link in an e-mail leads to, or None."""
        try:
            pk, asked_at = signer.unsign_object(token)
        except BadSignature:
            return None
        found = self.filter(pk=pk, asked_at=datetime.fromisoformat(asked_at)).select_related("member")
        return found.first()


class Departure(models.Model):
    """A member's wish that their account be deleted, on a day until which they can take it back."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="departure")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    takes_ideas = models.BooleanField()
    takes_comments = models.BooleanField()

    objects = DepartureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__gt=models.F("asked_at")), name="departure_due_after_asked"
            )
        ]

    def __str__(self):
        return f"Departure {self.pk}"

    def get_absolute_url(self):
        """Where it is taken back, for the e-mail: whoever has that address needs no other way in."""
        return reverse("departure_undo", args=[self.token])

    @property
    def token(self):
        return signer.sign_object((self.pk, self.asked_at.isoformat()))

    def undo(self, *, now):
        """Open the account again as it was, without the votes that were withdrawn. Raise NotReady once it is due."""
        with transaction.atomic():
            locked = Departure.objects.select_for_update().filter(pk=self.pk).first()
            if locked is None or now >= locked.due_at:
                raise NotReady(_("The week is over, so the account can’t be brought back."))
            Member.objects.filter(pk=locked.member_id).update(is_active=True)
            locked.delete()

    def carry_out(self, *, now):
        """Delete the account and write to its address for the last time. Say whether it was done.

        Whoever comes second, because the job runs twice, finds nothing to do. While mail can't be sent, raise what
        sending raises, but for two days only.
        """
        with transaction.atomic():
            locked = (
                Departure.objects.due(now).select_for_update(skip_locked=True, of=["self"]).filter(pk=self.pk)
            )
            departure = locked.select_related("member").first()
            if departure is None:
                return False
            member = departure.member
            fields = {
                "asked_at": departure.asked_at,
                "takes_ideas": departure.takes_ideas,
                "takes_comments": departure.takes_comments,
            }
            address, language = member.email, member.language
            Erasure.objects.erase(member, now=now, **fields)
            try:
                tell_of_end(address, language)
            except (OSError, SMTPException):
                if now < departure.due_at + TIME_TO_TELL:
                    raise
        return True


class ErasureQuerySet(models.QuerySet):
    def erase(self, member, *, asked_at, takes_ideas, takes_comments, now):
        """Delete the account and all that is kept with it, and put on record that it is gone.

        What a result holds as of `asked_at` stays in it without a name.
        """
        names = names_of(member)
        with transaction.atomic():
            self.create(
                account=member.pk,
                joined_at=member.joined_at,
                asked_at=asked_at,
                erased_at=now,
                takes_ideas=takes_ideas,
                takes_comments=takes_comments,
            )
            choices = {"takes_ideas": takes_ideas, "takes_comments": takes_comments}
            manifesto.part_with(member, names=names, now=asked_at, **choices)
            meetings.part_with(member, names=names, now=now)
            _leave_out_of_what_waits(names | profiles.addresses_of(member), member)
            profiles.part_with(member, names=names)
            member.delete()

    def replay(self, records, *, now):
        """Erase again whom a backup has brought back; give how many there were. `records` are as `as_record` gives."""
        # Numbers may be given out again after a restore, moments aren't.
        accounts = [
            (Member.objects.filter(pk=r["account"], joined_at=r["joined_at"]).first(), r) for r in records
        ]
        back = [(member, record) for member, record in accounts if member]
        leave_sessions([member for member, _record in back])
        for member, record in back:
            asked_at = datetime.fromisoformat(record["asked_at"])
            choices = {name: record[name] for name in ("takes_ideas", "takes_comments")}
            with transaction.atomic():
                self.filter(account=member.pk, joined_at=member.joined_at).delete()
                self.erase(member, asked_at=asked_at, now=now, **choices)
        return len(back)

    def by_oldest(self):
        return self.order_by("erased_at", "pk")


class Erasure(models.Model):
    """That an account was deleted, by number, so that a backup from before it can be made to forget it too."""

    account = models.BigIntegerField()
    joined_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    erased_at = models.DateTimeField()
    takes_ideas = models.BooleanField()
    takes_comments = models.BooleanField()

    objects = ErasureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "joined_at"], name="erasure_once_per_account")
        ]

    def __str__(self):
        return f"Erasure of account {self.account}"

    def as_record(self) -> str:
        """One line of JSON, for the file that outlives the database."""
        names = ("account", "joined_at", "asked_at", "erased_at", "takes_ideas", "takes_comments")
        values = {name: getattr(self, name) for name in names}
        moments = {name: value.isoformat() for name, value in values.items() if isinstance(value, datetime)}
        return json.dumps(values | moments, cls=DjangoJSONEncoder)


def names_of(member) -> set[str]:
    """All that the member went by on the site, as far as their account leads to it."""
    approved = member.approvals.exclude(approver_name="").values_list("approver_name", flat=True)
    own = {member.display_name} - {""}
    return own | meetings.names_given(member) | set(approved)


def _leave_out_of_what_waits(names, member):
    """News to others that hasn't gone out, and the admin's own log of what staff did."""
    for name in names:
        first = name.split()[0]
        for news in Notification.objects.unsent().filter(words__icontains=first).exclude(member=member):
            news.words = without_names(news.words, [name])
            news.save(update_fields=["words"])
        mentions = Q(object_repr__icontains=first) | Q(change_message__icontains=first)
        for entry in LogEntry.objects.filter(mentions):
            entry.object_repr = without_names(entry.object_repr, [name])
            entry.change_message = without_names(entry.change_message, [name])
            entry.save(update_fields=["object_repr", "change_message"])


def leave_sessions(members):
    """End the sessions of the members, and those in which somebody tried to sign in as one of them.

    In others' sessions a message may wait that names one of them, as where an administrator changed their account.
    """
    keys = {str(member.pk) for member in members}
    addresses = {address for member in members for address in profiles.addresses_of(member)}
    words = {word.lower() for member in members for word in names_of(member)} | addresses
    for session in few_at_a_time(Session.objects.order_by("pk")):
        known = session.get_decoded()
        text = json.dumps(known, cls=DjangoJSONEncoder, ensure_ascii=False).lower()
        if known.get("_auth_user_id") in keys or (
            "_auth_user_id" not in known and any(address in text for address in addresses)
        ):
            session.delete()
        elif any(word in text for word in words) and known.pop("_messages", None):
            session.session_data = Session.objects.encode(known)
            session.save(update_fields=["session_data"])
