"""Why the domain says no, as all the apps say it. Each text is written for the person who asked."""


class Refused(Exception):
    """Something can't be done; `str(error)` tells the person why."""


class NotReady(Refused):
    """Something is missing; the text names it."""


class CallClosed(Refused):
    """The call takes no answers now."""


class NotAMember(Refused):
    """The person doesn't belong to the organisation, or nobody has confirmed it yet."""


class AnswersLocked(Refused):
    """The answers are with the editors, or with the public."""


class NotApprovable(Refused):
    """The text is not the one that was sent for approval, or somebody else has to approve it."""


class AlreadyAsked(Refused):
    """The person belongs to the organisation already, or has asked to."""


class NotTheirs(Refused):
    """Only who belongs to the organisation, or an editor, may do this."""


class TooManyRequests(Refused):
    """The person has asked too often."""


class NotAuthorised(Refused):
    """The person may not speak for the organisation; the text says what is missing."""
