"""Members and their organisations: joining, confirming, leaving, and adding one that isn't listed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .auditing import audited
from .errors import Refused
from .membership_forms import EndForm, FindForm, ProposalForm, RequestForm
from .models import Membership, Organisation, OrganisationProposal


def _answer(request, form, template, **context):
    status = 422 if form.errors else 200
    return render(request, f"profiles/{template}.html", {"form": form, **context}, status=status)


@require_safe
@login_required
@never_cache
def my_organisations(request):
    """Where the member belongs or has asked to, and what they wait for."""
    memberships = Membership.objects.filter(member=request.user).current().with_organisations()
    context = {
        "memberships": memberships.by_organisation(),
        "proposals": request.user.proposals.open().by_oldest(),
    }
    return render(request, "profiles/my_organisations.html", context)


@require_safe
@login_required
@never_cache
def organisation_find(request):
    """Look for one's organisation, before joining it or adding it."""
    form = FindForm(request.GET if "text" in request.GET else None)
    found = []
    if form.is_valid():
        found = Organisation.objects.alike(name=form.cleaned_data["text"])
    return _answer(request, form, "organisation_find", found=found)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def membership_create(request, slug):
    organisation = get_object_or_404(Organisation, slug=slug)
    current = organisation.memberships.current().filter(member=request.user).first()
    form = RequestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            membership = Membership.objects.request(
                organisation, request.user, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if membership.is_belonging:
                words = _("You belong to %(organisation)s now: your e-mail address is at its own domain.")
            else:
                words = _(
                    "You have asked to join %(organisation)s. We tell you once somebody has confirmed it."
                )
            messages.success(request, words % {"organisation": organisation})
            return redirect("profiles:my_organisations")
    return _answer(request, form, "membership_form", organisation=organisation, current=current)


@require_safe
@login_required
@never_cache
def people(request, slug):
    """Who belongs to an organisation and who asks to, for those who say so."""
    organisation = get_object_or_404(Organisation, slug=slug)
    if not organisation.is_looked_after_by(request.user):
        messages.error(request, _("Only people who belong to this organisation see who else does."))
        return redirect(organisation)
    memberships = organisation.memberships.current().with_people().by_request()
    context = {
        "organisation": organisation,
        "requests": [membership for membership in memberships if membership.is_requested],
        "memberships": [membership for membership in memberships if membership.is_belonging],
    }
    return render(request, "profiles/people.html", context)


@login_required
@never_cache
@require_POST
@audited("profiles.change_membership", Membership, pk="pk")
def membership_confirm(request, pk):
    membership = get_object_or_404(Membership.objects.with_people(), pk=pk)
    try:
        membership.confirm(by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _back(request, membership)
    messages.success(
        request,
        _("%(member)s belongs to %(organisation)s now.")
        % {"member": membership.member, "organisation": membership.organisation},
    )
    return _back(request, membership)


@login_required
@never_cache
@require_POST
@audited("profiles.change_membership", Membership, pk="pk")
def membership_authorise(request, pk):
    """Let somebody sign and endorse in the organisation's name."""
    membership = get_object_or_404(Membership.objects.with_people(), pk=pk)
    try:
        membership.authorise(by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("%(member)s can sign for %(organisation)s now. They are told.")
        messages.success(
            request, words % {"member": membership.member, "organisation": membership.organisation}
        )
    return _to_people(request, membership)


@login_required
@never_cache
@require_POST
@audited("profiles.change_membership", Membership, pk="pk")
def membership_end_authorisation(request, pk):
    """Let somebody no longer sign; what they signed stays."""
    membership = get_object_or_404(Membership.objects.with_people(), pk=pk)
    try:
        membership.end_authorisation(by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("%(member)s can no longer sign for %(organisation)s.")
        messages.success(
            request, words % {"member": membership.member, "organisation": membership.organisation}
        )
    return _to_people(request, membership)


def _to_people(request, membership):
    if membership.organisation.is_looked_after_by(request.user):
        return redirect("profiles:people", membership.organisation.slug)
    return redirect("profiles:my_organisations")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@audited("profiles.change_membership", Membership, pk="pk")
def membership_end(request, pk):
    """Leave, turn somebody down or have them leave, after a question."""
    membership = get_object_or_404(Membership.objects.current().with_people(), pk=pk)
    is_own = membership.member == request.user
    if not (is_own or membership.organisation.is_looked_after_by(request.user)):
        messages.error(request, _("Only people who belong to this organisation can do that."))
        return redirect(membership.organisation)
    form = EndForm(request.POST if request.method == "POST" else None)
    form.fields["reason"].required = not is_own
    if form.is_valid():
        reason = "" if is_own else form.cleaned_data["reason"]
        try:
            membership.end(by=request.user, now=timezone.now(), reason=reason)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _words_of_end(membership, is_own))
            return _back(request, membership)
    return _answer(request, form, "membership_end", membership=membership, is_own=is_own)


def _words_of_end(membership, is_own):
    if not is_own:
        return _("%(member)s is told.") % {"member": membership.member}
    if membership.confirmed_at:
        return _("You have left %(organisation)s.") % {"organisation": membership.organisation}
    return _("You no longer ask to join %(organisation)s.") % {"organisation": membership.organisation}


def _back(request, membership):
    """To the people of the organisation, or to one's own organisations."""
    if membership.organisation.is_looked_after_by(request.user) and membership.member != request.user:
        return redirect("profiles:people", membership.organisation.slug)
    return redirect("profiles:my_organisations")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_create(request):
    """Describe an organisation that isn't listed; those that may be the same are offered first."""
    initial = {"name": request.GET.get("text", "")[:200]}
    form = ProposalForm(request.POST if request.method == "POST" else None, initial=initial)
    alike = []
    if form.is_valid():
        alike = list(form.instance.alike())
        if not alike or "none_of_these" in request.POST:
            try:
                proposal = OrganisationProposal.objects.send(
                    by=request.user, now=timezone.now(), **form.cleaned_data
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(
                    request,
                    _("Thank you. An editor will look at %(proposal)s and list it.") % {"proposal": proposal},
                )
                return redirect("profiles:my_organisations")
    return _answer(request, form, "proposal_form", alike=alike)
