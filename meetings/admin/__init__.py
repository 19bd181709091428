from . import meeting, note  # noqa: F401
