"""Announced meetings as people's calendars read them: iCalendar (RFC 5545)."""

from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event, Timezone

from profiles.vocabularies import Area
from profiles.wording import clean, clean_line

from .filters import MeetingFilter
from .models import Meeting

NAME = gettext_lazy("Open government meetings")
LONDON = ZoneInfo("Europe/London")
NATIONS = (Area.ENGLAND, Area.NORTHERN_IRELAND, Area.SCOTLAND, Area.WALES)
# The rules of the United Kingdom since 1996, without an end.
TIMEZONE = Timezone.from_ical(
    """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19960331T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""
)


@require_safe
def meetings_ics(request):
    meetings = MeetingFilter(request.GET, Meeting.objects.announced(), request=request).qs.by_soonest()
    return _respond(request, meetings, file_name="meetings.ics")


@require_safe
def meeting_ics(request, slug):
    meeting = get_object_or_404(Meeting.objects.announced(), slug=slug)
    return _respond(request, [meeting], file_name=f"{meeting.slug}.ics")


def _respond(request, meetings, *, file_name):
    """The calendar, or 304 to a client that has it. The ETag tells even when a meeting has left the list."""
    content = calendar(meetings).to_ical()
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response["ETag"] = etag = quote_etag(sha256(content).hexdigest())
    changed = max((int(meeting.changed_at.timestamp()) for meeting in meetings), default=None)
    if changed is not None:
        response["Last-Modified"] = http_date(changed)
    return get_conditional_response(request, etag=etag, last_modified=changed, response=response)


class Subscription(NamedTuple):
    """A calendar that people can follow: `webcal` opens it in their own, `address` is what they can paste there."""

    label: str
    address: str
    webcal: str


def calendars():
    """Every calendar offered: all meetings, then each kind, then each nation."""
    kinds = [subscription(label, {"kind": code}) for code, label in Meeting.Kind.choices]
    nations = [subscription(area.label, {"area": area.value}) for area in NATIONS]
    return [subscription(_("All meetings"), {}), *kinds, *nations]


def subscription(label, chosen):
    """The calendar of what the list is narrowed down to by `chosen`."""
    query = f"?{urlencode(chosen)}" if chosen else ""
    address = f"{settings.SITE_URL}{reverse('meetings:meetings_ics')}{query}"
    return Subscription(label, address, f"webcal://{address.partition('://')[2]}")


def calendar(meetings):
    whole = Calendar()
    whole.add("prodid", "-//Open Government Manifesto//Meetings//EN")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add("x-wr-calname", str(NAME))
    whole.add_component(TIMEZONE)
    for meeting in meetings:
        whole.add_component(event(meeting))
    return whole


def event(meeting):
    """One meeting, without anybody who comes to it."""
    entry = Event()
    entry.add("uid", str(meeting.uid))
    entry.add("sequence", meeting.sequence)
    entry.add("dtstamp", meeting.changed_at.astimezone(UTC))
    entry.add("last-modified", meeting.changed_at.astimezone(UTC))
    entry.add("status", "CANCELLED" if meeting.is_cancelled else "CONFIRMED")
    entry.add("summary", clean_line(meeting.title))
    for name, moment in zip(("dtstart", "dtend"), span(meeting), strict=True):
        if moment:
            entry.add(name, moment)
    if meeting.venue:
        entry.add("location", clean_line(meeting.venue))
    if description := describe(meeting):
        entry.add("description", description)
    entry.add("url", settings.SITE_URL + meeting.get_absolute_url())
    return entry


def span(meeting):
    """When it begins and ends: whole days if nobody knows the hour, and no end if none is known."""
    after = meeting.last_day + timedelta(days=1)
    if meeting.starts_at is None:
        return meeting.held_on, after
    start = datetime.combine(meeting.held_on, meeting.starts_at, LONDON)
    end = None
    if meeting.ends_at:
        end = datetime.combine(meeting.last_day, meeting.ends_at, LONDON)
    elif meeting.ends_on:
        end = datetime.combine(after, time(), LONDON)
    # In the hour that is left out in March an end can come before its start.
    return start, end if end and end.astimezone(UTC) > start.astimezone(UTC) else None


def describe(meeting):
    """In the reader's language but for what people wrote."""
    cancelled = remote = ""
    if meeting.is_cancelled:
        cancelled = _("Cancelled. %(reason)s") % {"reason": meeting.cancellation_reason}
    elif meeting.has_remote_access:
        remote = _("People can join remotely.")
    return clean("\n\n".join(filter(None, [cancelled, meeting.summary, remote])))
