"""Who is told what about organisations and the people in them. Called by the verbs, in their transactions."""

from django.urls import reverse

from .models.member import Member
from .models.notification import Notification


def _people_of(organisation):
    """Those who belong to it now, as somebody has confirmed."""
    memberships = organisation.memberships.belonging()
    return Member.objects.filter(pk__in=memberships.values("member"))


def tell_of_request(membership, now):
    """Tell the people of the organisation who wants to join, or has joined by an address at its domain."""
    organisation, role = membership.organisation, f" ({membership.role})" if membership.role else ""
    who = f"{membership.member}{role}"
    if membership.confirmed_domain:
        subject = f"Somebody joined {organisation}"
        words = f"{who} joined, with an e-mail address at {membership.confirmed_domain}."
    else:
        subject = f"Somebody wants to join {organisation}"
        words = f"{who} asks to be listed among the people of {organisation}. If you know them, please confirm it."
    if membership.note:
        words += f"\n\nThey write:\n\n{membership.note}"
    Notification.objects.tell(
        _people_of(organisation).exclude(pk=membership.member_id),
        key=f"membership-{membership.pk}-requested",
        subject=subject,
        words=words,
        address=reverse("profiles:people", args=[organisation.slug]),
        now=now,
    )


def tell_of_confirmation(membership, now):
    organisation = membership.organisation
    Notification.objects.tell(
        [membership.member],
        key=f"membership-{membership.pk}-confirmed",
        subject=f"You belong to {organisation} now",
        words=f"Your place at {organisation} is confirmed. You can act for it: confirm others, or change its logo.",
        address=reverse("profiles:my_organisations"),
        now=now,
    )


def tell_of_authorisation(membership, now):
    organisation = membership.organisation
    Notification.objects.tell(
        [membership.member],
        # Told anew whenever they are authorised anew.
        key=f"membership-{membership.pk}-authorised-{now.isoformat()}",
        subject=f"You can sign for {organisation}",
        words=f"You can sign statements and endorse ideas for {organisation}. Sign only what it has decided.",
        address=reverse("profiles:my_organisations"),
        now=now,
    )


def tell_of_end(membership, reason, now):
    organisation = membership.organisation
    if membership.confirmed_at:
        subject = f"You no longer belong to {organisation}"
        words = f"Your place at {organisation} was ended."
    else:
        subject = f"Your request to join {organisation}"
        words = f"Nobody at {organisation} could confirm that you belong to it."
    Notification.objects.tell(
        [membership.member],
        key=f"membership-{membership.pk}-ended",
        subject=subject,
        words=f"{words} The reason given:\n\n{reason}\n\nIf that is a mistake, ask again.",
        address=reverse("profiles:my_organisations"),
        now=now,
    )


def tell_of_acceptance(proposal, now):
    Notification.objects.tell(
        [proposal.proposer],
        key=f"proposal-{proposal.pk}-accepted",
        subject=f"{proposal.organisation} is listed",
        words=f"{proposal.organisation} has a page now, and you belong to it.",
        address=proposal.organisation.get_absolute_url(),
        now=now,
    )


def tell_of_decline(proposal, now):
    Notification.objects.tell(
        [proposal.proposer],
        key=f"proposal-{proposal.pk}-declined",
        subject="The organisation you wanted to add",
        words=f"An editor has not added {proposal}. The reason given:\n\n{proposal.decline_reason}",
        address=reverse("profiles:my_organisations"),
        now=now,
    )
