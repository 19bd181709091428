"""The pages that explain the open data, and its files."""

from django.http import Http404, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from ogp_network.datasets import LICENCE

from . import catalogue
from .catalogue import DATASETS, TYPES

CSVW = "application/csvm+json"


@require_safe
def open_data(request):
    return render(request, "open_data/catalogue.html", {"datasets": DATASETS.values()})


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
    pieces = getattr(dataset, kind)(dataset.public(now)) if request.method == "GET" else ()
    return StreamingHttpResponse(pieces, content_type=TYPES[kind], headers=headers)


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
