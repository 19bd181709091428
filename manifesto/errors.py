"""Why the domain says no. Each text is written for the person who asked."""

from profiles.errors import NotReady, Refused

__all__ = ["NotReady", "Refused"]


class NotAllowedInPhase(Refused):
    """The round is not in a phase that allows it."""


class VotingClosed(NotAllowedInPhase):
    pass


class SubmissionClosed(NotAllowedInPhase):
    pass


class ScoringClosed(NotAllowedInPhase):
    pass


class CommentingClosed(NotAllowedInPhase):
    pass


class EmailUnverified(Refused):
    """The member has not shown that the e-mail address is theirs."""


class InboxTaken(EmailUnverified):
    """The member's address leads to a mailbox that counts for another account."""


class ConsentNeeded(Refused):
    """The member has not agreed to the current terms for political opinions."""


class NotPublished(Refused):
    """The idea is not public, so nobody can act on it."""


class AlreadyModerated(Refused):
    pass


class NotDeclined(Refused):
    """Only its authors can send an idea again, once, and only after it was declined."""


class MergedAway(Refused):
    """The idea counts for another one now; the text names it."""


class NotAnAuthor(Refused):
    """Only authors, or editors, may do it."""


class AlreadyInvited(Refused):
    """The address has been invited to the idea, or too many have."""


class NotInvited(Refused):
    """The invitation isn't for this member, or has ended."""


class NotASupporter(Refused):
    """The member doesn't support the idea, so there is nothing to confirm."""


class NotMergeable(Refused):
    """These ideas can't be merged, or a merge can't be undone; the text says why."""


class NotAnExpert(Refused):
    """The member is not on the round's expert group today."""


class ConflictOfInterest(Refused):
    """The expert wrote the idea or belongs to the organisation it is put forward for."""


class EditedMeanwhile(Refused):
    """Somebody else saved after this page was opened."""


class Suspended(Refused):
    """An editor has suspended the member for a while; the text says why."""


class NotTheirs(Refused):
    """The comment is somebody else's, or the member's own where it must not be."""


class NotEditable(Refused):
    """The comment is not in a state for that; the text says why."""


class TooFewVotes(Refused):
    """So few votes answer the description that it could be about one person."""


class AlreadyReported(Refused):
    """The same kind of source has a report of the same day about the same thing."""


class AlreadyUndone(Refused):
    """Somebody has undone it before."""
