from . import page, post  # noqa: F401
