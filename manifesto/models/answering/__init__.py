"""What institutions say of what is asked of them, and who speaks for them."""

from .answer import ExpectedAnswer, GovernmentAnswer
from .institution import Institution, InstitutionName
from .office import Office, Term
from .position import Position

__all__ = [
    "ExpectedAnswer",
    "GovernmentAnswer",
    "Institution",
    "InstitutionName",
    "Office",
    "Position",
    "Term",
]
