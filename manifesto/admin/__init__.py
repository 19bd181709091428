from . import capture, idea, importing, revision, round  # noqa: F401
