from .allowance import Allowance
from .answer import Answer, Question
from .approval import Approval
from .audit import AuditEntry
from .call import Call
from .inbox import Inbox, InboxOf, ProvenAddress
from .logo import OrganisationLogo
from .member import Consent, Member, display_name
from .membership import Membership
from .merging import OrganisationMerge
from .notification import ClosedAddress, Mailing, Notification
from .organisation import Organisation, OrganisationIdentifier, OrganisationName
from .picture import ProfilePicture
from .profile import Profile
from .proposal import OrganisationProposal
from .story_words import StoryWords

__all__ = [
    "Allowance",
    "Answer",
    "Approval",
    "AuditEntry",
    "Call",
    "ClosedAddress",
    "Consent",
    "Inbox",
    "InboxOf",
    "Mailing",
    "Member",
    "Membership",
    "Notification",
    "Organisation",
    "OrganisationIdentifier",
    "OrganisationLogo",
    "OrganisationMerge",
    "OrganisationName",
    "OrganisationProposal",
    "Profile",
    "ProfilePicture",
    "ProvenAddress",
    "Question",
    "StoryWords",
    "display_name",
]
