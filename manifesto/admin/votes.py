"""Where editors find out whether votes are fair. They see counts of groups, and never a vote."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from profiles.limits import limited
from profiles.models import AuditEntry
from profiles.vocabularies import AuditAction

from ..forms.votes import ReasonForm, ReasonToUndoForm, VoteGroupForm
from ..models import Invalidation
from ..models.invalidation import refusal_of_too_few, refusal_to_invalidate
from .scoring import page, round_view


def _require_editor(request):
    if not request.user.has_perm("manifesto.moderate_idea"):
        raise PermissionDenied


@require_safe
@limited("vote_query", when=lambda request: request.GET)
@round_view
def votes(request, round, *, now):
    """Describe a group of votes, and see at least how many there are and what they have in common."""
    _require_editor(request)
    form = VoteGroupForm(request.GET, round=round, now=now)
    context = {"form": form, "invalidations": round.invalidations.by_latest()}
    if form.is_bound and form.is_valid():
        group = form.group
        number = group.at_least()
        _record_query(request, round, form, number, now)
        context |= {
            "group": group,
            "number": number,
            "parts": _parts(round, group) if number else [],
            "refusal": refusal_to_invalidate(round),
            "reason_form": ReasonForm(),
            "description": _described(group),
        }
    return _page(request, "votes", round, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@round_view
def votes_invalidate(request, round, *, now):
    """Have a described group of votes not count; asks first."""
    _require_editor(request)
    form, reason = VoteGroupForm(request.GET, round=round, now=now), ReasonForm(request.POST or None)
    if not form.is_bound or not form.is_valid():
        return redirect("admin:manifesto_round_votes", round.pk)
    group = form.group
    context = {"group": group, "form": reason, "description": _described(group)}
    if "confirm" in request.POST and reason.is_valid():
        invalidation = Invalidation.objects.of(
            group, reason=reason.cleaned_data["reason"], by=request.user, now=now
        )
        messages.success(
            request, f"{invalidation.number} votes don’t count any more. Everybody can read why."
        )
        return redirect("admin:manifesto_round_votes", round.pk)
    context["number"] = group.at_least()
    if refusal := refusal_of_too_few(context["number"]):
        raise refusal
    return _page(request, "votes_invalidate", round, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@round_view
def votes_undo(request, round, *, invalidation, now):
    """Have votes count again; asks first."""
    _require_editor(request)
    invalidation = get_object_or_404(round.invalidations, pk=invalidation)
    form = ReasonToUndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invalidation.undo(reason=form.cleaned_data["reason"], by=request.user, now=now)
        messages.success(request, "These votes count again. Everybody can read why.")
        return redirect("admin:manifesto_round_votes", round.pk)
    if refusal := invalidation.refusal_to_undo():
        raise refusal
    return _page(request, "votes_undo", round, invalidation=invalidation, form=form)


def _page(request, name, round, *, form, **context):
    status = 422 if form.is_bound and not form.is_valid() else 200
    return page(
        request, name, status=status, round=round, form=form, title=f"Are the votes fair? {round}", **context
    )


def _record_query(request, round, form, number, now):
    """That somebody asked, and how narrowly; not what about, so that the log can't be put beside a member's votes."""
    narrowed = {f"by_{name}": bool(form.cleaned_data[name]) for name in ("idea", "age", "network", "domain")}
    hours = int((form.cleaned_data["ends_at"] - form.cleaned_data["starts_at"]).total_seconds() // 3600)
    AuditEntry.objects.record(
        AuditAction.VOTES_COUNTED,
        by=request.user,
        now=now,
        target=round,
        number=number,
        hours=hours,
        **narrowed,
    )


def _parts(round, group):
    """Titles of ways to divide the group, and the lines of each with the address that looks at that part alone."""
    ways = [
        ("By hour", "The hours with most of them.", group.by_hour()),
        ("By age of the account", "When the vote was cast.", group.by_age()),
        (
            "By network",
            "Of the last days. A network can be a library, an office or a phone company.",
            group.by_network(),
        ),
        (
            "By e-mail service",
            "Domains aren’t named, so that nobody learns what people at one address support.",
            group.by_domain(),
        ),
    ]
    address = reverse("admin:manifesto_round_votes", args=[round.pk])
    return [
        (title, words, [(line, f"{address}?{_query(line.group)}") for line in lines])
        for title, words, lines in ways
    ]


def _query(group):
    moments = {
        name: f"{timezone.localtime(getattr(group, name)):%Y-%m-%dT%H:%M}"
        for name in ("starts_at", "ends_at")
    }
    return urlencode(
        {
            **moments,
            "idea": group.idea.number if group.idea else "",
            "age": group.age,
            "network": group.network,
            "domain": group.domain,
        }
    )


def _described(group):
    return {"query": _query(group), "starts_at": group.starts_at, "ends_at": group.ends_at}
