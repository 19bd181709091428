"""The site's icons: Heroicons, drawn into the page, by the names of what they mean here."""

from functools import cache

from django import template
from heroicons.templatetags.heroicons import heroicon_outline

register = template.Library()

ICONS = {
    "arrow": "arrow-right",
    "back": "arrow-left",
    "bell": "bell",
    "calendar": "calendar",
    "chart": "chart-bar",
    "check": "check",
    "clock": "clock",
    "comment": "chat-bubble-left",
    "data": "arrow-down-tray",
    "feed": "rss",
    "flag": "flag",
    "info": "information-circle",
    "lock": "lock-closed",
    "news": "newspaper",
    "organisation": "building-office-2",
    "person": "user",
    "pin": "map-pin",
    "plus": "plus",
    "print": "printer",
    "remote": "video-camera",
    "search": "magnifying-glass",
    "story": "chat-bubble-bottom-center-text",
    "warning": "exclamation-triangle",
}


ATTRIBUTES = {"class": "icon", "aria-hidden": "true", "focusable": "false"}


@register.simple_tag
@cache
def icon(name):
    """The icon of a name, as SVG. It says nothing by itself: words always stand beside it."""
    return heroicon_outline(ICONS.get(name, name), size=20, **ATTRIBUTES)
