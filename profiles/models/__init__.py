from .member import Consent, Member, display_name
from .organisation import Membership, Organisation, OrganisationIdentifier, OrganisationName
from .profile import Answer, Call, Profile, ProfileNotReady, Question

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
    "ProfileNotReady",
    "Question",
    "display_name",
]
