"""What the pages of a round for its experts and editors share."""

from functools import wraps

from django.contrib import admin
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from ..errors import NotAllowedInPhase, NotAnExpert, NotPublished, NotReady, Refused
from ..forms.desk import typed_scores, typed_words
from ..models import Round

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
        typed=typed_words(request.POST),
        typed_scores=typed_scores(request.POST, round),
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
