"""The page for when something that the site needs is away: what a form brought is shown in it, to be sent again."""

import smtplib

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import get_language
from psycopg.errors import ReadOnlySqlTransaction

from profiles.brought import brought
from profiles.vocabularies import language_tag

from .read_only import is_read_only

DATABASE_AWAY = (OperationalError, InterfaceError)
MAIL_AWAY = (smtplib.SMTPException, ConnectionError, TimeoutError)
READING = ("GET", "HEAD", "OPTIONS", "TRACE")
SECONDS = 30


def refuse_to_write(get_response):
    """Answer forms with a page that keeps what they brought, while the site or its database can only be read."""

    def middleware(request):
        return get_response(request)

    def process_view(request, view, args, kwargs):
        # Only here is it known that the form is one of ours: another site's words are never shown.
        if request.method in READING:
            return None
        if not settings.READ_ONLY:
            connection.ensure_connection()
        return unavailable(request, "read_only") if is_read_only() else None

    def process_exception(request, exception):
        return unavailable(request, "read_only") if _is_about_writing(exception) else None

    middleware.process_view = process_view
    middleware.process_exception = process_exception
    return middleware


def reason_of(error) -> str | None:
    """What is away, as the template calls it, or None for a fault of our own."""
    if _is_about_writing(error):
        return "read_only"
    if isinstance(error, DATABASE_AWAY):
        return "database"
    return "mail" if isinstance(error, MAIL_AWAY) else None


def unavailable(request, reason):
    """503 with when to come back. Reads nothing from the database."""
    # Without the request: what templates are told of it can need the database.
    context = {"reason": reason, "PAGE_LANGUAGE": language_tag(get_language() or settings.LANGUAGE_CODE)}
    response = render(None, "503.html", {**context, **_brought(request)}, status=503)
    response["Retry-After"] = str(SECONDS)
    response["Cache-Control"] = "private, no-store"
    return response


def _brought(request):
    """What a form of ours brought: texts to be seen, the rest to go with them when they are sent again."""
    if request.method in READING or not getattr(request, "csrf_processing_done", False):
        return {}
    texts, others = brought(request.POST)
    sent = sum(len(values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    return {
        "was_sent": True,
        "texts": texts,
        "others": others,
        # A password would be missing, or a file.
        "can_send_again": len(texts) + len(others) == sent and not request.FILES,
        "address": request.get_full_path(),
        "csrf_token": get_token(request),
    }


def _is_about_writing(error):
    return isinstance(error, DatabaseError) and isinstance(error.__cause__, ReadOnlySqlTransaction)
