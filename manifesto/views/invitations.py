from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ..errors import Refused
from ..forms.invitation import InvitationForm
from ..models import Idea, Invitation
from ..models.invitation import refusal_to_invite
from .refusals import explain


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_list(request, slug, number):
    """An author's own invitations to an idea, and a form for another; what others invited is theirs to see."""
    ideas = Idea.objects.public().for_page()
    idea = get_object_or_404(ideas, round__slug=slug, number=number)
    now = timezone.now()
    if refusal := refusal_to_invite(idea, request.user, now):
        return explain(request, refusal, idea.get_absolute_url())
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = Invitation.objects.send(idea, form.cleaned_data["email"], by=request.user, now=now)
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            # The same words whether or not there is an account behind the address.
            messages.success(request, _("We write to %(email)s.") % {"email": invitation.email})
            return redirect("manifesto:invitation_list", slug, number)
    own = idea.invitations.standing().filter(invited_by=request.user).by_latest()
    context = {"idea": idea, "round": idea.round, "form": form, "invitations": own}
    status = 422 if form.errors else 200
    return render(request, "manifesto/invitation_list.html", context, status=status)


@login_required
@never_cache
def invitation_detail(request, key):
    """The page an invitation leads to. Whoever doesn't own the address learns nothing here."""
    invitation = get_object_or_404(Invitation.objects.with_idea(), key=key)
    is_for_them = invitation.is_for(request.user) and not invitation.taken_back_at
    context = {
        "invitation": invitation if is_for_them else None,
        "refusal": invitation.refusal_to_accept(request.user, timezone.now()) if is_for_them else None,
    }
    status = 200 if is_for_them else 403
    return render(request, "manifesto/invitation_detail.html", context, status=status)


@login_required
@never_cache
@require_POST
def invitation_accept(request, key):
    invitation = get_object_or_404(Invitation.objects.with_idea(), key=key)
    try:
        invitation.accept(request.user, now=timezone.now())
    except Refused as refusal:
        return explain(request, refusal, invitation.get_absolute_url())
    text = _("You are a co-author of “%(idea)s” now.")
    messages.success(request, text % {"idea": invitation.idea})
    return redirect(invitation.idea)


@login_required
@never_cache
@require_POST
def invitation_decline(request, key):
    invitation = get_object_or_404(Invitation, key=key)
    try:
        invitation.decline(request.user, now=timezone.now())
    except Refused as refusal:
        return explain(request, refusal, invitation.get_absolute_url())
    messages.info(request, _("You said no. Nobody will ask you about this idea again."))
    return redirect("home")


@login_required
@never_cache
@require_POST
def invitation_take_back(request, key):
    own = Invitation.objects.with_idea().filter(invited_by=request.user)
    invitation = get_object_or_404(own, key=key)
    back = redirect("manifesto:invitation_list", invitation.idea.round.slug, invitation.idea.number)
    try:
        invitation.take_back(by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return back
    text = _("The invitation to %(email)s is taken back.")
    messages.success(request, text % {"email": invitation.email})
    return back
