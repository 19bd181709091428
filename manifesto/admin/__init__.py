from . import idea  # noqa: F401
