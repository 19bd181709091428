from .meeting import Attendance, Meeting
from .note import Action, Note, NoteNotReady, Point, Section

__all__ = ["Action", "Attendance", "Meeting", "Note", "NoteNotReady", "Point", "Section"]
