"""Actions as other programs read them: CSV."""

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ogp_network import safe_csv

from .action_filters import ActionFilter
from .models import Action

READ_AT_ONCE = 500
# Each column with what stands in it, in order.
COLUMNS = {
    "address": "Where its page with its whole history is.",
    "action": "What is to be done.",
    "owner": "The person who does it, as published.",
    "organisation": "The organisation that does it.",
    "due_on": "The day it is due, as YYYY-MM-DD.",
    "due_text": "When it is due, as written, where no day was named.",
    "status": "Open, Done or Dropped.",
    "days_overdue": "How many days an open action’s date has passed by.",
    "closed_on": "The day it was done or dropped, as YYYY-MM-DD.",
    "meeting": "The meeting it was agreed at.",
    "meeting_on": "The day of that meeting, as YYYY-MM-DD.",
    "note": "Where the note of that meeting is.",
}


@require_safe
def actions_csv(request):
    """Those the list shows for the same query, all pages of them."""
    today = timezone.localdate(timezone.now())
    chosen = ActionFilter(request.GET, Action.objects.in_public_notes(), request=request, today=today)
    actions = chosen.qs.for_page().with_delay(today).iterator(chunk_size=READ_AT_ONCE)
    headers = {"Content-Disposition": 'attachment; filename="actions.csv"'}
    lines = safe_csv.lines(_rows(actions))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _rows(actions):
    yield COLUMNS
    for action in actions:
        yield record(action).values()


def record(action):
    """What is public of an action, by column; expects owner, meeting and delay to be loaded."""
    meeting = action.note.meeting
    closed_at = action.done_at or action.dropped_at
    values = [
        settings.SITE_URL + action.get_absolute_url(),
        action.text,
        action.owner_name,
        action.owner_organisation or "",
        action.due_on.isoformat() if action.due_on else "",
        action.due_text,
        action.status,
        action.overdue_by.days if action.overdue_by else "",
        timezone.localdate(closed_at).isoformat() if closed_at else "",
        meeting.title,
        meeting.held_on.isoformat(),
        settings.SITE_URL + meeting.get_absolute_url(),
    ]
    return dict(zip(COLUMNS, values, strict=True))
