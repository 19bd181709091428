from .member import Consent, Member, display_name
from .organisation import Membership, Organisation, OrganisationIdentifier, OrganisationName
from .profile import Answer, Call, Profile, Question

__all__ = [
    "Answer",
    "Call",
    "Consent",
    "Member",
    "Membership",
    "Organisation",
    "OrganisationIdentifier",
    "OrganisationName",
    "Profile",
    "Question",
    "display_name",
]
