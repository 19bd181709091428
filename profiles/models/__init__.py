from .answer import Answer, Question
from .approval import Approval
from .call import Call
from .member import Consent, Member, display_name
from .notification import ClosedAddress, Mailing, Notification
from .organisation import Membership, Organisation, OrganisationIdentifier, OrganisationName
from .picture import ProfilePicture
from .profile import Profile

__all__ = [
    "Answer",
    "Approval",
    "Call",
    "ClosedAddress",
    "Consent",
    "Mailing",
    "Member",
    "Membership",
    "Notification",
    "Organisation",
    "OrganisationIdentifier",
    "OrganisationName",
    "Profile",
    "ProfilePicture",
    "Question",
    "display_name",
]
