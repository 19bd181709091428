"""A meeting as search engines read it: schema.org Event, with its public note as a Report.

Nothing of who comes, and no way in but the page itself.
"""

from datetime import datetime

from django.conf import settings

from profiles.feeds import LICENCE, NETWORK
from profiles.script_data import for_script

from .calendar_data import LONDON, span

SCHEMA = "https://schema.org"


def json_ld(meeting, *, changes, organisers, note=None, errata=()):
    """The meeting with its loaded history and organisers, and its note with errata, the newest first, if it has one
    that is public; safe to stand in a page's `<script>`.
    """
    page = settings.SITE_URL + meeting.get_absolute_url()
    start = _moment(meeting.held_on, meeting.starts_at)
    earlier = [
        _moment(change.held_on_before, change.starts_at_before) for change in changes if change.is_move
    ]
    former = [moment for moment in dict.fromkeys(earlier) if moment != start]
    data = {
        "@context": SCHEMA,
        "@type": "Event",
        "name": meeting.title,
        "description": meeting.summary,
        "inLanguage": meeting.language_tag,
        "url": page,
        "eventStatus": f"{SCHEMA}/{_status(meeting, former)}",
        "startDate": start,
        "endDate": _end(meeting),
        "previousStartDate": former,
        "eventAttendanceMode": _mode(meeting),
        "location": _places(meeting, page),
        "organizer": [_organisation(organisation) for organisation in organisers],
        "subjectOf": _report(note, page, errata) if note and note.is_public else None,
    }
    return for_script({name: value for name, value in data.items() if value})


def _moment(day, hour):
    """A date, or a moment with its offset in the United Kingdom."""
    return datetime.combine(day, hour, LONDON).isoformat() if hour else day.isoformat()


def _end(meeting):
    if meeting.starts_at is None or (meeting.ends_on and not meeting.ends_at):
        return meeting.last_day.isoformat()
    end = meeting.ends_at and span(meeting)[1]
    return end.isoformat() if end else None


def _status(meeting, former):
    if meeting.is_cancelled:
        return "EventCancelled"
    return "EventRescheduled" if former else "EventScheduled"


def _mode(meeting):
    modes = {
        (True, True): "MixedEventAttendanceMode",
        (True, False): "OfflineEventAttendanceMode",
        (False, True): "OnlineEventAttendanceMode",
    }
    mode = modes.get((bool(meeting.venue), meeting.has_remote_access))
    return mode and f"{SCHEMA}/{mode}"


def _places(meeting, page):
    places = []
    if meeting.venue:
        place = {"@type": "Place", "name": meeting.venue, "address": meeting.venue}
        places.append({**place, "hasMap": meeting.map_url} if meeting.map_url else place)
    if meeting.has_remote_access:
        places.append({"@type": "VirtualLocation", "url": page})
    return places


def _report(note, page, errata):
    """The note. It is about the event that it stands in."""
    changed_at = errata[0].corrected_at if errata else note.published_at
    return {
        "@type": "Report",
        "headline": note.meeting.title,
        "url": page,
        "inLanguage": note.meeting.language_tag,
        "datePublished": note.published_at.isoformat(),
        "dateModified": changed_at.isoformat(),
        "license": LICENCE,
        "publisher": {"@type": "Organization", "name": NETWORK, "url": settings.SITE_URL},
    }


def _organisation(organisation):
    return {
        "@type": "Organization",
        "name": organisation.name,
        "url": settings.SITE_URL + organisation.get_absolute_url(),
    }
