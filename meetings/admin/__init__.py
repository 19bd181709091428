from . import meeting, note, note_import, topic  # noqa: F401
