"""How much notice people get of chances to be heard: a page, and the rows it is made of as CSV."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ogp_network import safe_csv
from ogp_network.charts import bar_chart

from .models import Meeting
from .notice import summaries, summary

# Each column with what stands in it, in order: the page and the file are made of this.
COLUMNS = {
    "address": "The meeting’s page.",
    "title": "Its title.",
    "kind": "One of: " + ", ".join(Meeting.Kind.values) + ".",
    "institution": "The public body that invited to it, if one did.",
    "told_on": "The day people were told of its date, as YYYY-MM-DD; empty where nobody recorded it.",
    "held_on": "The day it was or is to be held on, as YYYY-MM-DD.",
    "days_of_notice": "The days between the two, below nought if people were told afterwards.",
    "is_cancelled": "yes or no. Those cancelled are not in the figures on the page.",
}


def _engagements():
    return Meeting.objects.announced().engagements().for_notice().by_latest()


@require_safe
def notice(request):
    held = [meeting for meeting in _engagements() if not meeting.is_cancelled]
    told = [meeting for meeting in held if meeting.days_of_notice is not None]
    kinds = summaries((meeting.get_kind_display(), meeting.days_of_notice) for meeting in told)
    institutions = summaries(
        (meeting.institution.name, meeting.days_of_notice) for meeting in told if meeting.institution
    )
    context = {
        "all": summary("All", [meeting.days_of_notice for meeting in told]) if told else None,
        "kinds": kinds,
        "kinds_chart": _chart(kinds),
        "institutions": institutions,
        "institutions_chart": _chart(institutions),
        "cancelled": Meeting.objects.announced().engagements().cancelled().count(),
        "unrecorded": len(held) - len(told),
        "columns": COLUMNS.items(),
    }
    return render(request, "meetings/notice.html", context)


def _chart(rows):
    return bar_chart((row.label, row.median) for row in rows)


@require_safe
def notice_csv(request):
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="notice.csv"'
    writer = safe_csv.writer(response)
    writer.writerow(COLUMNS)
    for meeting in _engagements():
        writer.writerow(_row(meeting))
    return response


def _row(meeting):
    return [
        settings.SITE_URL + meeting.get_absolute_url(),
        meeting.title,
        meeting.kind,
        meeting.institution.name if meeting.institution else "",
        meeting.told_on.isoformat() if meeting.told_on else "",
        meeting.held_on.isoformat(),
        meeting.days_of_notice,
        "yes" if meeting.is_cancelled else "no",
    ]
