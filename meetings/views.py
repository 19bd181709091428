from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from profiles.feeds import address_of_feed

from .action_views import carried_context
from .calendar_data import calendars, subscription
from .filters import MeetingFilter
from .meeting_data import json_ld
from .models import Meeting, MeetingFollow, NoteErratum
from .registration_views import panel

PER_PAGE = 20


def meeting_list(request):
    today = timezone.localdate(timezone.now())
    meetings = MeetingFilter(request.GET, Meeting.objects.announced().for_cards(), request=request)
    page = Paginator(meetings.qs.past(today).by_latest(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": meetings,
        "upcoming": meetings.qs.upcoming(today).by_soonest(),
        "page_obj": page,
        "calendar_query": urlencode(meetings.chosen),
        "subscription": subscription("", meetings.chosen),
        "calendars": calendars(),
        "chosen_kind": meetings.chosen.get("kind"),
        "notes_feed": address_of_feed(reverse("meetings:notes_atom"), meetings.chosen),
        "meetings_feed": address_of_feed(reverse("meetings:meetings_atom"), meetings.chosen),
        "followed": _followed_by(request.user),
    }
    return render(request, "meetings/meeting_list.html", context)


def meeting_detail(request, slug):
    meeting = get_object_or_404(Meeting.objects.for_page(), slug=slug)
    if not meeting.is_visible_to(request.user):
        raise Http404
    now = timezone.now()
    today = timezone.localdate(now)
    note = meeting.note_for(request.user)
    attendances = meeting.attendances_for(request.user)
    changes, organisers = list(meeting.changes.all()), meeting.organisers.by_name()
    errata = note and list(note.errata.by_newest().select_related("note__meeting"))
    context = {
        "meeting": meeting,
        "changes": changes,
        "organisers": organisers,
        "json_ld": meeting.is_announced
        and json_ld(meeting, changes=changes, organisers=organisers, note=note, errata=errata),
        "is_upcoming": meeting.is_upcoming(today),
        "register": panel(meeting, request.user, now),
        "followed": _followed_by(request.user),
        "note": note,
        "attendance": note and meeting.attendance_of(request.user),
        "takes_corrections": note and note.takes_corrections(today),
        "key_points": note and note.points.key_points(),
        "decisions": note and note.points.decisions(),
        "sections": note and note.sections.all(),
        "errata": errata,
        "links": note and note.links.all(),
        "actions": note and note.actions.for_page().with_delay(today),
        **carried_context(meeting, request.user, today),
        "attendances": [attendance for attendance in attendances if not attendance.sent_apologies],
        "apologies": [attendance for attendance in attendances if attendance.sent_apologies],
        "topics": meeting.topics.by_name(),
        "rounds": meeting.rounds.announced().by_newest(),
        "open_rounds": meeting.rounds.taking_ideas(now).by_newest(),
        "positions": meeting.positions.public().latest().with_subjects().by_day(),
        "ideas": meeting.ideas.public().survivors().for_cards().by_newest(),
    }
    response = render(request, "meetings/meeting_detail.html", context)
    if not (note.is_public if note else meeting.is_announced):
        add_never_cache_headers(response)
    return response


def _followed_by(user):
    """The kinds of meetings whose notes the person follows; "" is all of them."""
    return set(MeetingFollow.objects.of(user).values_list("kind", flat=True))


def erratum_detail(request, slug, pk):
    """What a public note said before a correction, and after."""
    errata = NoteErratum.objects.with_comparison().select_related("note__meeting")
    erratum = get_object_or_404(errata, pk=pk, note__meeting__slug=slug)
    if not erratum.is_visible_to(request.user):
        raise Http404
    context = {"erratum": erratum, "meeting": erratum.note.meeting, "changes": erratum.changes()}
    return render(request, "meetings/erratum_detail.html", context)
