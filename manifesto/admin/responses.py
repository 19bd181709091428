"""One answer for several ideas at once, for those that are plainly out."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from ..errors import NotAllowedInPhase, Refused
from ..forms.board import BulkForm
from ..models import Action
from .scoring import page, require_sight_of_scores, round_view
from .shortlist import Selection


@require_http_methods(["GET", "HEAD", "POST"])
@round_view
def responses(request, round, *, now):
    """Tick ideas and write one answer; then see who gets it; then save."""
    require_sight_of_scores(request, round, now)
    if not round.allows(Action.DECIDE, now):
        raise NotAllowedInPhase("Decisions can be prepared between the opening of scoring and publication.")
    selection, form = _form(request, round, now)
    if not (form.is_bound and form.is_valid()):
        return _page(request, round, form, selection, "responses", status=422 if form.is_bound else 200)
    if "change" in request.POST:
        return _page(request, round, form, selection, "responses")
    if "confirm" not in request.POST:
        return _page(request, round, form, selection, "responses_preview")
    try:
        round.record_decisions(
            form.decisions,
            opened=form.opened_marks,
            version=round.shortlist_version,
            by=request.user,
            now=now,
        )
    except Refused as refusal:
        round.refresh_from_db()
        selection, form = _form(request, round, now)
        form.is_valid()
        return _page(request, round, form, selection, "responses_preview", status=409, refusal=refusal)
    messages.success(request, _saved(form))
    return redirect("admin:manifesto_round_responses", round.pk)


def _form(request, round, now):
    hidden = list(round.ideas_hidden_from(request.user).values_list("number", flat=True))
    selection = Selection(round.report(now=now, without=hidden).standings, request.GET)
    ticked = [standing.idea.number for standing in selection.matches] if request.GET.get("tick") else []
    is_sent = request.method == "POST"
    standings = selection.others if is_sent else selection.matches
    return selection, BulkForm(request.POST if is_sent else None, standings=standings, ticked=ticked)


def _saved(form):
    given = len(form.decisions)
    kept = len(form.chosen) - given
    words = f"{given} idea{' has' if given == 1 else 's have'} this answer now."
    return f"{words} {kept} keep{'s' if kept == 1 else ''} what was written before." if kept else words


def _page(request, round, form, selection, name, *, status=200, refusal=None):
    return page(
        request,
        name,
        status=status,
        title="Answer several ideas at once",
        round=round,
        form=form,
        selection=selection,
        refusal=refusal,
    )
