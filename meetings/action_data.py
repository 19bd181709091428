"""The actions that somebody narrowed the list down to, as other programs read them."""

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from .action_filters import ActionFilter
from .models import Action
from .open_data import ACTIONS


@require_safe
def actions_csv(request):
    """Those the list shows for the same query, all pages of them, with the columns of the open data of actions."""
    today = timezone.localdate(timezone.now())
    chosen = ActionFilter(request.GET, Action.objects.in_public_notes(), request=request, today=today)
    headers = {"Content-Disposition": 'attachment; filename="actions.csv"'}
    lines = ACTIONS.csv(ACTIONS.records(chosen.qs.for_data(today)))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
