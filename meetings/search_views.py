from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from .models import Action, Meeting, NoteWords, Topic
from .search_filters import NoteFilter

PER_PAGE = 20
ACTIONS_SHOWN = 10


@require_safe
def note_search(request):
    NoteWords.objects.renew()
    notes = NoteFilter(request.GET, NoteWords.objects.public(), request=request)
    context = {
        "filter": notes,
        "page_obj": notes.page(request.GET.get("page"), PER_PAGE),
        "topics": Topic.objects.with_note_count().by_name(),
    }
    return render(request, "meetings/note_search.html", context)


@require_safe
def topic_detail(request, slug):
    """A topic with its meetings, their notes, and what was promised there and is still open."""
    topic = get_object_or_404(Topic, slug=slug)
    today = timezone.localdate(timezone.now())
    meetings = Meeting.objects.announced().filter(topics=topic).for_cards()
    actions = Action.objects.open().in_public_notes().filter(note__meeting__topics=topic)
    actions = list(actions.for_page().with_delay(today).by_due_date()[: ACTIONS_SHOWN + 1])
    context = {
        "topic": topic,
        "upcoming": meetings.upcoming(today).by_soonest(),
        "page_obj": Paginator(meetings.past(today).by_latest(), PER_PAGE).get_page(request.GET.get("page")),
        "actions": actions[:ACTIONS_SHOWN],
        "has_more_actions": len(actions) > ACTIONS_SHOWN,
    }
    return render(request, "meetings/topic_detail.html", context)
