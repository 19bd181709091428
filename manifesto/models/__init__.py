from .announcement import PhaseAnnouncement
from .answering import (
    ExpectedAnswer,
    GovernmentAnswer,
    Institution,
    InstitutionName,
    Office,
    Position,
    Term,
)
from .asking import (
    Ask,
    AskWording,
    Endorsement,
    OwnAsk,
    Signature,
    SignOff,
    Statement,
    StatementVersion,
    StatementWords,
    refusal_to_endorse,
)
from .assessment import Assessment, Score
from .authorship import Authorship
from .capture import Capture
from .comment import Comment
from .comment_moderation import CommentModeration, Report
from .commitments import (
    ActionPlan,
    Adoption,
    Commitment,
    CommitmentPack,
    CommitmentRevision,
    CommitmentSource,
    CommitmentWithdrawal,
    DateChange,
    Milestone,
    PackEntry,
    PartedKept,
    StatusReport,
    ThemeLead,
    WorkingGroupMember,
)
from .conflict import Conflict, ConflictChange
from .criterion import Criterion, WeightChange
from .decision import Decision, Erratum
from .discussion import CommentTally
from .draft import Draft
from .expert import ExpertTerm, StandingChange
from .follow import Follow
from .idea import Idea
from .importing import ColumnMapping, ImportBatch, ImportRow
from .invalidation import Invalidation
from .invitation import Invitation
from .lexeme import Lexeme
from .merge import Merge
from .moderation import Moderation
from .panel import PanelAnalysis
from .phase import Action, Phase
from .published import PublishedWorking, WorkingFile
from .register import CountRegister, RegisterEntry
from .revision import Revision, WordingTally
from .round import Round
from .suspicion import VoteGroup
from .theme import Theme
from .trace import NetworkKey, VoteTrace
from .vote import Tally, Vote

__all__ = [
    "Action",
    "ActionPlan",
    "Adoption",
    "Ask",
    "AskWording",
    "Assessment",
    "Authorship",
    "Capture",
    "ColumnMapping",
    "Comment",
    "CommentModeration",
    "CommentTally",
    "Commitment",
    "CommitmentPack",
    "CommitmentRevision",
    "CommitmentSource",
    "CommitmentWithdrawal",
    "Conflict",
    "ConflictChange",
    "CountRegister",
    "Criterion",
    "DateChange",
    "Decision",
    "Draft",
    "Endorsement",
    "Erratum",
    "ExpectedAnswer",
    "ExpertTerm",
    "Follow",
    "GovernmentAnswer",
    "Idea",
    "ImportBatch",
    "ImportRow",
    "Institution",
    "InstitutionName",
    "Invalidation",
    "Invitation",
    "Lexeme",
    "Merge",
    "Milestone",
    "Moderation",
    "NetworkKey",
    "Office",
    "OwnAsk",
    "PackEntry",
    "PanelAnalysis",
    "PartedKept",
    "Phase",
    "PhaseAnnouncement",
    "Position",
    "PublishedWorking",
    "RegisterEntry",
    "Report",
    "Revision",
    "Round",
    "Score",
    "SignOff",
    "Signature",
    "StandingChange",
    "Statement",
    "StatementVersion",
    "StatementWords",
    "StatusReport",
    "Tally",
    "Term",
    "Theme",
    "ThemeLead",
    "Vote",
    "VoteGroup",
    "VoteTrace",
    "WeightChange",
    "WordingTally",
    "WorkingFile",
    "WorkingGroupMember",
    "refusal_to_endorse",
]
