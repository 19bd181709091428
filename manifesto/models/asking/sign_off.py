"""Organisations that need time for a decision of their own before they can sign. Nobody else is told."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.models import Member, Organisation

from ... import news
from ...errors import NotReady

REMINDED_BEFORE = timedelta(days=3)


class SignOffQuerySet(models.QuerySet):
    def plan(self, statement, organisation, *, needed_by, by, now):
        """Note until when the organisation needs, or change it. Raise NotReady or NotAuthorised."""
        today = timezone.localdate(now)
        with transaction.atomic():
            organisation = statement._held(organisation)
            if refusal := statement.refusal_to_be_signed(now) or organisation.refusal_to_speak(by):
                raise refusal
            if needed_by < today:
                raise NotReady(_("This day has passed. Choose a later one."))
            closes_on = statement.signing_closes_on
            if closes_on and needed_by > closes_on:
                raise NotReady(_("Signing closes before that day."))
            sign_off, _created = self.update_or_create(
                statement=statement,
                organisation=organisation,
                defaults={"needed_by": needed_by, "asked_by": by, "asked_at": now},
            )
        return sign_off

    def give_up(self, statement, organisation, *, by):
        """Forget it; give whether there was one. Raise NotAuthorised."""
        if refusal := organisation.refusal_to_speak(by):
            raise refusal
        number, _models = self.filter(statement=statement, organisation=organisation).delete()
        return bool(number)

    def remind(self, now):
        """Tell those concerned some days before the day, and on it; each of both once. Give how many it is about."""
        today = timezone.localdate(now)
        due = self.filter(needed_by__gte=today, needed_by__lte=today + REMINDED_BEFORE)
        due = [row for row in due.with_things() if row.statement.is_open_for_signing(today)]
        for sign_off in due:
            news.sign_off_due(sign_off, is_today=sign_off.needed_by == today, now=now)
        return len(due)

    def with_things(self):
        return self.select_related("statement", "organisation")

    def by_day(self):
        return self.order_by("needed_by", "pk")


class SignOff(models.Model):
    """Until when an organisation needs for its own decision whether to sign; for its people and the editors alone."""

    statement = models.ForeignKey("Statement", on_delete=models.CASCADE, related_name="sign_offs")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="sign_offs")
    needed_by = models.DateField("needed until")
    asked_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="sign_offs")
    asked_at = models.DateTimeField()

    objects = SignOffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "organisation"], name="sign_off_once"),
        ]

    def __str__(self):
        return f"{self.organisation}: {self.statement}"

    @classmethod
    def settle_merge(cls, source, target, *, by, now):
        """Where both need time for the same statement, what the target said stands."""
        theirs = cls.objects.filter(organisation=target).values("statement")
        cls.objects.filter(organisation=source, statement__in=theirs).delete()
