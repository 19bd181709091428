from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from profiles.auditing import audited
from profiles.errors import Refused
from profiles.feeds import address_of_feed
from profiles.models import Organisation

from .action_filters import ActionFilter
from .forms.actions import forms_for
from .models import Action, Meeting

PER_PAGE = 20
STANDS = {
    Action.Status.OPEN: gettext_lazy("The action is open by now."),
    Action.Status.DONE: gettext_lazy("The action is done by now."),
    Action.Status.DROPPED: gettext_lazy("The action is dropped by now."),
}


@require_safe
def action_list(request):
    today = timezone.localdate(timezone.now())
    actions = ActionFilter(request.GET, Action.objects.in_public_notes(), request=request, today=today)
    shown = actions.qs.for_page().with_delay(today)
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    chosen = {name: value for name, value in actions.chosen.items() if name != "status"}
    context = {
        "filter": actions,
        "page_obj": page,
        "data_query": f"?{urlencode(actions.chosen)}" if actions.chosen else "",
        "feed": address_of_feed(reverse("meetings:actions_atom"), chosen),
    }
    return render(request, "meetings/action_list.html", context)


@require_safe
def action_detail(request, pk):
    return _page(request, _visible_action(request, pk))


@require_POST
@login_required
@audited("meetings.change_action", Action, pk="pk")
def action_events(request, pk):
    """Say what happened to it: `kind` is one of those its page offers to this person."""
    action = _visible_action(request, pk)
    if not (action.is_owned_by(request.user) or Action.are_kept_by(request.user)):
        raise PermissionDenied
    kind = request.POST.get("kind", "")
    form_class = forms_for(action, request.user).get(kind)
    if form_class is None:
        messages.info(request, STANDS[action.status])
        return redirect(action)
    form = form_class(request.POST, action=action)
    if form.is_valid():
        try:
            form.tell(action, by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, form.thanks)
            return redirect(action)
    return _page(request, action, sent=form, status=422)


def _visible_action(request, pk):
    today = timezone.localdate(timezone.now())
    action = get_object_or_404(Action.objects.for_page().with_delay(today), pk=pk)
    if not action.is_visible_to(request.user):
        raise Http404
    return action


def _page(request, action, *, sent=None, status=200):
    offered = forms_for(action, request.user)
    context = {
        "action": action,
        "meeting": action.note.meeting,
        "events": action.events.public().select_related("meeting"),
        "forms": [
            sent if sent and sent.kind == kind else form(action=action) for kind, form in offered.items()
        ],
        "sent": sent,
        "organisations": Organisation.objects.by_name() if Action.are_kept_by(request.user) else [],
    }
    response = render(request, "meetings/action_detail.html", context, status=status)
    if not action.note.is_public:
        add_never_cache_headers(response)
    return response


@require_POST
@login_required
@audited("meetings.change_action", Meeting, slug="slug")
def carried_actions(request, slug):
    """Put the ticked actions, or all that are offered, on the agenda of a meeting."""
    meeting = _meeting_to_fill(request, slug)
    offered = Action.objects.offered_to(meeting)
    if "all" not in request.POST:
        ticked = [pk for pk in request.POST.getlist("action") if pk.isdecimal() and len(pk) < 19]
        offered = offered.filter(pk__in=ticked)
    try:
        number = offered.carry_to(meeting, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _carried(number))
    return redirect(meeting.get_absolute_url() + "#carried")


@require_POST
@login_required
@audited("meetings.change_action", Action, pk="pk")
def carried_action_removal(request, slug, pk):
    meeting = _meeting_to_fill(request, slug)
    action = get_object_or_404(Action.objects.carried_to(meeting), pk=pk)
    try:
        action.leave_out_of(meeting)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It’s off the agenda. The action itself stays open."))
    return redirect(meeting.get_absolute_url() + "#carried")


def _meeting_to_fill(request, slug):
    # First of all, so that nobody learns from the answer which meetings are planned.
    if not Action.are_kept_by(request.user):
        raise PermissionDenied
    return get_object_or_404(Meeting.objects.for_page(), slug=slug)


def _carried(number):
    if not number:
        return _("Nothing was left to carry forward.")
    words = ngettext("%(number)d action is on the agenda.", "%(number)d actions are on the agenda.", number)
    return words % {"number": number}


def carried_context(meeting, user, today):
    """What a meeting's page shows of the actions of earlier meetings, and offers to those who look after them."""
    carried = Action.objects.carried_to(meeting).in_public_notes().for_page()
    can_carry = meeting.takes_actions and Action.are_kept_by(user)
    offered = Action.objects.offered_to(meeting).for_page().with_delay(today).by_due_date()
    return {
        "carried": carried.with_delay(today).with_next_meeting(meeting).by_due_date(),
        "can_carry": can_carry,
        "offered": offered if can_carry else [],
    }
