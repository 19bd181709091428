from .announcement import PhaseAnnouncement
from .decision import Decision
from .draft import Draft
from .expert import Assessment, Criterion, ExpertTerm, Score
from .follow import Follow
from .idea import Authorship, Idea, Moderation, Revision
from .lexeme import Lexeme
from .merge import Merge
from .round import Action, Phase, Round, Theme
from .vote import Tally, Vote

__all__ = [
    "Action",
    "Assessment",
    "Authorship",
    "Criterion",
    "Decision",
    "Draft",
    "ExpertTerm",
    "Follow",
    "Idea",
    "Lexeme",
    "Merge",
    "Moderation",
    "Phase",
    "PhaseAnnouncement",
    "Revision",
    "Round",
    "Score",
    "Tally",
    "Theme",
    "Vote",
]
