from .member import Consent, Member, display_name
from .notification import ClosedAddress, Mailing, Notification
from .organisation import Membership, Organisation, OrganisationIdentifier, OrganisationName
from .profile import Answer, Call, Profile, Question

__all__ = [
    "Answer",
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
    "Question",
    "display_name",
]
