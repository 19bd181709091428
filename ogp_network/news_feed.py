"""The news as feed readers take it: Atom (RFC 4287)."""

from hashlib import sha256

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse, reverse_lazy
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.http import quote_etag
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.wording import clean, clean_line

from .datasets import LICENCE
from .models import Post, readers_language

IN_FEED = 30


class AtomWithContent(Atom1Feed):
    """Atom whose entries hold a summary, as plain text, and the whole post."""

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, {**item, "description": None})
        handler.addQuickElement("summary", item["description"], {"type": "text"})
        handler.addQuickElement("content", item["content"], {"type": "html"})


class NewsFeed(Feed):
    """The newest posts, calls to action among them."""

    feed_type = AtomWithContent
    author_name = "Open Government Manifesto"
    link = reverse_lazy("post_list")
    feed_copyright = f"CC BY 4.0, {LICENCE}"

    def title(self):
        return _("News of the Open Government Manifesto")

    def subtitle(self):
        return _("What is new in the network, and what you can do about open government now.")

    def feed_url(self):
        return reverse("news_atom")

    def feed_guid(self):
        return settings.SITE_URL + reverse("news_atom")

    def items(self):
        return Post.objects.published().in_language(readers_language()).for_feed()[:IN_FEED]

    def item_title(self, post):
        return clean_line(post.public.title)

    def item_guid(self, post):
        """The same for good, whatever becomes of the address."""
        return f"{settings.SITE_URL}/news/#{post.pk}"

    def item_description(self, post):
        version = post.public
        if not version.is_call:
            return clean(version.summary)
        moment = date_format(localtime(version.closes_at), "DATETIME_FORMAT")
        return clean(f"{version.summary}\n\n{_('Open until %(moment)s') % {'moment': moment}}")

    def item_extra_kwargs(self, post):
        return {"content": clean(post.public.body_html)}

    def item_pubdate(self, post):
        return post.published_at

    def item_updateddate(self, post):
        return max(post.published_at, post.public.published_at)


feed = NewsFeed()


@require_safe
def news_atom(request):
    """The feed, or 304 to a program that has it. The ETag tells even when a post has left it."""
    response = feed(request)
    etag = quote_etag(sha256(response.content).hexdigest())
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)
