"""The experts' desk: what is theirs to score, one idea a screen, and the second look at some of them."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from ..errors import NotPublished, NotReady
from ..forms.desk import MARKS, ScoreForm
from ..models import Action, Assessment, Comment
from .scoring import page, round_view, serving_term

COMMENTS_SHOWN = 10
COMMENTS_PER_PAGE = 50


@dataclass
class Progress:
    """How far an expert has come in the stage that is open."""

    done: int
    total: int
    time_left: str


def live_idea(round, number, ideas=None):
    """The idea to score. Raise NotPublished, saying where it went if it was merged away meanwhile."""
    idea = (ideas or round.ideas.for_page()).filter(number=number).first()
    if idea and idea.is_published and idea.survivor:
        raise NotPublished(
            f"This idea was merged into “{idea.survivor}” (idea {idea.survivor.number}), which is scored instead."
        )
    if idea is None or not idea.is_live:
        raise NotPublished("This idea is not among those to score.")
    return idea


def declared_term(request, round, now):
    """The term of the expert at the page and where to send them first, if they have yet to declare their interests."""
    term = serving_term(request, round, now)
    if term.has_declared or round.is_shortlist_published or request.method == "POST":
        return term, None
    return term, redirect("admin:manifesto_round_about_you", round.pk)


@require_safe
@round_view
def scoring(request, round, *, now):
    term, first = declared_term(request, round, now)
    if first:
        return first
    window = round.scoring_window(now)
    left = list(term.ideas_left(now) if window else term.unscored_ideas())
    done = list(term.ideas_done(now))
    declared = list(term.conflicts.declared_only().select_related("idea").order_by("idea__number"))
    return page(
        request,
        "scoring",
        title="Look again at some ideas" if round.allows(Action.LOOK_AGAIN, now) else "Score the ideas",
        round=round,
        term=term,
        left=left,
        done=done,
        outdated=set(term.outdated_ideas()),
        progress=Progress(len(done), len(left) + len(done), term.time_left(len(left), now) if window else ""),
        conflicted=_conflicted(term),
        declared=declared,
        on_record={conflict.idea_id for conflict in declared},
        criteria=round.criteria.all(),
        closes_at=window and window[1],
        is_second_look=round.allows(Action.LOOK_AGAIN, now),
        why_no_scores=round.why_no_scores(now),
        sees_ranking=term.refusal_to_see_ranking(now) is None,
    )


def _conflicted(term):
    """Pairs of an idea that isn't theirs to score and the conflict they declared, or None where it was found."""
    declared = {conflict.idea_id: conflict for conflict in term.conflicts.excluding().filter(is_found=False)}
    return [(idea, declared.get(idea.pk)) for idea in term.conflicted_ideas()]


@require_http_methods(["GET", "HEAD", "POST"])
@round_view
def scoring_idea(request, round, *, number, now):
    term, first = declared_term(request, round, now)
    if first:
        return first
    idea = live_idea(round, number)
    if refusal := term.refusal_to_score(idea, now):
        raise refusal
    assessment = term.assessment_of(idea)
    form = ScoreForm(
        request.POST if request.method == "POST" else None,
        criteria=round.criteria.all(),
        assessment=assessment,
    )
    next_idea = term.next_idea(after=idea, now=now)
    if form.is_bound and form.is_valid() and _save(request, term, idea, form, now):
        return _go_on(request, term, idea, next_idea, now)
    return page(
        request,
        "scoring_idea",
        status=422 if form.is_bound else 200,
        title=f"{'Look again at' if round.allows(Action.LOOK_AGAIN, now) else 'Score'} idea {idea.number}",
        round=round,
        idea=idea,
        form=form,
        next_idea=next_idea,
        **_what_to_judge_by(term, idea, assessment, now),
    )


def _what_to_judge_by(term, idea, assessment, now):
    done, left = term.ideas_done(now).count(), term.ideas_left(now).count()
    context = {
        "assessment": assessment,
        "changes": None,
        "progress": Progress(done, done + left, term.time_left(left, now)),
        "comments": Comment.objects.on_page_of(idea).standing().for_page().by_thread()[:COMMENTS_SHOWN],
        "declared": term.conflicts.filter(idea=idea).first(),
    }
    if assessment and assessment.is_outdated:
        context["changes"] = assessment.revision.compared_with(idea.text)
    if term.round.allows(Action.LOOK_AGAIN, now):
        context |= _second_look(term, idea, assessment)
    return context


def _second_look(term, idea, assessment):
    """What the panel said of the idea in the first scoring, the same whenever an expert looks."""
    given = Assessment.objects.first_of(idea)
    spread = given.spread()
    own = {score.criterion_id: score.half_points for score in assessment.scores.all()} if assessment else {}
    answers = [None if value == "unknown" else int(value) for value in MARKS]
    rows = [
        (
            criterion,
            [(spread[criterion.pk][value], own.get(criterion.pk, "none") == value) for value in answers],
        )
        for criterion in term.round.criteria.all()
    ]
    return {
        "spread": rows,
        "marks": list(MARKS.values()),
        "panel": len(given),
        "notes": given.notes(but_of=term),
    }


def _save(request, term, idea, form, now):
    """Whether the scores were recorded; if a criterion came or went meanwhile, the form says so."""
    try:
        if "keep" not in request.POST:
            term.assess(idea, form.scores, now=now, note=form.cleaned_data["note"])
        elif form.has_changed():
            raise NotReady("You have changed something. Save the changed scores, or undo the change.")
        else:
            term.keep(idea, now=now)
    except NotReady as refusal:
        form.add_error(None, str(refusal))
    return form.is_valid()


def _go_on(request, term, idea, next_idea, now):
    saved = f"Your scores for idea {idea.number} are saved"
    if next_idea:
        messages.success(request, f"{saved}. Here is the next one.")
        return redirect("admin:manifesto_round_scoring_idea", term.round_id, next_idea.number)
    opened = "" if term.refusal_to_see_ranking(now) else " The ranking is open to you now."
    messages.success(request, f"{saved}, and that was the last one. Thank you!{opened}")
    return redirect("admin:manifesto_round_scoring", term.round_id)


@require_safe
@round_view
def discussion(request, round, *, number, now):
    """All that was said about an idea, without names where those are hidden."""
    term = serving_term(request, round, now)
    idea = live_idea(round, number)
    if refusal := term.refusal_to_score(idea, now):
        raise refusal
    comments = Comment.objects.on_page_of(idea).standing().for_page().by_thread()
    return page(
        request,
        "discussion",
        title=f"Discussion of idea {idea.number}",
        round=round,
        idea=idea,
        page_obj=Paginator(comments, COMMENTS_PER_PAGE).get_page(request.GET.get("page")),
    )
