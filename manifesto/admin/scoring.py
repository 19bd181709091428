"""The experts' desk: one idea a screen."""

from functools import wraps

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ..errors import NotAllowedInPhase, NotAnExpert, NotPublished, NotReady, Refused
from ..forms.scoring import ScoreForm
from ..models import Action, Round

ANSWERS = [
    (NotPublished, 404, "There is no such idea"),
    (NotAllowedInPhase, 409, "Not at this time"),
    (NotReady, 403, "This is not open to you yet"),
    (Refused, 403, "This is not open to you"),
]


def page(request, name, *, status=200, **context):
    """One of the round's pages in the admin, with the whole width for itself."""
    return TemplateResponse(
        request,
        f"admin/manifesto/round/{name}.html",
        {**admin.site.each_context(request), "is_nav_sidebar_enabled": False, **context},
        status=status,
    )


def round_view(view):
    """Hand the view the round and the time, and answer what it refuses with a page that says why."""

    @wraps(view)
    def wrapped(request, pk, **kwargs):
        round, now = get_object_or_404(Round, pk=pk), timezone.now()
        try:
            return view(request, round, now=now, **kwargs)
        except Refused as refusal:
            return _refused(request, round, refusal, timezone.localdate(now))

    return wrapped


def _refused(request, round, refusal, today):
    status, title = next(answer for kind, *answer in ANSWERS if isinstance(refusal, kind))
    return page(
        request,
        "refused",
        status=status,
        title=title,
        refusal=refusal,
        desk=round if round.expert_terms.current(today).for_member(request.user).exists() else None,
        typed=request.POST.get("note", ""),
    )


def serving_term(request, round, now):
    """The term of the expert at the page. Raise NotAnExpert."""
    if not request.user.has_perm("manifesto.score_round"):
        raise NotAnExpert("Only the round's expert group scores its ideas.")
    return round.expert_terms.serving(request.user, timezone.localdate(now))


def require_sight_of_scores(request, round, now):
    """Let editors on once scoring has begun, and experts when theirs is done. Raise a Refused for all others."""
    if not request.user.has_perm("manifesto.publish_shortlist"):
        refusal = serving_term(request, round, now).refusal_to_see_ranking(now)
    else:
        refusal = round.refusal_to_rank(now)
    if refusal:
        raise refusal


@require_safe
@round_view
def scoring(request, round, *, now):
    term = serving_term(request, round, now)
    unscored, scored = term.unscored_ideas(), term.scored_ideas()
    return page(
        request,
        "scoring",
        title="Score the ideas",
        round=round,
        term=term,
        unscored=unscored,
        scored=scored,
        total=len(unscored) + len(scored),
        conflicted=term.conflicted_ideas(),
        criteria=round.criteria.all(),
        can_score=round.allows(Action.SCORE, now),
        why_no_scores=round.why_no_scores(now),
    )


@require_http_methods(["GET", "POST"])
@round_view
def scoring_idea(request, round, *, number, now):
    term = serving_term(request, round, now)
    idea = get_object_or_404(round.ideas.live().for_page(), number=number)
    if refusal := term.refusal_to_score(idea, now):
        raise refusal
    form = ScoreForm(
        request.POST if request.method == "POST" else None,
        criteria=round.criteria.all(),
        assessment=term.assessment_of(idea),
    )
    next_idea = term.next_idea(after=idea, now=now)
    if form.is_bound and form.is_valid() and _assess(term, idea, form, now):
        return _go_on(request, round, idea, next_idea)
    return page(
        request,
        "scoring_idea",
        status=422 if form.is_bound else 200,
        title=f"Score idea {idea.number}",
        round=round,
        idea=idea,
        form=form,
        next_idea=next_idea,
        total=term.ideas_to_score().count(),
        done=term.scored_ideas().count(),
    )


def _assess(term, idea, form, now):
    """Whether the scores were recorded; if a criterion came or went meanwhile, the form says so."""
    try:
        term.assess(idea, form.scores, now=now, note=form.cleaned_data["note"])
    except NotReady as refusal:
        form.add_error(None, str(refusal))
    return form.is_valid()


def _go_on(request, round, idea, next_idea):
    if next_idea:
        messages.success(request, f"Your scores for idea {idea.number} are saved. Here is the next one.")
        return redirect("admin:manifesto_round_scoring_idea", round.pk, next_idea.number)
    messages.success(
        request,
        f"Your scores for idea {idea.number} are saved, and that was the last one. Thank you! "
        "The ranking is open to you now.",
    )
    return redirect("admin:manifesto_round_scoring", round.pk)
