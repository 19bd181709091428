"""What becomes of a member's part in meetings and notes when their account goes."""

from django.db import transaction
from django.db.models import Q

from ..note_record import without_names
from .action import ActionEvent
from .erratum import NoteErratum
from .note import Note

# Written down once, in the language of the site; pages of notes say it in theirs.
UNNAMED = "A member"
UNNAMED_OWNER = "A member who has left"


def names_given(member) -> set[str]:
    """What the member was called at meetings, as they or an editor wrote it."""
    given = (
        member.registrations.values_list("name"),
        member.attendances.values_list("name"),
        member.corrections.values_list("name"),
        member.actions.exclude(owner_name="").values_list("owner_name"),
    )
    return {name for rows in given for (name,) in rows if name.strip()}


def part_with(member, *, names, now):
    """Take the member out of what is kept of meetings. The caller deletes the account, and registrations with it.

    `names` are all that they went by. What others wrote about them in a note's own text stays.
    """
    with transaction.atomic():
        for registration in member.registrations.live().select_related("meeting"):
            if now < registration.meeting.begins_at:
                registration.cancel(now=now, by=member)
        for attendance in member.attendances.select_related("meeting"):
            attendance.ask_not_to_be_named(now=now)
        # An organisation says who it was, where one person came from it.
        member.attendances.update(name=UNNAMED, organisation=None, organisation_name="", role="")
        member.corrections.all().delete()
        member.actions.exclude(owner_name="").update(owner_name=UNNAMED_OWNER)
        _leave_out_of_records(names)


def _leave_out_of_records(names):
    for name in names:
        Note.objects.filter(written_by__iexact=name).update(written_by=UNNAMED)
    for event in _mentioning(ActionEvent.objects.all(), names, "before", "after"):
        event.before, event.after = (without_names(text, names) for text in (event.before, event.after))
        event.save(update_fields=["before", "after"])
    for erratum in _mentioning(NoteErratum.objects.all(), names, "text_before", "text_after", "explanation"):
        erratum.leave_out(names)


def _mentioning(rows, names, *fields):
    """Those that may have one of the names in them, however its words are spaced."""
    found = Q(pk=None)
    for name in names:
        for field in fields:
            found |= Q(**{f"{field}__icontains": name.split()[0]})
    return rows.filter(found)
