from .announcement import PhaseAnnouncement
from .capture import Capture
from .comment import Comment, CommentModeration, CommentTally, Report
from .decision import Decision
from .draft import Draft
from .expert import Assessment, Criterion, ExpertTerm, Score
from .follow import Follow
from .idea import Authorship, Idea, Moderation
from .importing import ColumnMapping, ImportBatch, ImportRow
from .invitation import Invitation
from .lexeme import Lexeme
from .merge import Merge
from .register import CountRegister, RegisterEntry
from .revision import Revision, WordingTally
from .round import Action, Phase, Round, Theme
from .vote import Tally, Vote

__all__ = [
    "Action",
    "Assessment",
    "Authorship",
    "Capture",
    "ColumnMapping",
    "Comment",
    "CommentModeration",
    "CommentTally",
    "CountRegister",
    "Criterion",
    "Decision",
    "Draft",
    "ExpertTerm",
    "Follow",
    "Idea",
    "ImportBatch",
    "ImportRow",
    "Invitation",
    "Lexeme",
    "Merge",
    "Moderation",
    "Phase",
    "PhaseAnnouncement",
    "RegisterEntry",
    "Report",
    "Revision",
    "Round",
    "Score",
    "Tally",
    "Theme",
    "Vote",
    "WordingTally",
]
