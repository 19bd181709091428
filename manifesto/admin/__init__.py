from . import (  # noqa: F401
    capture,
    comment,
    commitments,
    conflict,
    expert,
    idea,
    importing,
    revision,
    round,
    signature,
    statement,
)
