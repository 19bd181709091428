"""The ranking, for editors and for experts whose own scores are in."""

from django.core.paginator import Paginator
from django.views.decorators.http import require_safe

from ..models import Action
from ..standings import Table
from .scoring import page, require_sight_of_scores, round_view

IDEAS_PER_PAGE = 50


@require_safe
@round_view
def ranking(request, round, *, now):
    require_sight_of_scores(request, round, now)
    hidden = list(round.ideas_hidden_from(request.user).values_list("number", flat=True))
    report = round.report(now=now, without=hidden)
    table = Table(report, request.GET.get("order", ""))
    shown = Paginator(table.rows, IDEAS_PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "ranking",
        title="Ranking",
        round=round,
        report=report,
        table=table,
        page_obj=shown,
        heat_map=report.heat_map(shown),
        hidden_count=len(hidden),
        expert_count=round.expert_terms.with_scores().count(),
        can_score=round.allows(Action.SCORE, now),
    )
