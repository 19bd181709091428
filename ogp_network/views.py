import sys

from django.db import InterfaceError, OperationalError
from django.shortcuts import render


def home(request):
    return render(request, "home.html")


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def permission_denied(request, exception):
    return render(request, "403.html", status=403)


def page_not_found(request, exception):
    return render(request, "404.html", status=404)


def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)


def server_error(request):
    """The page for a fault of ours or, where the database can't be reached, one that asks to come back."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return render(None, "503.html", status=503, headers={"Retry-After": "30"})
    return render(None, "500.html", status=500)
