"""Meetings and their public notes as feed readers take them: Atom."""

from uuid import uuid5

from django.template.loader import render_to_string
from django.urls import reverse_lazy
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from profiles.feeds import PublicFeed
from profiles.wording import clean_line

from .filters import MeetingFilter
from .models import Meeting, Note


class OfMeetings(PublicFeed):
    """Of all meetings, or those that a visitor has narrowed down."""

    link = reverse_lazy("meetings:meeting_list")

    def get_object(self, request):
        return MeetingFilter(request.GET, Meeting.objects.announced(), request=request)

    def chosen(self, meetings):
        return meetings.chosen


class MeetingFeed(OfMeetings):
    """Meetings, the one announced, moved or cancelled last first."""

    def title(self):
        return _("Open government meetings")

    def subtitle(self):
        return _("What is planned, and what was moved or cancelled.")

    def entries(self, meetings):
        return meetings.qs.for_feed()

    def item_title(self, meeting):
        names = {"meeting": meeting, "day": date_format(meeting.held_on, "DATE_FORMAT")}
        if meeting.is_cancelled:
            return _("Cancelled: %(meeting)s, %(day)s") % names
        return _("%(meeting)s, %(day)s") % names

    def item_guid(self, meeting):
        return meeting.uid.urn

    def item_description(self, meeting):
        change = next(iter(meeting.changes.all()), None)
        told = change and f"{change.get_kind_display()}: {change.reason}"
        return "\n\n".join(filter(None, [told, meeting.venue, meeting.summary])) or meeting.title

    def item_pubdate(self, meeting):
        return meeting.announced_at

    def item_updateddate(self, meeting):
        return meeting.told_at

    def item_extra_kwargs(self, meeting):
        return {"language": meeting.language_tag}

    def item_categories(self, meeting):
        return [meeting.get_kind_display()]


class NoteFeed(OfMeetings):
    """The newest notes, whole."""

    def title(self):
        return _("Notes of open government meetings")

    def subtitle(self):
        return _("What was said, decided and promised.")

    def entries(self, meetings):
        return Note.objects.published().filter(meeting__in=meetings.qs.order_by().values("pk")).for_feed()

    def item_title(self, note):
        day = date_format(note.meeting.held_on, "DATE_FORMAT")
        return _("%(meeting)s, %(day)s") % {"meeting": note.meeting, "day": day}

    def item_guid(self, note):
        return uuid5(note.meeting.uid, "note").urn

    def item_description(self, note):
        points = [point.text for point in note.points.all() if point.is_key_point]
        return "\n\n".join(points) or note.meeting.summary

    def item_extra_kwargs(self, note):
        points = note.points.all()
        context = {
            "note": note,
            "key_points": [point for point in points if point.is_key_point],
            "decisions": [point for point in points if not point.is_key_point],
        }
        return {
            "content": render_to_string("meetings/_note_in_feed.html", context),
            "language": note.meeting.language_tag,
        }

    def item_author_name(self, note):
        return clean_line(note.written_by)

    def item_pubdate(self, note):
        return note.published_at

    def item_updateddate(self, note):
        return note.changed_in_public_at

    def item_categories(self, note):
        return [note.meeting.get_kind_display()]
