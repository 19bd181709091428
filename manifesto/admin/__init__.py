from . import (  # noqa: F401
    capture,
    comment,
    conflict,
    expert,
    idea,
    importing,
    revision,
    round,
    signature,
    statement,
)
