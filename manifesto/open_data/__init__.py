"""The rounds, ideas, decisions and counts that everybody may have as data."""

from .commitments import COMMITMENTS
from .counting import COUNT_REGISTER
from .decisions import DECISION_ERRATA, DECISIONS
from .ideas import IDEA_REVISIONS, IDEAS, TALLIES
from .plans import MILESTONES, PLANS, PROMISES, STATUS_REPORTS
from .record import ANSWERS, EXPECTED_ANSWERS, INSTITUTIONS, POSITIONS
from .rounds import ROUNDS, THEMES
from .statements import ENDORSEMENTS, OWN_ASKS, SIGNATURES
from .working import WORKING_FILES

DATASETS = (
    ROUNDS,
    THEMES,
    IDEAS,
    IDEA_REVISIONS,
    TALLIES,
    COUNT_REGISTER,
    DECISIONS,
    DECISION_ERRATA,
    WORKING_FILES,
    SIGNATURES,
    OWN_ASKS,
    ENDORSEMENTS,
    COMMITMENTS,
    INSTITUTIONS,
    POSITIONS,
    EXPECTED_ANSWERS,
    ANSWERS,
    PLANS,
    PROMISES,
    MILESTONES,
    STATUS_REPORTS,
)
