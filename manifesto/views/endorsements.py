"""Organisations stand behind ideas and commitments, and members see all that theirs did."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from profiles.auditing import audited
from profiles.models import Membership, Organisation, OrganisationMerge

from ..errors import Refused
from ..models import Commitment, Endorsement, Idea, Signature, SignOff, refusal_to_endorse

THINGS = {
    "ideas": lambda: Idea.objects.public().select_related("round").defer("search"),
    "commitments": lambda: Commitment.objects.public().select_related("round", "plan"),
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def endorsement_create(request, kind, pk):
    """The member's organisations, each with whether it endorses this; sending one has it do so."""
    thing = get_object_or_404(THINGS[kind](), pk=pk)
    if request.method == "POST":
        return _endorse(request, thing, request.POST.get("organisation", ""))
    places = Membership.objects.filter(member=request.user).current().with_organisations().by_organisation()
    live = Endorsement.objects.live().of(thing).filter(organisation__memberships__in=places)
    endorsed = {row.organisation_id: row for row in live if thing.pk in (row.idea_id, row.commitment_id)}
    is_proven = request.user.has_verified_email
    desks = [
        (
            place.organisation,
            place.organisation.refusal_at(place, request.user, is_proven=is_proven),
            endorsed.get(place.organisation_id),
        )
        for place in places
    ]
    context = {"thing": thing, "why_closed": refusal_to_endorse(thing, timezone.now()), "desks": desks}
    return render(request, "manifesto/endorsement_create.html", context)


def _endorse(request, thing, slug):
    if "\0" in slug:
        raise Http404
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        merge = get_object_or_404(OrganisationMerge.objects.select_related("target"), slug=slug)
        words = _("%(organisation)s was merged into %(target)s. Endorse it for that one.")
        messages.error(request, words % {"organisation": merge, "target": merge.target})
        return redirect(request.path)
    try:
        is_new = Endorsement.objects.endorse(thing, organisation, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(request.path)
    if is_new:
        words = _("%(organisation)s endorses it now, for everybody to see.")
    else:
        words = _("%(organisation)s endorsed it already. Nothing changed.")
    messages.success(request, words % {"organisation": organisation})
    return redirect(thing)


@login_required
@never_cache
@require_POST
@audited("manifesto.change_statement", Endorsement, pk="pk")
def endorsement_withdraw(request, pk):
    """Take it back; endorsing again undoes that."""
    found = Endorsement.objects.select_related("organisation", "idea__round", "commitment__round")
    endorsement = get_object_or_404(found.select_related("commitment__plan"), pk=pk)
    try:
        endorsement.withdraw(by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("manifesto:my_statements")
    words = _("%(organisation)s doesn’t endorse it any more.")
    messages.success(request, words % {"organisation": endorsement.organisation})
    return redirect(endorsement.thing)


@login_required
@never_cache
def my_statements(request):
    """What the member's organisations signed, need time for, and endorsed."""
    places = Membership.objects.filter(member=request.user).belonging()
    organisations = places.values("organisation")
    context = {
        "signatures": Signature.objects.standing()
        .filter(organisation__in=organisations)
        .for_list()
        .by_name(),
        "sign_offs": SignOff.objects.filter(organisation__in=organisations).with_things().by_day(),
        "endorsements": Endorsement.objects.public()
        .filter(organisation__in=organisations)
        .for_list()
        .by_name(),
        "has_organisations": places.exists(),
    }
    return render(request, "manifesto/my_statements.html", context)
