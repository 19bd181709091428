"""What every request and every answer go through, whatever they are about, to keep the site and its readers safe."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponseNotAllowed

from .middleware import OPEN_TO_ALL

# Passkeys need two of these, recovery codes are copied; nothing else here asks a browser for anything.
ALLOWED = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
REFUSED = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
# What our pages may load and where they may lead: by directive (Content Security Policy, level 3). Nothing inline.
LOADED = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "manifest-src": "'self'",
}
CONTENT = "; ".join(f"{directive} {sources}" for directive, sources in LOADED.items())
PERMISSIONS = ", ".join([*(f"{name}=(self)" for name in ALLOWED), *(f"{name}=()" for name in REFUSED)])
# Pictures of shared pages are shown by the sites where they are shared.
SHOWN_ELSEWHERE = "/cards/"


def nothing_endless(get_response):
    """Turn away what is larger than anything a form here takes, before any of it is kept in a file."""

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isascii() or not length.isdigit() or int(length) > settings.LARGEST_REQUEST:
            raise RequestDataTooBig("Larger than anything a form takes")
        return get_response(request)

    return middleware


def reading_and_forms_alone(get_response):
    """Refuse all other methods: nothing here answers them, and a view that doesn't look would take them for reading."""

    def middleware(request):
        if request.method in ("GET", "HEAD", "POST"):
            return get_response(request)
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])

    return middleware


def guarded(get_response):
    """Say what pages may load and which powers of a browser they use, and that other sites may not build our answers
    into theirs.
    """

    def middleware(request):
        response = get_response(request)
        if not _is_without_policy(request, response):
            response.headers.setdefault("Content-Security-Policy", CONTENT)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        is_for_all = OPEN_TO_ALL.match(request.path) or request.path.startswith(SHOWN_ELSEWHERE)
        policy = "cross-origin" if is_for_all else "same-origin"
        response.headers.setdefault("Cross-Origin-Resource-Policy", policy)
        return response

    return middleware


def _is_without_policy(request, response):
    """Whether it is a file of ours that nobody can change, or the page that Django shows to developers of a fault."""
    is_debugging = settings.DEBUG and response.status_code in (
        HTTPStatus.NOT_FOUND,
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
    return is_debugging or request.path.startswith(settings.STATIC_URL)
