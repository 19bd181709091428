"""What every answer of the site tells browsers to refuse."""

import re

SAME_ORIGIN = "same-origin"
# Other sites may read these, which all are files or data, and show cards.
READ_ELSEWHERE = re.compile(r"/api/v1/|/open-data/.*[^/]$")
SHOWN_ELSEWHERE = "/cards/"


def unguarded(address, response):
    """The headers that an answer lacks, or has otherwise than it should."""
    headers = response.headers
    policy = headers.get("Content-Security-Policy", "")
    right = {
        "X-Content-Type-Options": headers.get("X-Content-Type-Options") == "nosniff",
        "Referrer-Policy": headers.get("Referrer-Policy") == "strict-origin",
        "Permissions-Policy": "camera=()" in headers.get("Permissions-Policy", ""),
        "Cross-Origin-Opener-Policy": headers.get("Cross-Origin-Opener-Policy") == SAME_ORIGIN,
        "Cross-Origin-Resource-Policy": headers.get("Cross-Origin-Resource-Policy")
        == _resource_policy(address),
        "Content-Security-Policy": "default-src 'none'" in policy and "unsafe" not in policy,
    }
    if address.startswith("/static/"):
        del right["Content-Security-Policy"]
    return [name for name, is_right in right.items() if not is_right]


def _resource_policy(address):
    is_for_all = READ_ELSEWHERE.match(address) or address.startswith(SHOWN_ELSEWHERE)
    return "cross-origin" if is_for_all else SAME_ORIGIN
