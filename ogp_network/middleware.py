from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation

from .api.problems import problem

OPEN_TO_ALL = ("/open-data/", "/api/v1/")
READING = ("GET", "HEAD", "OPTIONS")


def no_nul_in_admin_queries(get_response):
    """Answer 400 to a NUL in an admin address: Django passes it on to PostgreSQL, which can't store it."""

    def middleware(request):
        if "%00" in request.META.get("QUERY_STRING", "") and request.path.startswith(reverse("admin:index")):
            raise BadRequest("NUL in the query string")
        return get_response(request)

    return middleware


def language_of_the_address(get_response):
    """Answer in the language that the address says.

    Django's own LocaleMiddleware does so too, but marks every answer as one that varies with the visitor's preferred
    languages, which ours don't: shared caches would keep a copy for each.
    """

    def middleware(request):
        code = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        translation.activate(code)
        request.LANGUAGE_CODE = code
        response = get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", code)
        return response

    return middleware


def readable_from_other_sites(get_response):
    """Let the pages of other sites read the open data and the API, and nobody change anything there.

    No cookie is asked for or allowed: whoever reads is anybody.
    """

    def middleware(request):
        if not request.path.startswith(OPEN_TO_ALL):
            return get_response(request)
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
        elif request.method not in READING:
            response = problem(405, "Everything here can only be read.")
        else:
            response = get_response(request)
        if request.method not in ("GET", "HEAD"):
            response["Allow"] = response["Access-Control-Allow-Methods"] = ", ".join(READING)
            response["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
            response["Access-Control-Max-Age"] = "86400"
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Link, Content-Disposition"
        return response

    return middleware
