from . import call, member, membership, organisation, profile, proposal  # noqa: F401
