"""The pages that explain the open data, and its files."""

import re

from django.core.paginator import Paginator
from django.http import Http404, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from ogp_network.datasets import LICENCE, csvw
from ogp_network.models import DailyFile

from . import catalogue
from .catalogue import DATASETS, GROUPS, TYPES

CSVW = "application/csvm+json"
DAYS_PER_PAGE = 31
DAY = 24 * 60 * 60
TAKES_GZIP = re.compile(r"\b(gzip|x-gzip)\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


@require_safe
def open_data(request):
    page = Paginator(DailyFile.objects.days(), DAYS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "open_data/catalogue.html", {"groups": GROUPS, "page_obj": page})


@require_safe
def open_data_day(request, day):
    files = DailyFile.objects.of_day(day)
    if not files:
        raise Http404
    titles = {name: dataset.title for name, dataset in DATASETS.items()}
    rows = [(titles.get(file.dataset, file.dataset), file) for file in files]
    return render(request, "open_data/day.html", {"day": day, "rows": rows})


@require_safe
def open_data_detail(request, dataset):
    return render(request, "open_data/detail.html", {"dataset": _dataset(dataset)})


@require_safe
def live_file(request, dataset, kind):
    """All rows as they are now, made while they are sent."""
    dataset = _dataset(dataset)
    now = timezone.now()
    headers = {
        "Content-Disposition": f'attachment; filename="{dataset.name}-{timezone.localdate(now)}.{kind}"',
        "Link": f'<{catalogue.address_of(dataset, "metadata")}>; rel="describedby"; type="{CSVW}", '
        f'<{LICENCE}>; rel="license"',
        "Cache-Control": "no-cache",
    }
    if dataset.version:
        headers["ETag"] = quote_etag(f"{dataset.name}-{dataset.version()}")
        if (answer := get_conditional_response(request, etag=headers["ETag"])) is not None:
            return answer
    records = dataset.records(dataset.public(now))
    pieces = getattr(dataset, kind)(records) if request.method == "GET" else ()
    return StreamingHttpResponse(pieces, content_type=TYPES[kind], headers=headers)


@require_safe
def daily_file(request, day, dataset, kind):
    """A file as it was on that day, compressed as it is kept for whoever takes it so."""
    file = get_object_or_404(DailyFile, day=day, dataset=dataset, kind=kind)
    is_compressed = bool(TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")))
    headers = {
        "Content-Disposition": f'attachment; filename="{dataset}-{day}.{kind}"',
        "Link": f'<{dataset}.csv-metadata.json>; rel="describedby"; type="{CSVW}", <{LICENCE}>; rel="license"',
        "ETag": quote_etag(f"{file.sha256}{'-gzip' if is_compressed else ''}"),
    }
    headers |= {"Content-Encoding": "gzip"} if is_compressed else {"Content-Length": str(file.size)}
    pieces = (file.compressed() if is_compressed else file.plain()) if request.method == "GET" else ()
    response = StreamingHttpResponse(pieces, content_type=TYPES[kind], headers=headers)
    patch_cache_control(response, public=True, max_age=DAY, immutable=True)
    patch_vary_headers(response, ["Accept-Encoding"])
    return get_conditional_response(request, etag=headers["ETag"], response=response)


@require_safe
def daily_metadata(request, day, dataset):
    """What the columns of that day's CSV meant then."""
    file = get_object_or_404(DailyFile, day=day, dataset=dataset, kind=DailyFile.Kind.CSV)
    return JsonResponse(csvw(**file.metadata), content_type=CSVW)


@require_safe
def metadata(request, dataset):
    return JsonResponse(catalogue.metadata_of(_dataset(dataset)), content_type=CSVW)


@require_safe
def all_metadata(request):
    return JsonResponse(catalogue.metadata(), content_type=CSVW)


@require_safe
def dcat(request):
    return JsonResponse(catalogue.dcat(), content_type="application/ld+json")


def _dataset(name):
    if name not in DATASETS:
        raise Http404
    return DATASETS[name]
