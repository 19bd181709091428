"""All that institutions said of one commitment or idea, for its page."""

from .answer import ExpectedAnswer
from .position import Position


def said_about(item, today):
    """For a commitment or an idea, what `manifesto/_positions.html` and `manifesto/_answers.html` show of it.

    Seven queries at most, however much was said.
    """
    kind = item._meta.model_name
    positions = Position.objects.none()
    if kind == "commitment":
        positions = Position.objects.public().filter(commitment=item).latest().with_subjects().by_day()
    return {"positions": list(positions), "answers": answers_to({kind: item}, today)}


def answers_to(of, today):
    """Pairs of an expected answer and its timing, of those that fields of it by name lead to."""
    expected = ExpectedAnswer.objects.public().filter(**of).with_answers().by_due_day()
    return [(each, each.timing_at(today)) for each in expected]
