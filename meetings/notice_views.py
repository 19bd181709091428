"""How much notice people get of chances to be heard."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from ogp_network.charts import bar_chart

from .models import Meeting
from .notice import summaries, summary
from .open_data import NOTICE


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
        "columns": NOTICE.columns,
    }
    return render(request, "meetings/notice.html", context)


def _chart(rows):
    return bar_chart((row.label, row.median) for row in rows)
