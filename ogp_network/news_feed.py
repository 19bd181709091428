"""The news as feed readers take it: Atom."""

from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from profiles.feeds import PublicFeed, tag_of

from .models import Post, readers_language


class NewsFeed(PublicFeed):
    """The newest posts, calls to action among them."""

    link = reverse_lazy("post_list")

    def title(self):
        return _("News of the Open Government Manifesto")

    def subtitle(self):
        return _("What is new in the network, and what you can do about open government now.")

    def entries(self, obj):
        return Post.objects.published().in_language(readers_language()).for_feed()

    def item_title(self, post):
        return post.public.title

    def item_guid(self, post):
        return tag_of(f"news/{post.pk}")

    def item_description(self, post):
        version = post.public
        if not version.is_call:
            return version.summary
        return f"{version.summary}\n\n{_('Open until %(moment)s') % {'moment': version.deadline}}"

    def item_extra_kwargs(self, post):
        return {"content": post.public.body_html, "language": post.language_tag}

    def item_pubdate(self, post):
        return post.published_at

    def item_updateddate(self, post):
        return max(post.published_at, post.public.published_at)
