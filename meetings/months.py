"""Meetings month by month: a table of its days where there is room for one, and the list of them where there isn't."""

import calendar
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import NamedTuple

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from .calendar_data import calendars, subscription
from .filters import MeetingFilter
from .models import Meeting


class Day(NamedTuple):
    """A square of the table; one of another month has no date."""

    date: date | None
    meetings: list


@require_safe
def month_now(request):
    return redirect(_address(timezone.localdate(timezone.now()), request.GET.urlencode()))


@require_safe
def month(request, year, month):
    first = _first_day(int(year), int(month))
    last = _next(first) - timedelta(days=1)
    today = timezone.localdate(timezone.now())
    chosen = MeetingFilter(request.GET, Meeting.objects.announced().for_cards(), request=request)
    meetings = list(chosen.qs.between(first, last).by_soonest())
    query = urlencode(chosen.chosen)
    earliest, latest = _bounds(today)
    before = min(first - timedelta(days=1), latest)
    after = max(_next(first), earliest)
    context = {
        "filter": chosen,
        "month": first,
        "today": today,
        "meetings": meetings,
        "weeks": _weeks(first, meetings),
        "weekdays": list(WEEKDAYS.values()),
        "previous": (before, _address(before, query)) if before >= earliest else None,
        "next": (after, _address(after, query)) if after <= latest else None,
        "calendar_query": query,
        "subscription": subscription("", chosen.chosen),
        "calendars": calendars(),
    }
    return render(request, "meetings/month.html", context)


def _first_day(year, month):
    if not (MINYEAR < year < MAXYEAR and 1 <= month <= 12):
        raise Http404
    return date(year, month, 1)


def _next(first):
    """The first day of the month after."""
    return (first + timedelta(days=31)).replace(day=1)


def _bounds(today):
    """The first day of the earliest month worth a link and the last of the latest: with meetings, or this month."""
    first, last = Meeting.objects.announced().first_and_last_day()
    earliest, latest = min(first or today, today), max(last or today, today)
    return earliest.replace(day=1), _next(latest.replace(day=1)) - timedelta(days=1)


def _address(day, query):
    address = reverse("meetings:month", args=[f"{day.year:04}", f"{day.month:02}"])
    return f"{address}?{query}" if query else address


def _weeks(first, meetings):
    """Weeks from Monday to Sunday, each day with the meetings that are on."""
    return [
        [
            Day(day, [meeting for meeting in meetings if meeting.held_on <= day <= meeting.last_day])
            if day.month == first.month
            else Day(None, [])
            for day in week
        ]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
