"""The actions that somebody narrowed the list down to, as other programs read them: CSV and Atom."""

from django.http import StreamingHttpResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.feeds import PublicFeed, tag_of

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


class ActionFeed(PublicFeed):
    """What was promised, whatever became of it, and where something happened last first."""

    link = reverse_lazy("meetings:action_list")

    def title(self):
        return _("Actions agreed at open government meetings")

    def subtitle(self):
        return _("What people and organisations promised to do, and what became of it.")

    def get_object(self, request):
        # The status is what changes, so that a feed of one of them would lose what is news.
        query = request.GET.copy()
        query["status"] = "all"
        today = timezone.localdate(timezone.now())
        return ActionFilter(query, Action.objects.in_public_notes(), request=request, today=today)

    def chosen(self, actions):
        return {name: value for name, value in actions.chosen.items() if name != "status"}

    def entries(self, actions):
        return actions.qs.for_feed()

    def item_title(self, action):
        return f"{action.status}: {action.text}"

    def item_guid(self, action):
        return tag_of(f"action/{action.pk}")

    def item_description(self, action):
        parts = [str(action.note.meeting), action.owner, action.due]
        return ". ".join(filter(None, parts))

    def item_pubdate(self, action):
        return action.note.published_at

    def item_updateddate(self, action):
        return action.changed_in_public_at
