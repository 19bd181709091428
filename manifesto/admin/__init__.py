from . import idea, round  # noqa: F401
