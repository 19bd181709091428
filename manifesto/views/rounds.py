from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from ..models import Action, Follow, Round
from .activity import pictures_of


def round_list(request):
    now = timezone.now()
    rounds = Round.objects.announced().with_idea_count().by_newest()
    page = Paginator(rounds, 20).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rounds": [(round, round.phase_at(now)) for round in page]}
    return render(request, "manifesto/round_list.html", context)


def round_detail(request, slug):
    now = timezone.now()
    today = timezone.localdate(now)
    round = get_object_or_404(Round.objects.announced().with_idea_count(), slug=slug)
    themes = round.themes.with_idea_count()
    context = {
        "round": round,
        "phase": round.phase_at(now),
        "timeline": round.timeline_at(now),
        "can_submit": round.allows(Action.SUBMIT, now),
        "can_support": round.allows(Action.SUPPORT, now),
        "themes": themes,
        **pictures_of(round, now),
        "followed": Follow.followed_among([round, *themes], request.user),
        "shortlisted": round.ideas.shortlisted().for_cards().by_place(),
        "criteria": round.criteria.all(),
        "statements": round.statements.public().by_newest(),
        "upcoming": round.meetings.announced().upcoming(today).for_cards().by_soonest(),
        "past": round.meetings.announced().past(today).for_cards().by_latest(),
    }
    return render(request, "manifesto/round_detail.html", context)
