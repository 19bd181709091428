from .meeting import Attendance, Meeting
from .note import Action, Note, Point, Section

__all__ = ["Action", "Attendance", "Meeting", "Note", "Point", "Section"]
