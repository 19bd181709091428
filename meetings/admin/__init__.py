from . import meeting, note, note_import  # noqa: F401
