from django.db.models import Prefetch, prefetch_related_objects
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from ..idea_data import shortlist_json_ld
from ..models import ExpectedAnswer, Round, WeightChange
from ..vocabularies import Outcome

OUTCOMES = list(Outcome)


def shortlist(request, slug):
    """The result with its reasons or, before it is published, how it will come about and nothing more."""
    round = get_object_or_404(Round.objects.announced(), slug=slug)
    context = {
        "round": round,
        "criteria": round.criteria.all(),
        "weight_changes": WeightChange.objects.for_round(round).by_latest(),
    }
    if round.is_shortlist_published:
        # One page whatever its length: the result is published, read and printed as a whole.
        now = timezone.now()
        context |= shortlist_context(round, now)
        _load_answers(context["chosen"], timezone.localdate(now))
        context["json_ld"] = shortlist_json_ld(round, context["chosen"])
    return render(request, "manifesto/shortlist.html", context)


def shortlist_context(round, now):
    """What the page of a published shortlist shows; the board's preview is made of the same."""
    ranking = round.ranking(now=now)
    prefetch_related_objects([idea for idea, _ in ranking], "decision__errata")
    ideas = [idea for idea, _ in ranking]
    chosen = [idea for idea in ideas if idea.is_shortlisted]
    return {
        "ranking": ranking,
        "chosen": sorted(chosen, key=_place),
        "others": sorted((idea for idea in ideas if not idea.is_shortlisted), key=_outcome),
        "working": getattr(round, "published_working", None),
        "expert_count": round.expert_terms.with_scores().count(),
    }


def _load_answers(ideas, today):
    """Give each idea what government was asked for it, paired with how the answer stands."""
    expected = ExpectedAnswer.objects.with_answers().by_due_day()
    prefetch_related_objects(ideas, Prefetch("expected_answers", expected))
    for idea in ideas:
        idea.answers = [(each, each.timing_at(today)) for each in idea.expected_answers.all()]


def _place(idea):
    return idea.public_decision.position


def _outcome(idea):
    """The nearest to being chosen first, then as they came in."""
    decision = idea.public_decision
    return (OUTCOMES.index(decision.outcome) if decision else len(OUTCOMES), idea.number)
