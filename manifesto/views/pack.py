from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ..models import Round


@require_safe
def pack(request, slug):
    """The shortlist with its reasons as a document to print and hand over."""
    round = get_object_or_404(Round.objects.announced(), slug=slug)
    if not round.is_shortlist_published:
        raise Http404
    report = round.report(now=timezone.now())
    standings = {standing.idea.number: standing for standing in report.standings}
    chosen = round.ideas.shortlisted().select_related("theme", "organisation", "decision").defer("search")
    others = round.ideas.not_shortlisted().select_related("decision").defer("search").by_number()
    context = {
        "round": round,
        "chosen": [(idea, standings.get(idea.number)) for idea in chosen.by_place()],
        "others": others,
        "criteria": report.criteria,
        "total": len(report.standings),
    }
    return render(request, "manifesto/pack.html", context)
