from django.shortcuts import get_object_or_404, render

from ..models import Round


def shortlist(request, slug):
    round = get_object_or_404(Round.objects.announced(), slug=slug)
    ideas = round.ideas.shortlisted().for_cards().by_place()
    return render(request, "manifesto/shortlist.html", {"round": round, "ideas": ideas})
