"""What editors do for a round's panel once scoring has opened: change a weight, ask for a second look."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ..errors import NotAllowedInPhase, NotReady, Refused
from ..forms.second_look import SecondLookForm
from ..forms.weight import WeightForm
from ..models import Action, Assessment
from ..panel import BORDERLINE
from ..vocabularies import Visibility
from .scoring import page, round_view

USUALLY_OPEN = timedelta(days=5)


@require_http_methods(["GET", "HEAD", "POST"])
@round_view
def weight(request, round, *, criterion, now):
    if not request.user.has_perm("manifesto.change_criterion"):
        raise Refused("Only an editor can change a weight.")
    criterion = get_object_or_404(round.criteria, pk=criterion)
    if not round.allows(Action.DECIDE, now):
        raise NotAllowedInPhase(
            "A weight can be changed for a reason between the opening of scoring and publication."
        )
    form = WeightForm(request.POST if request.method == "POST" else None, criterion=criterion)
    if form.is_bound and form.is_valid() and _reweigh(request, criterion, form, now):
        messages.success(request, f"“{criterion}” counts {criterion.weight}× now. Everybody can read why.")
        return redirect("admin:manifesto_round_change", round.pk)
    return page(
        request,
        "weight",
        status=422 if form.is_bound else 200,
        title=f"Change the weight of “{criterion}”",
        round=round,
        criterion=criterion,
        form=form,
        weight_changes=criterion.weight_changes.by_latest().select_related("criterion"),
    )


def _reweigh(request, criterion, form, now):
    try:
        criterion.reweigh(
            form.cleaned_data["weight"], reason=form.cleaned_data["reason"], by=request.user, now=now
        )
    except NotReady as refusal:
        form.add_error("reason" if not form.cleaned_data["reason"].strip() else "weight", str(refusal))
    return form.is_valid()


@require_http_methods(["GET", "HEAD", "POST"])
@round_view
def second_look(request, round, *, now):
    """Editors choose the ideas that the experts look at again; once it is open, they widen and extend it."""
    if not request.user.has_perm("manifesto.publish_shortlist"):
        raise Refused("Only an editor can ask for a second look.")
    if refusal := round.refusal_to_open_second_look(now):
        raise refusal
    form = _second_look_form(request, round, now)
    if form.is_bound and form.is_valid() and _open(request, round, form, now):
        messages.success(request, "The second look is open, and the experts hear of it.")
        return redirect("admin:manifesto_round_second_look", round.pk)
    return page(
        request,
        "second_look",
        status=422 if form.is_bound else 200,
        title="A second look",
        round=round,
        form=form,
        is_open=round.allows(Action.LOOK_AGAIN, now),
        shows_scores_all_the_same=round.score_visibility == Visibility.NEVER,
    )


def _second_look_form(request, round, now):
    """The ideas best first, the borderline ones ticked to begin with; without those this person must stay out of."""
    hidden = round.ideas_hidden_from(request.user).values_list("number", flat=True)
    rows = round.ranking(now=now, without=hidden)
    certainty = round.panel(now=now, without=hidden).analysis.certainty
    borderline = [idea.pk for idea, _ in rows if certainty[idea.number].band == BORDERLINE]
    closes_at = round.second_look_closes_at
    if closes_at is None or closes_at <= now:
        closes_at = timezone.localtime(now + USUALLY_OPEN).replace(hour=20, minute=0, second=0, microsecond=0)
    opened = set(round.second_look_ideas.values_list("pk", flat=True))
    return SecondLookForm(
        request.POST if request.method == "POST" else None,
        rows=rows,
        opened=opened,
        proposed=opened or borderline,
        seen=Assessment.objects.for_round(round).times_seen_again(),
        closes_at=closes_at,
    )


def _open(request, round, form, now):
    try:
        round.open_second_look(
            form.chosen, closes_at=form.cleaned_data["closes_at"], by=request.user, now=now
        )
    except NotReady as refusal:
        form.add_error("closes_at", str(refusal))
    return form.is_valid()
