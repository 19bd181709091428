"""Members and the meetings they register for. Nobody but them and the editors reads any of this."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from profiles import typed
from profiles.errors import Refused
from profiles.models import Organisation

from .forms.registration import FIELDS, RegistrationForm
from .models import Meeting, Registration

PER_PAGE = 20


@never_cache
@sensitive_post_parameters("access_requirements")
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request, slug):
    """Register for a meeting; once registered, what one has said and how to get in."""
    meeting = _meeting(slug)
    if not request.user.is_authenticated:
        return typed.keep_while_signing_in(request, FIELDS)
    now = timezone.now()
    own = Registration.objects.of(meeting, request.user)
    if own and request.method == "POST":
        return redirect("meetings:registration", meeting.slug)
    if own:
        return _own(request, meeting, own, now)
    refusal = meeting.refusal_to_register(now)
    if refusal and request.method != "POST":
        return _page(request, "registration_closed", meeting, status=403, refusal=refusal)
    form = _form(request, meeting, request.POST if request.method == "POST" else typed.kept(request))
    if request.method == "POST" and form.is_valid():
        try:
            own = Registration.objects.register(meeting, request.user, now=now, **form.answers())
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            typed.forget(request)
            messages.success(
                request, _("You have a place.") if own.is_placed else _("You are on the waiting list.")
            )
            return redirect("meetings:registration", meeting.slug)
    return _page(request, "registration_form", meeting, form=form)


def _own(request, meeting, own, now):
    context = {
        "registration": own,
        "may_join": own.may_join(now),
        "can_change": now < meeting.begins_at and not meeting.is_cancelled,
    }
    return _page(request, "registration", meeting, **context)


@login_required
@never_cache
@sensitive_post_parameters("access_requirements")
@require_http_methods(["GET", "HEAD", "POST"])
def registration_edit(request, slug):
    meeting = _meeting(slug)
    own = Registration.objects.of(meeting, request.user)
    if own is None:
        return redirect("meetings:registration", meeting.slug)
    form = _form(request, meeting, request.POST if request.method == "POST" else None, own)
    if form.is_valid():
        try:
            own.change(now=timezone.now(), **form.answers())
        except Refused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect("meetings:registration", meeting.slug)
    return _page(request, "registration_form", meeting, form=form, registration=own)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def registration_cancel(request, slug):
    """Give one's place up, after a question."""
    meeting = _meeting(slug)
    own = Registration.objects.of(meeting, request.user)
    if own is None:
        return redirect("meetings:registration", meeting.slug)
    if request.method == "POST":
        try:
            own.cancel(now=timezone.now())
        except Refused as reason:
            messages.error(request, str(reason))
            return redirect("meetings:registration", meeting.slug)
        messages.success(request, _("You are no longer registered for “%(meeting)s”.") % {"meeting": meeting})
        return redirect(meeting)
    return _page(request, "registration_cancel", meeting, registration=own)


@login_required
@never_cache
@require_safe
def my_meetings(request):
    today = timezone.localdate(timezone.now())
    own = Registration.objects.live().filter(member=request.user).for_list()
    page = Paginator(own.past(today).by_latest(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"upcoming": own.upcoming(today).by_soonest(), "page_obj": page}
    return render(request, "meetings/my_meetings.html", context)


def panel(meeting, user, now):
    """What the meeting's page says about registering, or None where there is nothing to say."""
    if not (meeting.is_announced and meeting.accepts_registrations):
        return None
    if meeting.is_cancelled or meeting.is_past(timezone.localdate(now)):
        return None
    places = list(Registration.objects.places_at(meeting).values())
    return {
        "own": Registration.objects.of(meeting, user) if user.is_authenticated else None,
        "refusal": meeting.refusal_to_register(now),
        "places": places,
        "is_full": all(place.is_full for place in places),
    }


def _meeting(slug):
    meeting = get_object_or_404(Meeting, slug=slug)
    if not meeting.is_announced:
        raise Http404
    return meeting


def _form(request, meeting, data, own=None):
    organisations = list(Organisation.objects.for_member(request.user).by_name())
    places = Registration.objects.places_at(meeting)
    if own:
        initial = {name: getattr(own, name, None) for name in FIELDS}
        initial["organisation"] = own.organisation_label
    else:
        free = (mode for mode, place in places.items() if not place.is_full)
        initial = {
            "mode": next(free, None),
            "name": request.user.display_name,
            "organisation": organisations[0].name if len(organisations) == 1 else "",
        }
    if len(places) == 1:
        # Also for who registered for another kind, which the meeting no longer offers.
        initial["mode"] = next(iter(places))
    return RegistrationForm(
        data, initial=initial, places=places, organisations=organisations, registration=own
    )


def _page(request, template, meeting, *, status=200, form=None, **context):
    if form is not None:
        status = 422 if form.errors else status
        context["form"] = form
    return render(request, f"meetings/{template}.html", {"meeting": meeting, **context}, status=status)
