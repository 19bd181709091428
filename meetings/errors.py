"""Why the domain says no about meetings. Each text is written for the person who asked."""

from profiles.errors import NotReady, Refused

__all__ = ["NotReady", "Refused"]


class RegistrationClosed(Refused):
    """Nobody can register for the meeting now."""


class AlreadyRegistered(Refused):
    """The member has registered already."""


class NoFreePlace(Refused):
    """There is no place of that kind to change to."""


class RegistrationOver(Refused):
    """The registration was cancelled, or the meeting has begun."""
