"""Public notes as feed readers take them: Atom (RFC 4287)."""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import uuid5

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.template.loader import render_to_string
from django.urls import reverse, reverse_lazy
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import parse_http_date, quote_etag, urlencode
from django.views.decorators.http import require_safe

from ogp_network.datasets import LICENCE
from profiles.wording import clean, clean_line

from .filters import MeetingFilter
from .models import Meeting, Note

IN_FEED = 30


def address_of_feed(meetings):
    """Where the feed of the meetings is that a MeetingFilter leaves."""
    query = urlencode(meetings.chosen)
    return f"{reverse('meetings:notes_atom')}{f'?{query}' if query else ''}"


class AtomWithContent(Atom1Feed):
    """Atom whose entries hold a summary, as plain text, and the whole note."""

    def latest_post_date(self):
        """Always the same while there is nothing, so that programs see that nothing changed."""
        return super().latest_post_date() if self.items else datetime(2014, 11, 4, tzinfo=UTC)

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, {**item, "description": None})
        handler.addQuickElement("summary", item["description"], {"type": "text"})
        handler.addQuickElement("content", item["content"], {"type": "html"})


class NoteFeed(Feed):
    """The newest notes, all or those of the meetings that a visitor has narrowed down."""

    feed_type = AtomWithContent
    title = "Notes of open government meetings"
    subtitle = "What was said, decided and promised."
    author_name = "Open Government Manifesto"
    link = reverse_lazy("meetings:meeting_list")
    feed_copyright = f"CC BY 4.0, {LICENCE}"

    def get_object(self, request):
        return MeetingFilter(request.GET, Meeting.objects.announced(), request=request)

    def feed_url(self, meetings):
        return address_of_feed(meetings)

    def feed_guid(self, meetings):
        return settings.SITE_URL + address_of_feed(meetings)

    def items(self, meetings):
        return (
            Note.objects.published()
            .filter(meeting__in=meetings.qs.order_by().values("pk"))
            .for_feed()[:IN_FEED]
        )

    def item_title(self, note):
        return clean_line(f"{note.meeting}, {note.meeting.held_on.day} {note.meeting.held_on:%B %Y}")

    def item_guid(self, note):
        return uuid5(note.meeting.uid, "note").urn

    def item_description(self, note):
        points = [point.text for point in note.points.all() if point.is_key_point]
        return clean("\n\n".join(points) or note.meeting.summary)

    def item_extra_kwargs(self, note):
        points = note.points.all()
        context = {
            "note": note,
            "key_points": [point for point in points if point.is_key_point],
            "decisions": [point for point in points if not point.is_key_point],
        }
        return {"content": clean(render_to_string("meetings/_note_in_feed.html", context))}

    def item_author_name(self, note):
        return clean_line(note.written_by)

    def item_pubdate(self, note):
        return note.published_at

    def item_updateddate(self, note):
        return note.changed_in_public_at

    def item_categories(self, note):
        return [note.meeting.get_kind_display()]


feed = NoteFeed()


@require_safe
def notes_atom(request):
    """The feed, or 304 to a program that has it. The ETag tells even when a note has left it."""
    response = feed(request)
    response["ETag"] = etag = quote_etag(sha256(response.content).hexdigest())
    changed = parse_http_date(response["Last-Modified"]) if "Last-Modified" in response else None
    return get_conditional_response(request, etag=etag, last_modified=changed, response=response)
