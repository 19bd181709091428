from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ..models import Round

PER_PAGE = 30


@require_safe
def invalidation_list(request, slug):
    """What editors decided not to count, when, how many and why; never whose."""
    round = get_object_or_404(Round.objects.announced(), slug=slug)
    page = Paginator(round.invalidations.by_latest(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "manifesto/invalidation_list.html", {"round": round, "page_obj": page})
