"""Walks through the site, from page to page and form to form, for tests that look at all that people are shown."""

import re
from collections import Counter
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

# So many addresses of each view are gone to in a walk.
MOST = 2
# What isn't HTML, is the same in another language, is wholly Django's, or would do nothing without a script.
LEFT_ALONE = re.compile(
    r"^/(api/v1|cy)/|/(delete|history|jsi18n|autocomplete)/$"
    r"|\.(atom|csv|docx|ics|jpg|json|jsonld|txt|webp|xml|zip)$"
)
LINK = re.compile(r'<a [^>]*?href="([^"#]+)')
FORM = re.compile(r'<form\b[^>]*method="post"[^>]*>')
ACTION = re.compile(r'action="([^"]*)"')
TAG = re.compile(r"<[^>]+>")
VARYING = re.compile(r'\d|(?<=value=)"[^"]*"')


class Pages(dict):
    """The text of one page of each shape, by where it was met."""

    def __init__(self):
        self._shapes = set()

    def keep(self, where, text):
        shape = tuple(dict.fromkeys(VARYING.sub("", tag) for tag in TAG.findall(text)))
        if shape not in self._shapes:
            self._shapes.add(shape)
            self[where] = text


class Walk:
    """Somebody who goes through the site, below addresses that match `where`, and keeps the pages they are shown."""

    def __init__(self, pages, *, name, where="/"):
        self.pages, self.name, self.where = pages, name, re.compile(where)
        self.client, self.seen, self.views, self.forms = Client(), set(), Counter(), {}

    def go(self, addresses):
        """Go to them, and to all that their pages lead to."""
        addresses = list(addresses)
        for address in addresses:
            if self._is_wanted(address):
                addresses += self._visit(address)

    def send(self, address, fields=None):
        """Send a form; give the addresses that the page after it leads to."""
        response = self.client.post(address, fields, follow=True)
        return self._read(f"{address} sent", address, response)

    def send_empty_forms(self):
        """One form for each view that the pages so far have one for."""
        for address in list(self.forms.values()):
            self.send(address)

    def _is_wanted(self, address):
        bare = address.partition("?")[0]
        if {address, bare} & self.seen or LEFT_ALONE.search(bare) or not self.where.match(bare):
            return False
        self.seen.add(address)
        view = view_of(address)
        return view is not None and self.views[view] < MOST

    def _visit(self, address):
        response = self.client.get(address)
        if response.status_code == 200:
            self.views[view_of(address)] += 1
            self.seen.add(address.partition("?")[0])
        return self._read(address, address, response)

    def _read(self, where, address, response):
        if response.status_code == 302:
            return [urljoin(address, response.url)]
        if response.streaming or not response["Content-Type"].startswith("text/html") or not response.text:
            return []
        self.pages.keep(f"{self.name}: {where}", response.text)
        for form in FORM.findall(response.text):
            action = ACTION.search(form)
            action = urljoin(address, unescape(action[1])) if action else address
            if "logout" not in action:
                self.forms.setdefault(view_of(action), action)
        return links(response.text, address)


def links(text, address="/"):
    """The addresses of this site that a page links to."""
    found = (urljoin(address, unescape(link)) for link in LINK.findall(text))
    return [link for link in found if link.startswith("/")]


def view_of(address):
    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return None
    return match.view_name or match.func.__qualname__
