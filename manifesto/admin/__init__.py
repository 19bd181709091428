from . import capture, comment, idea, importing, revision, round  # noqa: F401
