import re
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from .api.problems import problem

# The pages that explain the files, whose addresses end in a slash, are for people alone.
OPEN_TO_ALL = re.compile(r"/api/v1/|/open-data/.*[^/]$")
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
        if not OPEN_TO_ALL.match(request.path):
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


def who_may_keep_it(get_response):
    """Have everything asked for anew, where an ETag then saves sending it, and what is one person's kept by them.

    So nobody else still has what we took down. A page that had to set a cookie, as one with a form does, is one
    person's; so is whatever goes to somebody who has a session. What says itself who may keep it is left as it is.
    """

    def middleware(request):
        response = get_response(request)
        if "Cache-Control" not in response:
            is_ones_own = bool(response.cookies) or settings.SESSION_COOKIE_NAME in request.COOKIES
            response["Cache-Control"] = "private, no-cache" if is_ones_own else "no-cache"
        return response

    return middleware


class Revalidated(ConditionalGetMiddleware):
    """An ETag for what may be the same next time, and 304 to who has it. A page with a form never is: tokens change."""

    def needs_etag(self, response):
        return not response.cookies and super().needs_etag(response)


class Compressed(GZipMiddleware):
    """Compress pages as they are sent, with Django's precautions against guessing what a page holds from its length.

    A form's token differs on every page, and the length has a random part. What nobody may keep, such as recovery
    codes and all of the admin, isn't compressed at all, nor is what is sent as it is made.
    """

    def process_response(self, request, response):
        if response.streaming or "no-store" in response.get("Cache-Control", ""):
            return response
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            # A cache takes what stands here for what it kept, which may be the compressed page.
            patch_vary_headers(response, ["Accept-Encoding"])
        return super().process_response(request, response)
