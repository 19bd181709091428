"""What an organisation does with its story: read it before it is published, approve it, send it back, take it down."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .approval_forms import ChangesForm
from .errors import Refused
from .models import Profile


@login_required
@never_cache
@require_safe
def approval_detail(request, pk):
    """The text exactly as it would be published: for its organisation once it was sent to it, for editors always."""
    profile = _readable(request, pk)
    if profile.is_published:
        return redirect(profile)
    return _page(request, profile, ChangesForm())


@login_required
@never_cache
@require_POST
def approval_create(request, pk):
    profile = _readable(request, pk)
    try:
        _live(profile).approve(
            by=request.user, fingerprint=request.POST.get("fingerprint", ""), now=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Thank you: your approval is on record. An editor publishes the story now.")
        )
    return redirect(profile.approval_address)


@login_required
@never_cache
@require_POST
def approval_return(request, pk):
    profile = _readable(request, pk)
    form = ChangesForm(request.POST)
    if not form.is_valid():
        return _page(request, profile, form, status=422)
    try:
        _live(profile).ask_for_changes(by=request.user, words=form.cleaned_data["words"], now=timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, profile, form, status=409)
    messages.success(request, _("Your words are with the editor. You will be shown the text again."))
    return redirect(profile.approval_address)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile_withdraw(request, pk):
    """Ask, then take the story down: anybody who belongs to its organisation may."""
    profiles = Profile.objects.for_member(request.user).select_related("organisation", "call")
    profile = get_object_or_404(profiles, pk=pk)
    if request.method == "POST":
        profile.withdraw(by=request.user, now=timezone.now())
        messages.success(
            request,
            _("The story of %(organisation)s is taken down.") % {"organisation": profile.organisation},
        )
        return redirect("profiles:my_stories")
    return render(request, "profiles/profile_withdraw.html", {"profile": profile})


def _readable(request, pk):
    """An edition that the person may read: one of their organisation's or, for editors, any that was sent in."""
    profiles = Profile.objects.submitted()
    if not request.user.has_perm("profiles.change_profile"):
        profiles = profiles.for_member(request.user)
    return get_object_or_404(profiles.for_page(), pk=pk)


def _live(profile):
    if profile.live_approval is None:
        raise Http404
    return profile.live_approval


def _page(request, profile, form, status=200):
    approval = profile.live_approval
    is_editor = request.user.has_perm("profiles.change_profile")
    refusal = profile.refusal_to_approve(request.user)
    context = {
        "profile": profile,
        "organisation": profile.organisation,
        "answers": profile.answers.all() if approval or is_editor else [],
        "approval": approval,
        "is_shown": bool(approval or is_editor),
        "is_editor": is_editor,
        "can_answer": approval and refusal is None and not approval.is_returned,
        "refusal": refusal,
        "fingerprint": approval and profile.fingerprint(),
        "form": form,
        "now": timezone.now(),
    }
    return render(request, "profiles/approval_detail.html", context, status=status)
