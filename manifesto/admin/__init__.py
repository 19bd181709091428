from . import (  # noqa: F401
    capture,
    comment,
    conflict,
    expert,
    idea,
    importing,
    plans,
    revision,
    round,
    signature,
    statement,
)
