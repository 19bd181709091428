"""What is asked of government and what it promised, from the shortlist to the result."""

from .adoption import Adoption
from .commitment import Commitment
from .date_change import DateChange
from .group import ThemeLead, WorkingGroupMember
from .lineage import PartedKept
from .milestone import Milestone
from .pack import CommitmentPack, PackEntry
from .plan import ActionPlan
from .source import CommitmentSource
from .status_report import StatusReport
from .withdrawal import CommitmentWithdrawal
from .wording import CommitmentRevision

__all__ = [
    "ActionPlan",
    "Adoption",
    "Commitment",
    "CommitmentPack",
    "CommitmentRevision",
    "CommitmentSource",
    "CommitmentWithdrawal",
    "DateChange",
    "Milestone",
    "PackEntry",
    "PartedKept",
    "StatusReport",
    "ThemeLead",
    "WorkingGroupMember",
]
