"""Publishing a shortlist: its preview, and an editor's word to publish it at once or at a set time."""

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..errors import EditedMeanwhile, NotReady, Refused
from ..forms.board import PublicationForm, ScheduleForm
from ..models import Action, WeightChange
from ..views.shortlist import shortlist_context
from .scoring import page, require_sight_of_scores, round_view


@require_safe
@round_view
def preview(request, round, *, now):
    """The public page with the decisions as they are now."""
    require_sight_of_scores(request, round, now)
    if round.is_shortlist_published:
        return redirect("manifesto:shortlist", round.slug)
    if round.ideas_hidden_from(request.user).exists():
        raise NotReady(
            "You stay out of some of these ideas, so the whole list opens to you when it is published."
        )
    preview = round.as_if_published(now=now)
    context = {
        "round": preview,
        "criteria": round.criteria.all(),
        "weight_changes": WeightChange.objects.for_round(round).by_latest(),
        "is_preview": True,
    }
    return TemplateResponse(request, "manifesto/shortlist.html", context | shortlist_context(preview, now))


def _require_editor(request):
    if not request.user.has_perm("manifesto.publish_shortlist"):
        raise Refused("Only an editor can publish the shortlist.")


@require_http_methods(["GET", "HEAD", "POST"])
@round_view
def publication(request, round, *, now):
    """Publishing is final, so it has a page of its own that shows what will be public or what is missing."""
    _require_editor(request)
    form = PublicationForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        return _page(request, round, now, status=422 if form.is_bound else 200)
    try:
        round.publish_shortlist(by=request.user, now=now, version=form.cleaned_data["version"])
    except Refused as refusal:
        return _page_of_refusal(request, round, now, refusal)
    messages.success(request, "The shortlist is public, with the reasons for every idea.")
    return redirect("admin:manifesto_round_shortlist", round.pk)


@require_POST
@round_view
def schedule(request, round, *, now):
    """Have it published by itself."""
    _require_editor(request)
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return _page(request, round, now, form=form, status=422)
    try:
        round.schedule_shortlist(by=request.user, now=now, **form.cleaned_data)
    except Refused as refusal:
        return _page_of_refusal(request, round, now, refusal, form=form)
    at = date_format(timezone.localtime(round.shortlist_publish_at), r"j F Y \a\t H:i")
    messages.success(request, f"The shortlist will be published by itself on {at}.")
    return redirect("admin:manifesto_round_publication", round.pk)


@require_POST
@round_view
def schedule_end(request, round, *, now):
    _require_editor(request)
    round.cancel_schedule()
    messages.success(request, "The shortlist will not be published by itself.")
    return redirect("admin:manifesto_round_publication", round.pk)


def _page_of_refusal(request, round, now, refusal, form=None):
    round.refresh_from_db()
    return _page(request, round, now, refusal=refusal, form=form, status=409)


def _page(request, round, now, *, refusal=None, form=None, status=200):
    is_ready = round.is_shortlist_published or not (not_ready := round.refusal_to_publish_shortlist(now))
    refusal = refusal or (None if is_ready else not_ready)
    if status == 422 and refusal:
        # However it is asked for, it can't be published now.
        status = 409
    return page(
        request,
        "publication",
        status=status,
        title="Publish the shortlist",
        round=round,
        refusal=refusal,
        is_ready=is_ready,
        form=form or ScheduleForm(),
        undecided=_undecided(round) if isinstance(refusal, NotReady) else [],
        is_stale=isinstance(refusal, EditedMeanwhile),
        ideas=round.ideas.live().for_cards().by_place(),
        can_publish=True,
        can_score=round.allows(Action.SCORE, now),
    )


def _undecided(round):
    """What ideas lack, the board's field for it, and the numbers of those that lack it."""
    fields = {"an outcome": "outcome", "reasons": "reasons"}
    return [(what, fields[what], numbers) for what, numbers in round.undecided_numbers().items() if numbers]
