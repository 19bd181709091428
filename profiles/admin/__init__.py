from . import call, member, organisation, profile  # noqa: F401
