from . import capture, idea, importing, round  # noqa: F401
