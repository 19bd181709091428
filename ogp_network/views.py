import sys

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import InterfaceError, OperationalError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from manifesto.models import Action, Idea, Round
from meetings.models import Meeting
from profiles.models import Member, Organisation, Profile

from .forms import ConsentForm


def home(request):
    now = timezone.now()
    round = Round.objects.announced().with_totals().in_focus(now)
    ideas = round.ideas.published().for_cards().by_newest()[:5] if round else []
    context = {
        "round": round,
        "phase": round and round.phase_at(now),
        "timeline": round and round.timeline_at(now),
        "can_submit": round and round.allows(Action.SUBMIT, now),
        "can_support": round and round.allows(Action.SUPPORT, now),
        "ideas": ideas,
        "supported": Idea.supported_among(ideas, request.user),
        "other_rounds": [
            (other, other.phase_at(now))
            for other in Round.objects.announced().with_idea_count().by_newest()[:6]
            if other != round
        ],
        "member_count": Member.objects.filter(is_active=True).count(),
        "organisation_count": Organisation.objects.count(),
        "profile": Profile.objects.published().select_related("organisation").by_newest().first(),
        "meetings": Meeting.objects.announced().upcoming(timezone.localdate(now)).by_soonest()[:3],
    }
    return render(request, "home.html", context)


@login_required
@never_cache
def consent(request):
    """Ask again for what joining asked: agreement to record political opinions."""
    back = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("home")
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.user.give_consent(now=timezone.now())
        messages.success(request, "Thank you. You can support ideas and send your own now.")
        return redirect(back)
    return render(request, "account/consent.html", {"form": form, "next": back})


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def permission_denied(request, exception):
    return render(request, "403.html", status=403)


def page_not_found(request, exception):
    return render(request, "404.html", status=404)


def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)


def server_error(request):
    """The page for a fault of ours or, where the database can't be reached, one that asks to come back."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        response = render(None, "503.html", status=503)
        response["Retry-After"] = "30"
        return response
    return render(None, "500.html", status=500)
