from . import fair_process, page, post  # noqa: F401
