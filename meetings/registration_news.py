"""What people who registered for a meeting are told. Called by the verbs, in their transactions.

The way in to a meeting is never in an e-mail: it is on a page that only those with a place can read. All but the
reminder is urgent: the next morning may be too late.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from profiles.models import Member, Notification


def when(meeting):
    """Such as “Friday 4 December 2026, 17:30”."""
    day = date_format(meeting.held_on, "WEEKDAY_DATE_FORMAT")
    return f"{day}, {date_format(meeting.starts_at, 'TIME_FORMAT')}" if meeting.starts_at else day


def _what(meeting):
    return f"“{meeting}” on {when(meeting)}"


def _tell(registration, meeting, kind, now, *, subject, words, is_urgent=True):
    Notification.objects.tell(
        [registration.member_id],
        key=f"{_key(registration)}{kind}",
        subject=subject,
        words=words,
        address=reverse("meetings:registration", args=[meeting.slug]),
        is_urgent=is_urgent,
        now=now,
    )


def _key(registration):
    return f"registration-{registration.pk}-"


def forget(registration):
    """Tell them nothing of it that they haven't been told."""
    Notification.objects.waiting().filter(key__startswith=_key(registration)).delete()


@override(settings.LANGUAGE_CODE)
def tell_of_registration(registration, now):
    """Needs `with_queue`."""
    meeting = registration.meeting
    if registration.is_placed:
        subject = "You have a place"
        words = f"You are registered for {_what(meeting)}: {registration.how}."
        if meeting.venue and registration.mode == registration.Mode.IN_PERSON:
            words += f" It is at {meeting.venue}."
        words += " This page says how to get in, and lets you change your mind."
    else:
        subject = "You are on the waiting list"
        words = (
            f"There is no place left at {_what(meeting)}. You are number {registration.queue_place} in the queue, "
            "and we tell you as soon as you have a place."
        )
    _tell(registration, meeting, "received", now, subject=subject, words=words)


@override(settings.LANGUAGE_CODE)
def tell_of_place(registration, meeting, now):
    _tell(
        registration,
        meeting,
        "placed",
        now,
        subject="You have a place now",
        words=f"A place has come free at {_what(meeting)}, and it is yours: "
        f"{registration.how}. If you can’t come any more, please cancel it for the next one.",
    )


@override(settings.LANGUAGE_CODE)
def tell_of_cancellation(registration, now):
    meeting = registration.meeting
    _tell(
        registration,
        meeting,
        "cancelled",
        now,
        subject="Your registration was cancelled",
        words=f"An editor has cancelled your registration for {_what(meeting)}.",
    )


@override(settings.LANGUAGE_CODE)
def remind(registration, now):
    meeting = registration.meeting
    at = f", at {meeting.venue}" if meeting.venue and registration.mode == registration.Mode.IN_PERSON else ""
    _tell(
        registration,
        meeting,
        f"reminder-{meeting.held_on}",
        now,
        subject="A meeting is coming up",
        words=f"{_what(meeting)} is near: you have a place {registration.how}{at}. "
        "This page says how to get in. If you can’t come, please cancel, so that somebody else can.",
        is_urgent=False,
    )


@override(settings.LANGUAGE_CODE)
def tell_of_change(meeting, change, now):
    """Tell those with a place and those who wait that it has moved, is cancelled, or takes place after all."""
    if change.is_move:
        subject = "A meeting has moved"
        at = f", at {meeting.venue}" if meeting.venue else ""
        words = f"“{meeting}” has moved. It is on {when(meeting)}{at} now."
        _forget_reminders(meeting, change.held_on_before)
    elif meeting.is_cancelled:
        subject, words = "A meeting is cancelled", f"{_what(meeting)} is cancelled."
        _forget_reminders(meeting, meeting.held_on)
    else:
        subject, words = "A meeting takes place after all", f"{_what(meeting)} takes place after all."
    words += f" The reason given:\n\n{change.reason}"
    if not meeting.is_cancelled:
        words += "\n\nYou are still registered. If you can’t come, please cancel, so that somebody else can."
    tell_registered(meeting, key=f"change-{change.pk}", subject=subject, words=words, now=now)


def _forget_reminders(meeting, day):
    registrations = meeting.registrations.values_list("pk", flat=True)
    keys = [f"registration-{pk}-reminder-{day}" for pk in registrations]
    Notification.objects.waiting().filter(key__in=keys).delete()


@override(settings.LANGUAGE_CODE)
def tell_registered(meeting, *, key, subject, words, now):
    """Tell all who have a place or wait for one; the same `key` once for each meeting."""
    registrations = meeting.registrations.live()
    Notification.objects.tell(
        Member.objects.filter(pk__in=registrations.values("member")),
        key=f"meeting-{meeting.pk}-{key}",
        subject=subject,
        words=words,
        address=meeting.get_absolute_url(),
        is_urgent=True,
        now=now,
    )
