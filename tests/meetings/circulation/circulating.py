"""Bringing a note to those who were there, and what they say of it."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from meetings.models import Correction

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
LATER = TODAY + timedelta(days=7)
AFTERWARDS = NOW + timedelta(days=8)
STATES = ["draft", "circulated", "agreed", "published"]


def bring_to(note, state, *, by=None):
    """Take a draft to a state, as its editors would."""
    if state in ("circulated", "agreed"):
        note.circulate(until=LATER, by=by, now=NOW)
    if state == "agreed":
        note.agree(by=by, now=AFTERWARDS)
    if state == "published":
        note.publish(by=by, now=NOW)
    assert getattr(note, f"is_{state}")
    return note


def suggest(note, member, words="Three of us, not two.", now=NOW):
    return Correction.objects.suggest(note, by=member, where="", words=words, now=now)


def page_of(note, *parts):
    return "/".join([note.get_absolute_url() + "corrections", *map(str, parts), ""])


def desk(note, name="circulation", *args):
    return reverse(f"admin:meetings_note_{name}", args=[note.pk, *args])
