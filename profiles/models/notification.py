from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.urls import translate_url
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from ..vocabularies import Frequency
from .member import Member

# Digests go out from this local time on, with what was told before it.
DIGEST_TIME = time(7, 0)
PREPARED_AT_ONCE = 500
GIVE_UP_AFTER = timedelta(days=2)
# A number of our own: whoever holds it in a transaction is the one who prepares mailings.
PREPARATION_LOCK = 2014_1104


def last_digest_time(now):
    """The latest moment not after `now` at which a day's digest falls due."""
    local = timezone.localtime(now)
    due = timezone.make_aware(datetime.combine(local.date(), DIGEST_TIME))
    if due > now:
        due = timezone.make_aware(datetime.combine(local.date() - timedelta(days=1), DIGEST_TIME))
    return due


def _fingerprints(key):
    """What is kept of a key for good: the current one first, then those of earlier secrets."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("notification", key, secret=secret).hexdigest() for secret in secrets]


def _content(*, subject, words, address, now):
    return {
        # One line: it may become a mail's subject.
        "subject": " ".join(subject.split()),
        "words": words,
        # In the language that mails are written in, whichever the page was in that brought it about.
        "address": translate_url(address, settings.LANGUAGE_CODE),
        "told_at": now or timezone.now(),
    }


class NotificationQuerySet(models.QuerySet):
    def tell(self, members, *, key, subject, words, address, is_urgent=False, now=None):
        """Queue one piece of news for each of `members`, to be called inside the verb's transaction.

        Nothing is sent here. Telling the same member the same `key` again changes nothing; None among `members` and
        those who want no e-mails are passed over. `words` are plain text, `address` is a path of this site. What is
        urgent doesn't wait for the next day's digest.
        """
        pks = members.values_list("pk", flat=True) if isinstance(members, models.QuerySet) else members
        pks = [getattr(member, "pk", member) for member in pks if member]
        self.tell_each(
            dict.fromkeys(pks, words),
            key=key,
            subject=subject,
            address=address,
            is_urgent=is_urgent,
            now=now,
        )

    def tell_each(self, words_by_member, *, key, subject, address, is_urgent=False, now=None):
        """As `tell`, in words of each member's own, by the member's primary key."""
        wanted = Member.objects.filter(pk__in=words_by_member, is_active=True)
        # In order, so that two verbs that tell the same people wait for each other instead of deadlocking.
        pks = list(wanted.exclude(email_frequency=Frequency.OFF).order_by("pk").values_list("pk", flat=True))
        told = self._told_under_earlier_secrets(pks, key)
        self.bulk_create(
            [
                self.model(
                    member_id=pk,
                    key=key,
                    is_urgent=is_urgent,
                    fingerprint=_fingerprints(f"{pk}:{key}")[0],
                    **_content(subject=subject, words=words_by_member[pk], address=address, now=now),
                )
                for pk in pks
                if pk not in told
            ],
            batch_size=1000,
            ignore_conflicts=True,
        )

    def tell_address(self, email, *, key, subject, words, address, now=None):
        """Queue a message to somebody without an account, such as an invitation; the same `key` once.

        It goes out by itself, under its own `subject`, unless the person asked us not to write again.
        """
        email = email.strip().lower()
        if ClosedAddress.objects.filter(email=email).exists():
            return
        fingerprints = _fingerprints(f"{email}:{key}")
        if self.filter(member=None, fingerprint__in=fingerprints[1:]).exists():
            return
        values = _content(subject=subject, words=words, address=address, now=now)
        notification = self.model(email=email, key=key, fingerprint=fingerprints[0], **values)
        self.bulk_create([notification], ignore_conflicts=True)

    def _told_under_earlier_secrets(self, pks, key):
        if not settings.SECRET_KEY_FALLBACKS:
            return set()
        earlier = [fingerprint for pk in pks for fingerprint in _fingerprints(f"{pk}:{key}")[1:]]
        return set(self.filter(fingerprint__in=earlier).values_list("member", flat=True))

    def waiting(self):
        """Not in any mail yet."""
        return self.filter(mailing=None)

    def unsent(self):
        """Not in any mail yet, or in one that hasn't gone out."""
        return self.filter(Q(mailing=None) | Q(mailing__sent_at=None, mailing__given_up_at=None))

    def due(self, now):
        """Waiting, and wanted by now: at once, or in the digest; never by somebody whose address isn't proven."""
        member_wants = Q(member__email_frequency=Frequency.IMMEDIATELY) | Q(
            Q(is_urgent=True) | Q(told_at__lt=last_digest_time(now)), member__email_frequency=Frequency.DAILY
        )
        proven = Q(
            member__is_active=True,
            member__emailaddress__verified=True,
            member__emailaddress__email__iexact=F("member__email"),
        )
        return self.waiting().filter((member_wants & proven) | Q(member=None))

    def by_oldest(self):
        return self.order_by("told_at", "pk")


class Notification(models.Model):
    """A piece of news for one person, kept until an e-mail has carried it; then only its fingerprint stays.

    No screen shows these rows: what a supporter is told of says which idea they support.
    """

    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    email = models.EmailField(blank=True)
    key = models.CharField(max_length=150, blank=True)
    fingerprint = models.CharField(max_length=64)
    subject = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True)
    address = models.CharField(max_length=300, blank=True)
    told_at = models.DateTimeField()
    is_urgent = models.BooleanField(default=False, db_default=False)
    mailing = models.ForeignKey(
        "Mailing", on_delete=models.RESTRICT, null=True, blank=True, related_name="notifications"
    )

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(member=None) ^ Q(email=""), name="notification_to_a_member_or_an_address"
            ),
            models.UniqueConstraint(
                fields=["member", "fingerprint"], name="notification_once_per_member_and_key"
            ),
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(member=None),
                name="notification_once_per_address_and_key",
            ),
        ]
        indexes = [
            models.Index(fields=["told_at", "id"], condition=Q(mailing=None), name="notification_waiting")
        ]

    def __str__(self):
        return f"Notification {self.pk}"


class MailingQuerySet(models.QuerySet):
    def unsent(self):
        return self.filter(sent_at=None, given_up_at=None)

    def due(self, now):
        """To be sent now; a digest never to somebody who had one today."""
        served = self.model.objects.digests_of(timezone.localdate(now)).values("member")
        return self.unsent().filter(next_attempt_at__lte=now).exclude(is_digest=True, member__in=served)

    def digests_of(self, day):
        return self.filter(is_digest=True, sent_on=day)

    def by_oldest(self):
        return self.order_by("next_attempt_at", "pk")

    def prepare(self, now):
        """Put news that is due into mailings, some people's at a time; give how many mailings there are now to send.

        A person has at most one unsent mailing, and at most one digest goes out to a member on a local day; what is
        urgent goes into it, or where none is due into a mailing that is no digest.
        """
        while self._prepare_some(now):
            pass
        return self.due(now).count()

    def _prepare_some(self, now):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PREPARATION_LOCK])
            return (
                self._prepare_members(now, Q(member__email_frequency=Frequency.IMMEDIATELY))
                + self._prepare_digests(now)
                + self._prepare_members(now, Q(member__email_frequency=Frequency.DAILY, is_urgent=True))
                + self._prepare_addresses(now)
            )

    def _prepare_digests(self, now):
        served = self.digests_of(timezone.localdate(now)).values("member")
        wanted = Q(member__email_frequency=Frequency.DAILY, is_urgent=False) & ~Q(member__in=served)
        return self._prepare_members(now, wanted, is_digest=True)

    def _prepare_members(self, now, wanted, *, is_digest=False):
        """Mailings for members who have news like `wanted`. A digest holds all that is due to them."""
        busy = self.unsent().exclude(member=None).values("member")
        due = Notification.objects.due(now).exclude(member=None)
        starting = due.filter(wanted).exclude(member__in=busy)
        members = Member.objects.filter(pk__in=starting.values("member")).order_by("pk")[:PREPARED_AT_ONCE]
        mailings = [
            self.model(member=member, is_digest=is_digest, prepared_at=now, next_attempt_at=now)
            for member in members
        ]
        self.bulk_create(mailings)
        theirs = self.unsent().filter(member=models.OuterRef("member"))
        news = due if is_digest else due.filter(wanted)
        news = news.filter(member__in=[mailing.member_id for mailing in mailings])
        Notification.objects.filter(pk__in=news.values("pk")).update(
            mailing=models.Subquery(theirs.values("pk")[:1])
        )
        return len(mailings)

    def _prepare_addresses(self, now):
        invitations = Notification.objects.waiting().filter(member=None).by_oldest()[:PREPARED_AT_ONCE]
        for notification in invitations:
            mailing = self.create(email=notification.email, prepared_at=now, next_attempt_at=now)
            Notification.objects.filter(pk=notification.pk).update(mailing=mailing)
        return len(invitations)

    def claim(self, now):
        """The next mailing to send, or None; nobody else gets it until the caller's transaction ends."""
        due = self.due(now).select_related("member").by_oldest()
        return due.select_for_update(skip_locked=True, of=["self"]).first()


def message_token():
    return get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789")


class Mailing(models.Model):
    """One e-mail to one person. Each attempt to send it carries the same news and the same Message-ID."""

    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, null=True, blank=True, related_name="mailings"
    )
    email = models.EmailField(blank=True)
    token = models.CharField(max_length=32, unique=True, default=message_token)
    is_digest = models.BooleanField(default=False)
    prepared_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    objects = MailingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(member=None) ^ Q(email=""), name="mailing_to_a_member_or_an_address"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None, sent_on=None) | Q(sent_at__isnull=False, sent_on__isnull=False),
                name="mailing_sent_at_a_time_on_a_day",
            ),
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(sent_at=None, given_up_at=None),
                name="mailing_one_unsent_per_member",
            ),
            # The day first: its index also says who has had one today.
            models.UniqueConstraint(
                fields=["sent_on", "member"],
                condition=Q(is_digest=True),
                name="mailing_one_digest_per_member_and_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(sent_at=None, given_up_at=None),
                name="mailing_due",
            )
        ]

    def __str__(self):
        return f"Mailing {self.pk}"

    def record_sent(self, *, now):
        """The mail server has taken it. What it said is forgotten; that it was said is kept."""
        Mailing.objects.filter(pk=self.pk).update(sent_at=now, sent_on=timezone.localdate(now))
        self._forget_words()

    def record_failure(self, *, now, is_refused):
        """Try again later: soon if the mail server has trouble, ever less often if it refuses the address.

        An address that is still refused after two days is given up.
        """
        longest = timedelta(hours=6) if is_refused else timedelta(minutes=30)
        wait = min(timedelta(minutes=5) * 2 ** min(self.attempts, 10), longest)
        is_hopeless = is_refused and now - self.prepared_at >= GIVE_UP_AFTER
        Mailing.objects.filter(pk=self.pk).update(
            attempts=F("attempts") + 1,
            next_attempt_at=now + wait,
            given_up_at=now if is_hopeless else None,
        )
        if is_hopeless:
            self._forget_words()

    def abandon(self):
        """There is nothing left to say, or nobody to say it to."""
        self.notifications.all().delete()
        self.delete()

    def close_address(self, *, now):
        """Never write again to the address of somebody without an account."""
        with transaction.atomic():
            ClosedAddress.objects.bulk_create(
                [ClosedAddress(email=self.email, closed_at=now)], ignore_conflicts=True
            )
            Notification.objects.filter(member=None, email=self.email).unsent().delete()

    def _forget_words(self):
        self.notifications.update(key="", subject="", words="", address="")


class ClosedAddress(models.Model):
    """The e-mail address of somebody without an account who asked us not to write again."""

    email = models.EmailField(unique=True)
    closed_at = models.DateTimeField()

    def __str__(self):
        return "A closed address"
