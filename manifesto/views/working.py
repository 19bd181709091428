"""The working behind a published shortlist: a page that tells it, and the files to recount it from."""

from hashlib import sha256

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from ..models import Round
from ..models.published import ARCHIVE
from ..standings import Table

IDEAS_PER_PAGE = 50
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "zip": "application/zip"}
WEEK = 7 * 24 * 60 * 60


@require_safe
def working_detail(request, slug):
    round, working = _published(slug)
    report = round.report(now=timezone.now())
    table = Table(report, request.GET.get("order", ""))
    shown = Paginator(table.rows, IDEAS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "round": round,
        "working": working,
        "report": report,
        "table": table,
        "page_obj": shown,
        "heat_map": report.heat_map(shown),
        "criteria": report.criteria,
        "files": [name for name in working.files.values_list("name", flat=True) if name != ARCHIVE],
        "archive": ARCHIVE,
    }
    return render(request, "manifesto/working_detail.html", context)


@require_safe
def working_file(request, slug, name):
    """One of the files as it was at publication, with a tag that only its bytes decide."""
    _, working = _published(slug)
    content = bytes(get_object_or_404(working.files, name=name).content)
    response = HttpResponse(
        content, content_type=TYPES.get(name.rpartition(".")[2], "text/plain; charset=utf-8")
    )
    response["Content-Disposition"] = f'attachment; filename="{slug}-{name}"'
    response["ETag"] = quote_etag(sha256(content).hexdigest())
    patch_cache_control(response, public=True, max_age=WEEK, immutable=True)
    return get_conditional_response(request, etag=response["ETag"], response=response)


def _published(slug):
    """The round and its working. Before publication there is nothing here, whoever asks."""
    rounds = Round.objects.announced().exclude(shortlist_published_at=None)
    round = get_object_or_404(rounds.select_related("published_working"), slug=slug)
    if not hasattr(round, "published_working"):
        raise Http404
    return round, round.published_working
