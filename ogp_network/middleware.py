from django.core.exceptions import BadRequest
from django.urls import reverse


def no_nul_in_admin_queries(get_response):
    """Answer 400 to a NUL in an admin address: Django passes it on to PostgreSQL, which can't store it."""

    def middleware(request):
        if "%00" in request.META.get("QUERY_STRING", "") and request.path.startswith(reverse("admin:index")):
            raise BadRequest("NUL in the query string")
        return get_response(request)

    return middleware
