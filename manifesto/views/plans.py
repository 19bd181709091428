from django.core.paginator import Paginator
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ogp_network import safe_csv
from ogp_network.charts import bar_chart

from ..filters import PromiseFilter
from ..models import ActionPlan, Adoption, Commitment, Follow, StatusReport
from ..models.commitments.progress import SOURCES, counts_of, progress_of
from ..models.commitments.status_sheet import sheet_of
from ..models.commitments.timeline import timeline_of
from ..plan_data import plan_json_ld, promise_json_ld

PER_PAGE = 30
LATE_SHOWN = 10


@require_safe
def plan_list(request):
    plans = ActionPlan.objects.public().with_commitment_count().by_newest()
    page = Paginator(plans, 20).get_page(request.GET.get("page"))
    return render(request, "manifesto/plan_list.html", {"page_obj": page})


@require_safe
def plan_detail(request, slug):
    """How the plan's promises stand. All of them are counted, whichever are shown."""
    plan = get_object_or_404(ActionPlan.objects.public().select_related("round"), slug=slug)
    commitments = plan.commitments.published().by_number()
    progress = progress_of(commitments.for_plan(plan), timezone.localdate(timezone.now()))
    chosen = PromiseFilter(request.GET, commitments, request=request, progress=progress)
    late = sorted((step for each in progress for step in each.late), key=lambda step: -step.standing.days)
    heard = {report.source for each in progress for of in (each, *each.steps) for report in of.latest}
    page = Paginator(chosen.kept, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "total": len(progress),
        "counts": _charts(counts_of(progress)),
        "milestone_counts": _charts(counts_of([step for each in progress for step in each.steps])),
        "late": late[:LATE_SHOWN],
        "late_count": len(late),
        "filter": chosen,
        "sources": [(source, source.label) for source in SOURCES if source in heard],
        "page_obj": page,
        "json_ld": plan_json_ld(plan, progress),
    }
    return render(request, "manifesto/plan_detail.html", context)


def _charts(counts):
    return [(count, bar_chart(count.labelled)) for count in counts]


@require_safe
def plan_statuses(request, slug, source):
    """What one kind of source said of the plan's promises, a column for each day, as editors may bring it in again."""
    plan = get_object_or_404(ActionPlan.objects.public(), slug=slug)
    if source not in StatusReport.Source.values:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{slug}-{source}.csv"'}
    lines = safe_csv.lines(sheet_of(plan, source))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
def promise_detail(request, slug, number):
    promises = Commitment.objects.adopted().public().select_related("plan__round")
    commitment = get_object_or_404(promises, plan__slug=slug, number=number)
    today = timezone.localdate(timezone.now())
    [progress] = progress_of([commitment], today)
    reports = StatusReport.objects.about([commitment]).for_page().select_related("corrected_by").by_day()
    adoptions = Adoption.objects.filter(adopted=commitment).public().for_page()
    context = {
        "commitment": commitment,
        "plan": commitment.plan,
        "progress": progress,
        "adoptions": adoptions,
        "timeline": timeline_of(progress, reports, adoptions, today),
        "followed": Follow.followed_among([commitment], request.user),
        "json_ld": promise_json_ld(commitment),
    }
    return render(request, "manifesto/promise_detail.html", context)
