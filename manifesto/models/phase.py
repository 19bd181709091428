"""Where a round stands, and what each phase allows."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class Phase(models.TextChoices):
    """Where a round stands; always derived from its dates, never stored."""

    UPCOMING = "upcoming", _("Coming soon")
    CROWDSOURCING = "crowdsourcing", _("Collecting ideas")
    REFINEMENT = "refinement", _("Improving ideas")
    PRIORITISATION = "prioritisation", _("Experts at work")
    SHORTLISTED = "shortlisted", _("Shortlist published")
    PRESENTED = "presented", _("Given to government")


class Action(models.TextChoices):
    """What somebody may want to do in a round."""

    SUBMIT = "submit"
    CAPTURE = "capture"
    SUPPORT = "support"
    MODERATE = "moderate"
    IMPROVE = "improve"
    COMMENT = "comment"
    INVITE = "invite"
    SCORE = "score"
    LOOK_AGAIN = "look_again"
    DECIDE = "decide"
    # By organisations, in public; votes are members' own.
    ENDORSE = "endorse"
    ENDORSE_COMMITMENT = "endorse_commitment"


ALLOWED = {
    Phase.UPCOMING: set(),
    Phase.CROWDSOURCING: {
        Action.SUBMIT,
        Action.CAPTURE,
        Action.SUPPORT,
        Action.MODERATE,
        Action.IMPROVE,
        Action.COMMENT,
        Action.ENDORSE,
    },
    Phase.REFINEMENT: {
        Action.CAPTURE,
        Action.SUPPORT,
        Action.MODERATE,
        Action.IMPROVE,
        Action.COMMENT,
        Action.INVITE,
        Action.ENDORSE,
    },
    Phase.PRIORITISATION: {Action.SCORE, Action.LOOK_AGAIN, Action.DECIDE},
    Phase.SHORTLISTED: {Action.ENDORSE_COMMITMENT},
    Phase.PRESENTED: {Action.ENDORSE_COMMITMENT},
}


@dataclass(frozen=True)
class Step:
    """A phase on a round's timeline, with the moments it starts and ends at where they are known."""

    phase: Phase
    starts_at: datetime | None
    ends_at: datetime | None
    is_current: bool
    is_done: bool
