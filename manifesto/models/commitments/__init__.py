"""What is asked of government and what it promised, from the shortlist to the result."""

from .adoption import Adoption
from .commitment import Commitment, CommitmentSource
from .milestone import Milestone
from .plan import ActionPlan
from .status_report import StatusReport
from .wording import CommitmentRevision

__all__ = [
    "ActionPlan",
    "Adoption",
    "Commitment",
    "CommitmentRevision",
    "CommitmentSource",
    "Milestone",
    "StatusReport",
]
