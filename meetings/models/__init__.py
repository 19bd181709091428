from .action import Action
from .attendance import Attendance
from .meeting import Meeting
from .note import Note, Point, Section
from .note_import import NoteDraft, NoteImport

__all__ = ["Action", "Attendance", "Meeting", "Note", "NoteDraft", "NoteImport", "Point", "Section"]
