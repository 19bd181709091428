"""The cards as those get them who show what others share."""

from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from .cards import public_card

A_YEAR = 365 * 24 * 60 * 60


@require_safe
def card(request, kind, pk, digest):
    """The picture, whoever asks. It never changes under this address; a former one leads to it."""
    found = public_card(kind, pk)
    if found is None:
        raise Http404
    if found.digest != digest:
        return redirect(found.address)
    headers = {
        "Cache-Control": f"public, max-age={A_YEAR}, immutable",
        "ETag": f'"{digest}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(found.draw(), content_type="image/png", headers=headers)
