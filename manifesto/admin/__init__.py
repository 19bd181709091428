from . import capture, comment, conflict, expert, idea, importing, revision, round  # noqa: F401
