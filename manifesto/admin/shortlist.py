"""The shortlist board: decisions prepared by the expert group, and their publication by an editor."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from ..errors import EditedMeanwhile, NotReady, Refused
from ..forms.scoring import PublicationForm, ShortlistForm
from ..models import Action
from .scoring import page, require_sight_of_scores, round_view


@require_http_methods(["GET", "POST"])
@round_view
def shortlist(request, round, *, now):
    require_sight_of_scores(request, round, now)
    status = 200
    form = _board(request, round, now)
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                round.record_decisions(
                    form.decisions, version=form.cleaned_data["version"], by=request.user, now=now
                )
            except Refused as refusal:
                status = 409
                form = _board_after(request, round, refusal, now)
            else:
                messages.success(request, "The shortlist is saved. It is not public yet.")
                return redirect("admin:manifesto_round_shortlist", round.pk)
    return page(
        request,
        "shortlist",
        status=status,
        title="Shortlist",
        round=round,
        form=form,
        is_open=round.allows(Action.DECIDE, now),
        can_publish=request.user.has_perm("manifesto.publish_shortlist"),
        can_score=round.allows(Action.SCORE, now),
    )


def _board(request, round, now):
    return ShortlistForm(
        request.POST if request.method == "POST" else None,
        ranking=round.ranking(now=now),
        version=round.shortlist_version,
    )


def _board_after(request, round, refusal, now):
    """The board as it stands now with what was typed, and why that was not saved."""
    round.refresh_from_db()
    form = _board(request, round, now)
    form.add_error(None, str(refusal))
    if isinstance(refusal, EditedMeanwhile):
        form.offer_to_overwrite(round.shortlist_version)
    return form


def _undecided(round):
    """What ideas lack, the board's field for it, and the numbers of those that lack it."""
    fields = {"an outcome": "outcome", "reasons": "reasons"}
    return [(what, fields[what], numbers) for what, numbers in round.undecided_numbers().items() if numbers]


@require_http_methods(["GET", "POST"])
@round_view
def publication(request, round, *, now):
    """Publishing is final, so it has a page of its own that shows what will be public or what is missing."""
    if not request.user.has_perm("manifesto.publish_shortlist"):
        raise Refused("Only an editor can publish the shortlist.")
    refusal = None if round.is_shortlist_published else round.refusal_to_publish_shortlist(now)
    form = PublicationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            round.publish_shortlist(by=request.user, now=now, version=form.cleaned_data["version"])
        except Refused as why_not:
            refusal = why_not
            round.refresh_from_db()
        else:
            messages.success(request, "The shortlist is public, with the reasons for every idea.")
            return redirect("admin:manifesto_round_shortlist", round.pk)
    return page(
        request,
        "publication",
        status=(409 if refusal else 422) if form.is_bound else 200,
        title="Publish the shortlist",
        round=round,
        refusal=refusal,
        undecided=_undecided(round) if isinstance(refusal, NotReady) else [],
        is_stale=isinstance(refusal, EditedMeanwhile),
        ideas=round.ideas.live().for_cards().by_place(),
        can_score=round.allows(Action.SCORE, now),
    )
