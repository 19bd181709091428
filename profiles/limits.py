"""How often something may be done by one account and from one network: settings.RATE_LIMITS says it."""

import ipaddress
from functools import wraps

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from .brought import brought
from .models import Allowance

SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
SAFE = ("GET", "HEAD", "OPTIONS")


def _changes(request):
    return request.method not in SAFE


def network_of(request) -> str:
    """The network that a request comes from: an IPv4 address, or the 64 bits an IPv6 address has in common with all
    of one household's or office's.
    """
    if not hasattr(request, "network"):
        request.network = _network_of(request)
    return request.network


def _network_of(request):
    address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def limited(name, *, when=_changes):
    """Answer with a page that keeps what was typed where a change is asked for too often.

    `when` says of a request whether it counts; by default whatever isn't only reading does.
    """

    def decorate(view):
        @wraps(view)
        def wrapped(request, *args, **kwargs):
            now = timezone.now()
            if when(request):
                ends_at = Allowance.objects.use(_rates(request, name), now=now)
                if ends_at:
                    return too_often(request, ends_at=ends_at, now=now)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


def _rates(request, name):
    """What counts for this request: its account if it has one, and its network."""
    sources = {"network": network_of(request)}
    if request.user.is_authenticated:
        sources["account"] = request.user.pk
    return [
        (f"{name} {per} {sources[per]}", most, SECONDS[period])
        for per, limits in settings.RATE_LIMITS.get(name, {}).items()
        if per in sources
        for period, most in limits.items()
    ]


def too_often(request, exception=None, *, ends_at=None, now=None):
    """The answer to what was tried too often, with what was typed, to be sent again when it says."""
    seconds = max(1, round((ends_at - now).total_seconds())) if ends_at else 300
    texts, others = brought(request.POST)
    context = {
        "minutes": -(-seconds // 60),
        "ends_at": ends_at,
        "texts": texts,
        "others": others,
        "address": request.get_full_path(),
        "has_files": bool(request.FILES),
    }
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response
