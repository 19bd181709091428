"""Who is told what about notes. Called by the verbs, in their transactions."""

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from profiles.models import Member, Notification

from .models.follow import MeetingFollow

# An e-mail is for reading; the page has them all.
LISTED = 7


@override(settings.LANGUAGE_CODE)
def note_circulated(note, *, now):
    """Ask those who were there and have an account to read it, but for who sends it round."""
    readers = Member.objects.filter(pk__in=note.readers().values("member"))
    until = date_format(note.corrections_until, "DATE_FORMAT")
    Notification.objects.tell(
        readers.exclude(pk=note.circulated_by_id),
        key=_key_of_circulation(note),
        subject="The note of a meeting you were at",
        words=f"The note of “{note.meeting}” is ready for those who were there. Please read it, and if something "
        f"should be put differently, say so by {until}. It isn’t public yet. "
        "You can also say there whether the note may name you.",
        address=note.get_absolute_url(),
        now=now,
    )


def forget_circulation(note):
    """Tell nobody of it who hasn't been told."""
    if note.circulated_at:
        Notification.objects.waiting().filter(key=_key_of_circulation(note)).delete()


def _key_of_circulation(note):
    return f"note-{note.pk}-circulated-{note.circulated_at.isoformat()}"


@override(settings.LANGUAGE_CODE)
def note_published(note, *, by, now):
    """Tell those who follow its kind of meetings, or all, but for who publishes it; once, however often."""
    meeting = note.meeting
    followers = Member.objects.filter(pk__in=MeetingFollow.objects.covering(meeting).values("member"))
    points = "".join(f"\n\n- {point}" for point in note.points.key_points()[:LISTED])
    day = date_format(meeting.held_on, "DATE_FORMAT")
    Notification.objects.tell(
        followers.exclude(pk=by and by.pk),
        key=f"note-{note.pk}-published",
        subject="The note of a meeting",
        words=f"The note of “{meeting}”, {day}, is published.{' In short:' if points else ''}{points}",
        address=note.get_absolute_url(),
        now=now,
    )


@override(settings.LANGUAGE_CODE)
def correction_settled(correction, *, now):
    """Tell who made it what became of it."""
    meeting = correction.note.meeting
    words = f"You suggested a correction to the note of “{meeting}”:\n\n{correction.words}\n\n"
    words += "It is taken in." if correction.outcome == correction.Outcome.TAKEN else "It is not taken in."
    if correction.reply:
        words += f"\n\nThe editor writes:\n\n{correction.reply}"
    Notification.objects.tell(
        [correction.member_id],
        key=f"correction-{correction.pk}-{now.isoformat()}",
        subject="Your correction to a note",
        words=words,
        address=reverse("meetings:correction_list", args=[meeting.slug]),
        now=now,
    )
