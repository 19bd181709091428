"""What every request and every answer go through, whatever they are about, to keep the site and its readers safe."""

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
    """Say which powers of a browser pages use, and that other sites may not build our answers into theirs."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        is_for_all = OPEN_TO_ALL.match(request.path) or request.path.startswith(SHOWN_ELSEWHERE)
        policy = "cross-origin" if is_for_all else "same-origin"
        response.headers.setdefault("Cross-Origin-Resource-Policy", policy)
        return response

    return middleware
