"""Corrections of a published shortlist, each with a dated erratum."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from ..errors import NotAllowedInPhase, Refused
from ..forms.board import CorrectionForm
from ..models import Erratum
from .scoring import page, round_view


def _require_editor(request, round):
    if not request.user.has_perm("manifesto.publish_shortlist"):
        raise Refused("Only an editor can correct the shortlist.")
    if not round.is_shortlist_published:
        raise NotAllowedInPhase("The shortlist isn't public yet, so you can simply change it.")


@require_safe
@round_view
def corrections(request, round, *, now):
    _require_editor(request, round)
    return page(
        request,
        "corrections",
        title="Corrections",
        round=round,
        errata=Erratum.objects.filter(decision__round=round).select_related("decision__idea", "corrected_by"),
        decisions=round.decisions.select_related("idea")
        .defer("idea__search")
        .order_by("position", "idea__number"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@round_view
def correction(request, round, *, number, now):
    """What it should have said; then before and after side by side; then public."""
    _require_editor(request, round)
    decision = get_object_or_404(round.decisions.select_related("idea", "round"), idea__number=number)
    form = CorrectionForm(request.POST if request.method == "POST" else None, decision=decision)
    refusal, status = None, 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            if "confirm" in request.POST:
                after = form.cleaned_data["after"]
                decision.correct(**form.correction, by=request.user, now=now, after=after)
                messages.success(request, f"The correction of idea {number} is public.")
                return redirect("admin:manifesto_round_corrections", round.pk)
            refusal, status = decision.refusal_to_correct(**form.correction), 200
        except Refused as why_not:
            refusal = why_not
        status = 409 if refusal else status
    return page(
        request,
        "correction",
        status=status,
        title=f"Correct idea {number}",
        round=round,
        decision=decision,
        form=form,
        refusal=refusal,
        is_to_confirm=form.is_bound and not form.errors and not refusal and "change" not in request.POST,
    )
