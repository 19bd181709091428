"""Organisations sign a statement, need time for it, or take their names back, through those who may speak for them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from profiles.models import Membership, Organisation, OrganisationMerge

from ..errors import Refused
from ..forms.signing import SignatureForm, SignOffForm, WithdrawalForm
from ..models import Signature, SignOff, Statement


@login_required
@never_cache
def signing(request, slug):
    """The member's organisations, each with what it did about the statement and what can be done."""
    statement = _statement(slug)
    places = Membership.objects.filter(member=request.user).current().with_organisations().by_organisation()
    organisations = [place.organisation_id for place in places]
    signed = {}
    live = Signature.objects.standing().filter(version__statement=statement, organisation__in=organisations)
    for signature in live.select_related("version"):
        signed[signature.organisation_id] = signature
    needed = {row.organisation_id: row for row in statement.sign_offs.filter(organisation__in=organisations)}
    is_proven = request.user.has_verified_email
    context = {
        "statement": statement,
        "version": statement.current_version,
        "why_closed": statement.refusal_to_be_signed(timezone.now()),
        "desks": [
            {
                "organisation": place.organisation,
                "refusal": place.organisation.refusal_at(place, request.user, is_proven=is_proven),
                "signature": signed.get(place.organisation_id),
                "sign_off": needed.get(place.organisation_id) if place.is_belonging else None,
            }
            for place in places
        ],
    }
    return render(request, "manifesto/signing.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signature_create(request, slug, organisation):
    """Sign for an organisation, or confirm its signature for the version that stands now."""
    statement, organisation = _statement(slug), _organisation(organisation)
    if isinstance(organisation, OrganisationMerge):
        return _explain_merge(request, statement, organisation)
    version = statement.current_version
    role = (
        organisation.memberships.belonging()
        .filter(member=request.user)
        .values_list("role", flat=True)
        .first()
    )
    form = SignatureForm(
        request.POST if request.method == "POST" else None, initial={"seen": version.number, "role": role}
    )
    if not form.is_valid():
        return _desk(request, statement, organisation, form=form, status=422 if form.is_bound else 200)
    fields = {name: form.cleaned_data[name] for name in ("seen", "role", "is_role_public")}
    try:
        is_new = statement.sign(organisation, by=request.user, now=timezone.now(), **fields)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        # Who sends it again has been told of the version that stands now.
        form.data = form.data.copy()
        form.data["seen"] = statement.current_version.number
        return _desk(request, statement, organisation, form=form, status=409)
    words = {"organisation": organisation}
    if is_new:
        messages.success(request, _("%(organisation)s has signed. Thank you.") % words)
    else:
        messages.info(
            request, _("%(organisation)s had signed this version already. Nothing changed.") % words
        )
    return redirect("manifesto:signing", statement.slug)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signature_withdraw(request, slug, organisation):
    """Take the organisation's name back, after a question."""
    statement, organisation = _statement(slug), _organisation(organisation)
    if isinstance(organisation, OrganisationMerge):
        return _explain_merge(request, statement, organisation)
    if refusal := organisation.refusal_to_speak(request.user):
        messages.error(request, str(refusal))
        return redirect("manifesto:signing", statement.slug)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"statement": statement, "organisation": organisation, "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "manifesto/signature_withdraw.html", context, status=status)
    try:
        was_there = statement.withdraw_signature(
            organisation, by=request.user, now=timezone.now(), reason=form.cleaned_data["reason"]
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("manifesto:signing", statement.slug)
    if was_there:
        words = _("%(organisation)s has taken its name back. Signing again undoes that.")
    else:
        words = _("%(organisation)s hadn’t signed, so nothing changed.")
    messages.success(request, words % {"organisation": organisation})
    return redirect("manifesto:signing", statement.slug)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_off_plan(request, slug, organisation):
    """Say until when the organisation needs for its own decision, or change that."""
    statement, organisation = _statement(slug), _organisation(organisation)
    if isinstance(organisation, OrganisationMerge):
        return _explain_merge(request, statement, organisation)
    form = SignOffForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _desk(
            request, statement, organisation, sign_off_form=form, status=422 if form.is_bound else 200
        )
    try:
        SignOff.objects.plan(
            statement,
            organisation,
            needed_by=form.cleaned_data["needed_by"],
            by=request.user,
            now=timezone.now(),
        )
    except Refused as refusal:
        form.add_error("needed_by", str(refusal))
        return _desk(request, statement, organisation, sign_off_form=form, status=409)
    messages.success(request, _("We remind you before that day and on it."))
    return redirect("manifesto:signing", statement.slug)


@login_required
@never_cache
@require_POST
def sign_off_end(request, slug, organisation):
    """Let it be: the organisation needs no time any more."""
    statement, organisation = _statement(slug), _organisation(organisation)
    if isinstance(organisation, OrganisationMerge):
        return _explain_merge(request, statement, organisation)
    try:
        SignOff.objects.give_up(statement, organisation, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("We won’t remind you of it."))
    return redirect("manifesto:signing", statement.slug)


def _desk(request, statement, organisation, *, form=None, sign_off_form=None, status=200):
    """The page of one organisation: sign, or say until when it needs."""
    version = statement.current_version
    signature = statement.signatures_of(organisation).first()
    has_place = organisation.has(request.user)
    sign_off = statement.sign_offs.filter(organisation=organisation).first() if has_place else None
    if form is None:
        form = SignatureForm(initial={"seen": version.number})
    if sign_off_form is None:
        sign_off_form = SignOffForm(initial={"needed_by": sign_off and sign_off.needed_by})
    context = {
        "statement": statement,
        "organisation": organisation,
        "version": version,
        "signature": signature,
        "sign_off": sign_off,
        "refusal": statement.refusal_to_be_signed(timezone.now())
        or organisation.refusal_to_speak(request.user),
        # The page's title and summary tell of the one that was sent.
        "form": sign_off_form if sign_off_form.is_bound else form,
        "signature_form": form,
        "sign_off_form": sign_off_form,
    }
    return render(request, "manifesto/signing_desk.html", context, status=status)


def _statement(slug):
    return get_object_or_404(Statement.objects.public(), slug=slug)


def _organisation(slug):
    """The organisation at this address, or the merge that took it away."""
    found = Organisation.objects.filter(slug=slug).first()
    found = found or OrganisationMerge.objects.select_related("target").filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def _explain_merge(request, statement, merge):
    words = _("%(organisation)s was merged into %(target)s. Sign for that one.")
    messages.error(request, words % {"organisation": merge, "target": merge.target})
    return redirect("manifesto:signing", statement.slug)
