"""Puts on the audit log how staff sign in, as allauth tells it. Nobody keeps record of when other members do."""

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

from .models import AuditEntry
from .vocabularies import AuditAction


def _record(action, user, **details):
    if user.is_staff:
        AuditEntry.objects.record(action, by=user, now=timezone.now(), **details)


@receiver(user_logged_in)
def signed_in(sender, request, user, **kwargs):
    records = get_authentication_records(request, user)
    _record(AuditAction.SIGNED_IN, user, ways=[way.get("type") or way["method"] for way in records])


@receiver(mfa.authenticator_added)
def second_factor_added(sender, request, user, authenticator, **kwargs):
    # Nobody has gone through it on other devices.
    end_other_sessions(request, user)
    _record(AuditAction.SECOND_FACTOR_ADDED, user, kind=authenticator.type)


@receiver(mfa.authenticator_removed)
def second_factor_removed(sender, user, authenticator, **kwargs):
    _record(AuditAction.SECOND_FACTOR_REMOVED, user, kind=authenticator.type)


@receiver(mfa.authenticator_reset)
def recovery_codes_made(sender, user, authenticator, **kwargs):
    _record(AuditAction.RECOVERY_CODES_MADE, user)


@receiver([account.password_changed, account.password_set, account.password_reset])
def password_changed(sender, user, **kwargs):
    _record(AuditAction.PASSWORD_CHANGED, user)


@receiver(account.email_changed)
def email_changed(sender, user, **kwargs):
    _record(AuditAction.EMAIL_CHANGED, user)
