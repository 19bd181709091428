"""Who is told what about notes. Called by the verbs, in their transactions."""

from django.urls import reverse
from django.utils.formats import date_format

from profiles.models import Member, Notification


def note_circulated(note, *, now):
    """Ask those who were there and have an account to read it, but for who sends it round."""
    readers = Member.objects.filter(pk__in=note.readers().values("member"))
    until = date_format(note.corrections_until, "j F Y")
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
