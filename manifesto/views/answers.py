from collections import defaultdict

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..models import ExpectedAnswer, Round
from ..models.answering.answer import count_by_state

STATES = ("in_time", "given_late", "awaited", "due_soon", "late")


@require_safe
def answer_list(request, slug):
    """Everything of a round that government is to answer, with its answer or how long that is overdue."""
    round = get_object_or_404(Round.objects.announced(), slug=slug)
    today = timezone.localdate(timezone.now())
    expected = list(ExpectedAnswer.objects.public().in_round(round).with_answers().by_due_day())
    shortlisted = round.ideas.shortlisted().for_cards().by_place() if round.is_shortlist_published else []
    commitments = round.commitments.public().by_number()
    counts = count_by_state(expected, today)
    context = {
        "round": round,
        "ideas": _beside(shortlisted, expected, "idea_id", today),
        "commitments": _beside(commitments, expected, "commitment_id", today),
        "counts": {state: counts[state] for state in STATES},
        "total": len(expected),
        "answered": counts["in_time"] + counts["given_late"],
    }
    return render(request, "manifesto/answer_list.html", context)


def _beside(items, expected, column, today):
    """Each item with the pairs of an expected answer to it and its timing."""
    answers = defaultdict(list)
    for each in expected:
        answers[getattr(each, column)].append((each, each.timing_at(today)))
    return [(item, answers[item.pk]) for item in items]
