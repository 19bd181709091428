"""What becomes of a member's part in organisations and their stories when their account goes."""

import pgtrigger
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext, override

from .notification import ClosedAddress, Mailing, Notification


def addresses_of(member) -> set[str]:
    """All e-mail addresses of the account, in lower case."""
    return {member.email, *member.emailaddress_set.values_list(Lower("email"), flat=True)}


def part_with(member, *, names):
    """Take the member's names out of stories, and their addresses out of what was sent to nobody's account.

    The caller deletes the account and with it memberships, proposals, consents, news and ways to sign in.
    """
    with transaction.atomic():
        # Before the stories, whose approvals they may be.
        member.approvals.exclude(approver_name="").update(approver_name=_unnamed("en-gb"), approver_role="")
        for profile in member.profiles.all():
            _leave_out_of(profile, {name.casefold() for name in names})
        member.notifications.all().delete()
        member.mailings.all().delete()
        addresses = addresses_of(member)
        Notification.objects.filter(member=None, email__in=addresses).delete()
        Mailing.objects.filter(member=None, email__in=addresses).delete()
        ClosedAddress.objects.annotate(lower=Lower("email")).filter(lower__in=addresses).delete()


def _unnamed(language):
    with override(language):
        return gettext("Somebody who has left")


def _leave_out_of(profile, names):
    """The story is the organisation's and stays; what it was approved as is what it says from now on."""
    changes = {
        field: _unnamed(profile.language)
        for field in ("speaker_name", "picture_credit")
        if getattr(profile, field).casefold() in names
    }
    if "speaker_name" in changes:
        changes["speaker_role"] = ""
    if not changes:
        return
    before = profile.fingerprint()
    # The one change of a public story's text that needs nobody's approval: a person's right to go.
    with pgtrigger.ignore("profiles.Profile:published_text_is_locked"):
        type(profile).objects.filter(pk=profile.pk).update(**changes)
    profile.refresh_from_db()
    profile.approvals.filter(fingerprint=before).update(fingerprint=profile.fingerprint())
