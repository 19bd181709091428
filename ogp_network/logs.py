"""What is written into the log, and what isn't: no address, no query, no words of people, nobody's name.

Django, gunicorn and exceptions all like to say more. Here each line is cut down to what can't name anybody. Needs no
Django: the application server writes its own lines by it too.
"""

import logging
import re
import time
import traceback
import uuid
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[0-9A-Za-z-]{8,64}")
FIELDS = ["timestamp", "level", "logger", "message", "request_id"]
NO_ROUTE = "(no route)"
OF_REQUESTS = ["method", "route", "status", "duration_ms"]

logger = logging.getLogger("ogp_network.requests")
request_id = ContextVar("request_id", default=None)


def log_requests(get_response):
    """Write a line for each request, and its id into every line until it is answered, and into the answer.

    A proxy's id is taken over where it is well-formed. The route is the pattern, not the address, which may hold a key.
    What has no route and went well, such as a static file, isn't worth a line.
    """

    def middleware(request):
        began = time.monotonic()
        given = request.headers.get(HEADER, "")
        token = request_id.set(given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex)
        try:
            response = get_response(request)
            response[HEADER] = request_id.get()
            route = route_of(request)
            if route or response.status_code >= 400:
                values = (
                    request.method,
                    route or NO_ROUTE,
                    response.status_code,
                    round((time.monotonic() - began) * 1000),
                )
                line = "%s %s answered %s in %s ms"
                logger.info(line, *values, extra=dict(zip(OF_REQUESTS, values, strict=True)))
            return response
        finally:
            request_id.reset(token)

    return middleware


def route_of(request):
    """The pattern that the address matched, None where none did."""
    return request.resolver_match and request.resolver_match.route


class Discreet(logging.Filter):
    """Puts the request's id into a line and takes addresses out, which Django and gunicorn name where they fail."""

    def filter(self, record):
        # A line of ours says already how a request was answered.
        if record.name == "django.request" and not record.exc_info:
            return False
        record.request_id = request_id.get() or "-"
        request = record.__dict__.pop("request", None)
        route = (route_of(request) if hasattr(request, "resolver_match") else None) or NO_ROUTE
        if isinstance(record.args, tuple):
            record.args = tuple(
                route if isinstance(arg, str) and arg.startswith("/") else arg for arg in record.args
            )
        return True


class WithoutWords:
    """Writes of an exception what it was and where: its text may be a row, an address or what somebody typed."""

    def formatException(self, exc_info):
        return "\n".join(_told(exc_info[1]))


def _told(error):
    frames = traceback.extract_tb(error.__traceback__)
    yield from (f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    if cause := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        yield "after"
        yield from _told(cause)


class Plain(WithoutWords, logging.Formatter):
    """A line as people read it."""


class Json(WithoutWords, JsonFormatter):
    """A line as machines read it: these fields and no others, whatever a library adds to its records."""

    def __init__(self):
        names = {"levelname": "level", "name": "logger"}
        super().__init__(["levelname", "name", "message", "request_id"], rename_fields=names, timestamp=True)

    def process_log_record(self, log_data):
        known = [*FIELDS, *OF_REQUESTS, "exc_info"]
        return {name: log_data[name] for name in known if name in log_data}


def configuration(*, format, level):
    """For logging.config: everything to standard output, in that format: "json", "plain", or "full" to develop with."""
    plain = "{asctime} {levelname} {name} {request_id} {message}"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"discreet": {"()": "ogp_network.logs.Discreet"}},
        "formatters": {
            "json": {"()": "ogp_network.logs.Json"},
            "plain": {"()": "ogp_network.logs.Plain", "fmt": plain, "style": "{"},
            "full": {"format": plain, "style": "{"},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": format, "filters": ["discreet"]},
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            # It would tell the whole address of a request that it couldn't finish.
            "gunicorn.error": {"handlers": [], "propagate": True},
            # It tells every letter of a typeface it cuts.
            "fontTools": {"handlers": [], "level": "WARNING", "propagate": True},
            # Statements of a vote would tie a member to an idea.
            "django.db.backends": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }
