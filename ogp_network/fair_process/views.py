"""The page of a round's process, its archive as of today, and those that were kept."""

from hashlib import sha256

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from manifesto.models import Round

from ..models import FairProcessBundle
from .archive import archive_of
from .gathering import case_of
from .report import report, warnings
from .words import STANDARDS_ADDRESS, STANDARDS_NAME


def _announced(slug):
    return get_object_or_404(Round.objects.announced(), slug=slug)


@require_safe
def fair_process(request, slug):
    round = _announced(slug)
    case = case_of(round, today=timezone.localdate())
    context = {
        "round": round,
        "today": case.facts.today,
        "standards": report(case),
        "warnings": warnings(case),
        "bundles": FairProcessBundle.objects.of_round(round),
        "standards_name": STANDARDS_NAME,
        "standards_address": STANDARDS_ADDRESS,
    }
    return render(request, "fair_process/fair_process.html", context)


@require_safe
def fair_process_archive(request, slug):
    """The archive of today, made while it is asked for: as big as the list of evidence, which has a line per page."""
    today = timezone.localdate()
    content = archive_of(case_of(_announced(slug), today=today))
    response = _download(request, content, f"fair-process-{slug}-{today}.zip")
    patch_cache_control(response, no_cache=True)
    return response


@require_safe
def fair_process_bundle(request, slug, day):
    """One that was kept, byte for byte."""
    bundle = get_object_or_404(FairProcessBundle, round=_announced(slug), made_on=day)
    response = _download(request, bytes(bundle.content), f"fair-process-{slug}-{day}.zip")
    patch_cache_control(response, public=True, max_age=7 * 24 * 60 * 60, immutable=True)
    return response


def _download(request, content, name):
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["ETag"] = quote_etag(sha256(content).hexdigest())
    return get_conditional_response(request, etag=response["ETag"], response=response)
