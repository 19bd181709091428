from . import member, organisation, profile  # noqa: F401
