"""What the API answers to what it can't do (RFC 9457)."""

from http import HTTPStatus

from django.http import JsonResponse

PROBLEM = "application/problem+json"


def problem(status, detail, errors=()):
    """`errors` are pairs of the name of a parameter and what is wrong with it."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": [{"parameter": name, "message": message} for name, message in errors],
    }
    return JsonResponse(body, status=status, content_type=PROBLEM, json_dumps_params={"ensure_ascii": False})


def no_such_address(request, rest=""):
    return problem(404, "There is nothing at this address. The documentation is at /api/.")
