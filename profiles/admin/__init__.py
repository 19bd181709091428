from . import audit, call, member, membership, organisation, profile, proposal  # noqa: F401
