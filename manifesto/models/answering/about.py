"""All that was said of a commitment or an idea when government and parties were asked, for its page."""

from django.db.models import Q

from ..asking import AskWording
from .answer import ExpectedAnswer
from .position import Position


def said_about(commitment, ideas, today):
    """For a commitment drawn from `ideas`, what `manifesto/_chain_said.html` shows: the asks of statements that are
    about it, where institutions stand on it or on those, and what was answered to it or to its shortlisted ideas.

    Eight queries at most, however much was said.
    """
    positions = Position.objects.public().filter(Q(commitment=commitment) | Q(ask__commitment=commitment))
    return {
        "asks": list(AskWording.objects.current().about(commitment)),
        "positions": list(positions.latest().with_subjects().by_day()),
        "answers": answers_to(Q(commitment=commitment) | Q(idea__in=ideas), today),
    }


def answers_to(items, today):
    """Pairs of an expected answer and its timing, of the items that a Q names."""
    expected = ExpectedAnswer.objects.public().filter(items).with_answers().by_due_day()
    return [(each, each.timing_at(today)) for each in expected]
