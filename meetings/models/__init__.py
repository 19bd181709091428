from .action import Action, ActionEvent
from .attendance import Attendance
from .change import MeetingChange
from .correction import Correction, CorrectionsClosed
from .erratum import NoteErratum
from .finding import NoteWords, Search
from .follow import MeetingFollow
from .meeting import Meeting
from .note import Link, Note, Point, Section
from .note_import import NoteDraft, NoteImport
from .registration import Registration
from .topic import Topic

__all__ = [
    "Action",
    "ActionEvent",
    "Attendance",
    "Correction",
    "CorrectionsClosed",
    "Link",
    "Meeting",
    "MeetingChange",
    "MeetingFollow",
    "Note",
    "NoteDraft",
    "NoteErratum",
    "NoteImport",
    "NoteWords",
    "Point",
    "Registration",
    "Search",
    "Section",
    "Topic",
]
