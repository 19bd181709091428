import sys

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from manifesto.models import Action, ActionPlan, Round, Statement
from manifesto.views.activity import pictures_of
from manifesto.views.refusals import BACK
from meetings.models import Meeting
from profiles.models import Call, Member, Organisation, Profile
from profiles.translated import in_language

from .forms import ConsentForm, NameForm
from .models import Post, readers_language
from .site_data import json_ld
from .unavailable import reason_of, unavailable

# How many ideas in motion of each kind the home page shows.
SHOWN = 4


@require_safe
def home(request):
    now = timezone.now()
    round = Round.objects.announced().with_totals().in_focus(now)
    posts = Post.objects.published().in_language(readers_language()).for_cards()
    context = {
        "round": round,
        "other_rounds": [
            (other, other.phase_at(now))
            for other in Round.objects.announced().with_idea_count().by_newest()[:6]
            if other != round
        ],
        "member_count": Member.objects.filter(is_active=True).count(),
        "organisation_count": Organisation.objects.count(),
        "profile": Profile.objects.published().select_related("organisation").by_newest().first(),
        "call": Call.objects.open(now).by_latest().first(),
        "now": now,
        "json_ld": json_ld(),
        "calls": posts.calls_open(now).by_deadline(),
        "news": posts.not_open(now).by_newest()[:3],
        "meetings": Meeting.objects.announced().upcoming(timezone.localdate(now)).by_soonest()[:3],
    }
    context |= _asked_and_promised()
    if round:
        context |= _standing(round, now) | _ideas_to_show(round, now) | pictures_of(round, now)
    return render(request, "home.html", context)


def _asked_and_promised():
    """Where what the network asks for together is, and what came of it."""
    return {
        "statements": Statement.objects.public().with_signatures().by_newest()[:2],
        "asking_rounds": Round.objects.announced().asking().by_newest()[:2],
        "plans": ActionPlan.objects.public().with_commitment_count().by_newest()[:2],
    }


def _standing(round, now):
    return {
        "phase": round.phase_at(now),
        "timeline": round.timeline_at(now),
        "can_submit": round.allows(Action.SUBMIT, now),
        "can_support": round.allows(Action.SUPPORT, now),
    }


def _ideas_to_show(round, now):
    """The result, once there is one; before, the ideas in motion."""
    ideas = round.ideas.live()
    if round.is_shortlist_published:
        return {"shortlisted": round.ideas.shortlisted().for_cards().by_place()}
    return {
        "gaining": ideas.gaining_support(now).for_lines().by_new_support()[:SHOWN],
        "newest": ideas.for_lines().by_newest()[:SHOWN],
        "talked_about": ideas.talked_about().for_lines().by_last_comment()[:SHOWN],
    }


@login_required
@never_cache
def consent(request):
    """Ask again for what joining asked: agreement to record political opinions."""
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.user.give_consent(now=timezone.now())
        messages.success(request, _("Thank you. You can support ideas and send your own now."))
        # In the language of this page, which may be another than where they came from.
        return redirect(in_language(request.session.pop(BACK, reverse("home")), get_language()))
    context = {
        "form": form,
        "consent": request.user.current_consent,
        "back": request.session.get(BACK),
    }
    return render(request, "account/consent.html", context)


@login_required
@never_cache
def consent_withdraw(request):
    """Ask, then take the agreement back; from then on supporting and submitting ask for it again."""
    if request.method == "POST":
        request.user.withdraw_consent(now=timezone.now())
        messages.success(request, _("Your agreement is withdrawn."))
        return redirect("account_you")
    if not request.user.has_current_consent:
        return redirect("account_you")
    return render(request, "account/consent_withdraw.html")


@login_required
@never_cache
def account_you(request):
    """The name shown with one's ideas, the language of e-mails, and the agreement given on joining."""
    member = request.user
    form = NameForm(
        request.POST or None, initial={"display_name": member.display_name, "language": member.language}
    )
    if request.method == "POST" and form.is_valid():
        member.rename(form.cleaned_data["display_name"])
        member.choose_language(form.cleaned_data["language"])
        messages.success(request, _("This is saved. Your name now stands with your ideas."))
        return redirect("account_you")
    context = {"form": form, "consent": member.current_consent}
    return render(request, "account/you.html", context, status=422 if form.errors else 200)


@require_safe
def feeds(request):
    """All that can be followed in a feed reader."""
    return render(request, "feeds.html", {"rounds": Round.objects.announced().by_newest()})


@require_safe
def security_txt(request):
    """Whom to tell of a hole in the site, as long as that is known to hold (RFC 9116)."""
    if not settings.SECURITY_CONTACT or timezone.localdate() >= settings.SECURITY_EXPIRES:
        raise Http404
    lines = [f"Contact: {contact}" for contact in settings.SECURITY_CONTACT]
    lines += [
        f"Expires: {settings.SECURITY_EXPIRES.isoformat()}T00:00:00Z",
        f"Preferred-Languages: {', '.join(code.partition('-')[0] for code, _ in settings.LANGUAGES)}",
        f"Canonical: {settings.SITE_URL}{request.path}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def permission_denied(request, exception):
    return render(request, "403.html", status=403)


def page_not_found(request, exception):
    return render(request, "404.html", status=404)


def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)


def server_error(request):
    """The page for a fault of ours or, where database or mail can't be reached, one that asks to come back."""
    reason = reason_of(sys.exc_info()[1])
    return unavailable(request, reason) if reason else render(None, "500.html", status=500)
