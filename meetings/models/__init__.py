from .meeting import Attendance, Meeting
from .note import Action, Note, Point, Section
from .note_import import NoteDraft, NoteImport

__all__ = ["Action", "Attendance", "Meeting", "Note", "NoteDraft", "NoteImport", "Point", "Section"]
