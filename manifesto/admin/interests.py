"""What experts say of themselves: what they belong to, and an interest in one idea."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from profiles.models import Organisation

from ..errors import NotAllowedInPhase, NotReady
from ..forms.interests import AboutYouForm, InterestForm
from .desk import live_idea
from .scoring import page, round_view, serving_term


@require_http_methods(["GET", "HEAD", "POST"])
@round_view
def about_you(request, round, *, now):
    """Asked before an expert's first idea, and open to be completed until publication."""
    term = serving_term(request, round, now)
    if round.is_shortlist_published:
        raise NotAllowedInPhase("The shortlist is public, so its working stays as it was.")
    is_first, is_fixed = not term.has_declared, round.has_begun_scoring(now)
    form = AboutYouForm(request.POST if request.method == "POST" else None, term=term, is_fixed=is_fixed)
    if form.is_bound and form.is_valid() and _declare(term, form, now):
        messages.success(
            request, "Thank you. It is on record." if is_first else "Your changes are on record."
        )
        return redirect("admin:manifesto_round_scoring", round.pk)
    return page(
        request,
        "about_you",
        status=422 if form.is_bound else 200,
        title="About you",
        round=round,
        term=term,
        form=form,
        is_first=is_first,
        memberships=Organisation.objects.for_member(request.user).by_name(),
        organisations=Organisation.objects.by_name(),
    )


def _declare(term, form, now):
    try:
        term.declare_interests(
            interests=form.cleaned_data["interests"],
            affiliations=form.affiliations,
            agrees_to_be_named=form.cleaned_data["agrees_to_be_named"],
            now=now,
        )
    except NotReady as refusal:
        form.add_error(None, str(refusal))
    return form.is_valid()


@require_http_methods(["GET", "HEAD", "POST"])
@round_view
def interest(request, round, *, number, now):
    """An expert declares an interest in an idea, before or after scoring it, or says that it is a stronger one."""
    term = serving_term(request, round, now)
    idea = live_idea(round, number)
    if refusal := term.refusal_to_declare(idea, now):
        raise refusal
    earlier = term.conflicts.filter(idea=idea).first()
    form = InterestForm(request.POST if request.method == "POST" else None, earlier=earlier)
    if form.is_bound and form.is_valid():
        conflict = term.declare(
            idea,
            kind=form.cleaned_data["kind"],
            action=form.cleaned_data["action"] or None,
            explanation=form.cleaned_data["explanation"],
            now=now,
        )
        return _go_on(request, term, conflict, now)
    return page(
        request,
        "interest",
        status=422 if form.is_bound else 200,
        title=f"Your interest in idea {idea.number}",
        round=round,
        idea=idea,
        form=form,
        earlier=earlier,
        is_found=term.found_conflicts().filter(pk=idea.pk).exists(),
    )


def _go_on(request, term, conflict, now):
    idea = conflict.idea
    if conflict.is_excluding:
        messages.success(
            request,
            f"It is on record. Idea {idea.number} isn’t yours to score; what you may have scored of it doesn’t count.",
        )
    else:
        messages.success(request, f"It is on record. You go on scoring idea {idea.number}.")
        if term.refusal_to_score(idea, now) is None:
            return redirect("admin:manifesto_round_scoring_idea", term.round_id, idea.number)
    return redirect("admin:manifesto_round_scoring", term.round_id)
