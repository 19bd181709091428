"""What this app keeps about a member; see profiles/personal_data.py."""

from django.utils.translation import gettext_lazy as _

from profiles.personal_data import DELETED, UNTIL_YOU_GO, Fate, Kind, Table, acts

KINDS = (
    Kind(
        "registrations",
        _("Meetings you registered for"),
        _("To keep you a place, and to prepare what you need to take part."),
        _("For 90 days after the meeting; what you need to take part, for a week."),
        _("Deleted. A place at a meeting to come goes to who waits."),
        (Table("meetings.Registration", "member"),),
    ),
    Kind(
        "attendance",
        _("Meetings you were at"),
        _("To say in the note who was there, and to let those people correct it."),
        _("For good, as part of the record, unless you ask not to be named."),
        _("Kept as “A member”, also in earlier wordings of notes. Corrections you suggested are deleted."),
        (
            Table("meetings.Attendance", "member", Fate.NAMELESS),
            Table("meetings.Correction", "member"),
        ),
    ),
    Kind(
        "actions",
        _("What you promised at meetings"),
        _("To remind you, and to show what became of it."),
        _("For good, as part of the record."),
        _("Kept without your name."),
        (
            Table("meetings.Action", "owner_member", Fate.NAMELESS),
            Table("meetings.ActionEvent", "made_by", Fate.NAMELESS),
        ),
    ),
    Kind(
        "meeting_follows",
        _("Kinds of meetings you follow"),
        _("To tell you of notes. Nobody else sees it."),
        UNTIL_YOU_GO,
        DELETED,
        (Table("meetings.MeetingFollow", "member"),),
    ),
)
ACTS = (
    *acts("meetings.Note", "circulated_by", "agreed_by", "published_by", "saved_by"),
    *acts("meetings.NoteErratum", "corrected_by"),
    *acts("meetings.MeetingChange", "made_by"),
    *acts("meetings.Correction", "settled_by"),
    *acts("meetings.NoteImport", "brought_by", "confirmed_by"),
)
