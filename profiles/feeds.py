"""Feeds as all of the site's are: Atom (RFC 4287), what is older on further pages (RFC 5005), 304 to who has it."""

from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import parse_http_date, quote_etag, urlencode
from django.views.decorators.http import require_safe

from ogp_network.datasets import LICENCE

from .wording import clean, clean_line

NETWORK = "Open Government Manifesto"
PER_PAGE = 30
# Of a feed that has nothing in it yet, so that programs see that nothing changed.
BEGINNING = datetime(2014, 11, 4, tzinfo=UTC)


def tag_of(path):
    """A name for good (RFC 4151) of what is under the path, whatever becomes of its address."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},2014:{path}"


def address_of_feed(path, chosen):
    """Where the feed of a list is, when the list is narrowed down by what is `chosen`."""
    return f"{path}?{urlencode(chosen)}" if chosen else path


class Atom(Atom1Feed):
    """Entries have a summary, as plain text, and may have a text of paragraphs as well, and a language of their own;
    pages lead to each other.
    """

    def item_attributes(self, item):
        return {"xml:lang": item["language"]} if item.get("language") else {}

    def latest_post_date(self):
        return super().latest_post_date() if self.items else BEGINNING

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        for relation, address in self.feed["pages"].items():
            handler.addQuickElement("link", "", {"rel": relation, "href": settings.SITE_URL + address})

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, {**item, "title": clean_line(item["title"]), "description": None})
        if item["description"]:
            handler.addQuickElement("summary", clean(item["description"]), {"type": "text"})
        if item.get("content"):
            handler.addQuickElement("content", clean(item["content"]), {"type": "html"})


class PublicFeed(Feed):
    """What a list shows, the newest first. A subclass gives `entries` and what there is to say of each.

    `chosen` says what the list is narrowed down by, as the address does.
    """

    feed_type = Atom
    author_name = NETWORK
    feed_copyright = f"CC BY 4.0, {LICENCE}"

    @classmethod
    def as_view(cls):
        @require_safe
        def view(request, **kwargs):
            # Each request has a feed of its own, which knows the page that was asked for.
            return _if_changed(request, cls()(request, **kwargs))

        return view

    def chosen(self, obj):
        return {}

    def get_feed(self, obj, request):
        self.path = request.path
        self.page = Paginator(self.entries(obj), PER_PAGE).get_page(request.GET.get("page"))
        return super().get_feed(obj, request)

    def items(self):
        return self.page.object_list

    def feed_url(self, obj):
        return self._address(obj, self.page.number)

    def feed_guid(self, obj):
        return tag_of(self._address(obj, 1).removeprefix("/"))

    def feed_extra_kwargs(self, obj):
        page, last = self.page, self.page.paginator.num_pages
        numbers = {"first": 1, "last": last} if last > 1 else {}
        if page.has_previous():
            numbers["previous"] = page.previous_page_number()
        if page.has_next():
            numbers["next"] = page.next_page_number()
        return {"pages": {name: self._address(obj, number) for name, number in numbers.items()}}

    def _address(self, obj, number):
        query = self.chosen(obj) | ({"page": number} if number > 1 else {})
        return address_of_feed(self.path, query)


def _if_changed(request, response):
    """The feed, or 304 to a program that has it. The ETag tells even when something has left it."""
    response["ETag"] = etag = quote_etag(sha256(response.content).hexdigest())
    changed = parse_http_date(response["Last-Modified"]) if "Last-Modified" in response else None
    return get_conditional_response(request, etag=etag, last_modified=changed, response=response)
