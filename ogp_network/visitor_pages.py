"""Pages that everybody reads alike, kept for a few seconds by the process that made them.

Only what a visitor without a session got is kept, and shown to no one else. What only they could use isn't: a page that
sets a cookie, as each one with a form's token does, or says itself who may keep it.
"""

import time
from collections import OrderedDict
from http import HTTPStatus
from threading import Lock

from django.conf import settings
from django.http import HttpResponse

from .read_only import is_read_only

# What one process keeps at most.
MOST_BYTES = 16 * 1024 * 1024
# Roughly what a page takes in memory beside its content and its address.
AROUND_A_PAGE = 2048


class Kept:
    """A page as it was sent, without what is added to every answer further out."""

    def __init__(self, response, match, now):
        self.content = response.content
        self.headers = dict(response.items())
        self.match = match
        self.made_at = now
        self.is_made_anew = False

    def answer(self, request):
        # The log names routes.
        request.resolver_match = self.match
        return HttpResponse(self.content, headers=self.headers)


class VisitorPages:
    """Pages by what they were asked with; the oldest are given up first where there are too many."""

    def __init__(self, most_bytes=MOST_BYTES):
        self.most_bytes = most_bytes
        self.bytes = 0
        self._pages = OrderedDict()
        self._lock = Lock()

    def find(self, asked, *, seconds, now):
        """The page that was made less than so many seconds ago, or None.

        In the second half of its time the first who asks is given none, and makes it anew while it is still there
        for all others: at its end they don't all make it at once.
        """
        with self._lock:
            page = self._pages.get(asked)
            if page is None or now - page.made_at >= seconds:
                return None
            if now - page.made_at >= seconds / 2 and not page.is_made_anew:
                page.is_made_anew = True
                return None
            return page

    def keep(self, asked, page, *, seconds):
        size = _size(asked, page)
        if size > self.most_bytes:
            return
        with self._lock:
            self._forget(asked)
            self._pages[asked] = page
            self.bytes += size
            while self.bytes > self.most_bytes or self._is_over(page.made_at - seconds):
                self._forget(next(iter(self._pages)))

    def _is_over(self, before):
        return next(iter(self._pages.values())).made_at <= before

    def _forget(self, asked):
        if page := self._pages.pop(asked, None):
            self.bytes -= _size(asked, page)


def _size(asked, page):
    return len(page.content) + sum(len(part) for part in asked) + AROUND_A_PAGE


def kept_for_visitors(get_response):
    """Show visitors a page that the process made for another of them in the last VISITOR_PAGES_SECONDS."""
    pages = VisitorPages()

    def middleware(request):
        seconds, now = settings.VISITOR_PAGES_SECONDS, time.monotonic()
        if not seconds or not _is_a_visitors(request):
            return get_response(request)
        asked = _asked(request)
        if page := pages.find(asked, seconds=seconds, now=now):
            return page.answer(request)
        response = get_response(request)
        if _is_for_all(response) and not is_read_only():
            pages.keep(asked, Kept(response, request.resolver_match, now), seconds=seconds)
        return response

    return middleware


def _is_a_visitors(request):
    return (
        request.method == "GET"
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        # Every page tells of it then.
        and not is_read_only()
    )


def _asked(request):
    """All of a visitor's request that a page of ours may depend on: neither cookies nor other headers are."""
    meta = request.META
    host = meta.get("HTTP_HOST") or f"{meta['SERVER_NAME']}:{meta['SERVER_PORT']}"
    return request.scheme, host, request.path, request.path_info, meta.get("QUERY_STRING", "")


def _is_for_all(response):
    return (
        response.status_code == HTTPStatus.OK
        and not response.streaming
        and response.get("Content-Type", "").startswith("text/html")
        and not response.cookies
        and "Cache-Control" not in response
        # Without a session nothing depends on cookies but tokens, which come with one.
        and response.get("Vary", "Cookie") == "Cookie"
    )
