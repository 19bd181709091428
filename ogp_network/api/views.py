"""The API's description, for programs and for people."""

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from .documentation import operations_of
from .interface import PROBLEMS, ROOT, SECONDS_IN_CACHES, document, for_caches
from .schemas import LAST_PAGE, MOST_PER_PAGE


@require_safe
def openapi(request):
    description = document(settings.LANGUAGE_CODE)
    response = JsonResponse(description, json_dumps_params={"ensure_ascii": False, "indent": 1})
    return for_caches(request, response)


@require_safe
def api_docs(request):
    context = {
        "operations": operations_of(document(get_language())),
        "root": settings.SITE_URL + ROOT,
        "problems": PROBLEMS,
        "seconds": SECONDS_IN_CACHES,
        "most_per_page": MOST_PER_PAGE,
        "last_page": LAST_PAGE,
    }
    return render(request, "api/docs.html", context)
