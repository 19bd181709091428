"""How commitments are drawn, improved, published and withdrawn."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from profiles import typed
from profiles.auditing import audited

from ..errors import EditedMeanwhile, Refused
from ..forms.commitment import DrawForm, ImproveForm, WithdrawalForm
from ..models import Commitment, Round
from ..models.commitments import group as rules
from .commitments import load_commitment
from .refusals import explain

OF_COMMITMENT = {"round__slug": "slug", "number": "number"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@audited(rules.EDIT, Round, slug="slug")
def commitment_create(request, slug):
    """Draw a commitment from ideas: look at it as often as needed, then keep it as a draft."""
    round = get_object_or_404(Round.objects.announced(), slug=slug)
    if not request.user.is_authenticated:
        return typed.keep_while_signing_in(request, DrawForm.field_order)
    themes = rules.themes_to_word(request.user, round)
    if not themes:
        raise PermissionDenied
    written = request.POST if request.method == "POST" else typed.kept(request)
    form = DrawForm(written, round=round, themes=themes, ideas=_asked_for(request, round))
    if request.method != "POST":
        return _draw_page(request, round, form)
    if not form.is_valid():
        return _draw_page(request, round, form, status=422)
    if request.POST.get("action") == "preview":
        return _draw_page(request, round, form, preview=form.as_commitment())
    commitment = _draw(request, round, form)
    typed.forget(request)
    messages.success(request, _("The draft is kept. Only those who word it can see it."))
    return redirect(commitment)


def _draw(request, round, form):
    return Commitment.objects.draw(
        round=round,
        text=form.wording(),
        ideas=form.cleaned_data["ideas"],
        theme=form.cleaned_data["theme"],
        language=form.cleaned_data["language"],
        by=request.user,
        now=timezone.now(),
    )


def _asked_for(request, round):
    """The ideas that the address asks to begin from; what makes no sense there is let go."""
    numbers = [int(text) for text in request.GET.getlist("idea")[:20] if text.isdecimal() and len(text) < 10]
    return list(round.ideas.published().filter(number__in=numbers).defer("search").by_number())


def _draw_page(request, round, form, status=200, preview=None):
    context = {"round": round, "form": form, "preview": preview}
    return render(request, "manifesto/commitment_draw.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@audited(rules.EDIT, Commitment, **OF_COMMITMENT)
def commitment_improve(request, slug, number):
    """Improve the wording: look at the changes as often as needed, then keep them."""
    if not request.user.is_authenticated:
        return typed.keep_while_signing_in(request, ImproveForm.field_order)
    commitment = load_commitment(request, slug, number)
    if refusal := commitment.refusal_to_improve(request.user):
        return explain(request, refusal, commitment.get_absolute_url())
    latest = commitment.revisions.last()
    written = request.POST if request.method == "POST" else typed.kept(request)
    form = ImproveForm(written, revision=latest, is_public=commitment.is_published)
    if request.method != "POST":
        return _improve_page(request, commitment, form)
    if not form.is_valid():
        return _improve_page(request, commitment, form, status=422)
    if request.POST.get("action") == "preview":
        return _improve_page(request, commitment, form, preview=latest.compared_with(form.as_commitment()))
    return _improve(request, commitment, form)


def _improve(request, commitment, form):
    try:
        revision = commitment.improve(
            text=form.wording(),
            language=form.cleaned_data["language"],
            note=form.cleaned_data["note"],
            opened=form.cleaned_data["opened"],
            by=request.user,
            now=timezone.now(),
        )
    except EditedMeanwhile as refusal:
        return _page_of_clash(request, commitment, form, refusal)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _improve_page(request, commitment, form, status=409)
    typed.forget(request)
    if revision is None:
        messages.info(request, _("Nothing but spaces was different, so the wording stays as it was."))
    else:
        messages.success(request, _("The new wording is kept."))
    return redirect(commitment)


def _page_of_clash(request, commitment, form, refusal):
    """Show what somebody else changed meanwhile, and what was typed here compared with that. Nothing is lost."""
    latest = commitment.revisions.select_related("edited_by").last()
    opened = commitment.revisions.filter(number=form.cleaned_data["opened"]).first() or latest
    words = _(
        "%(refusal)s Their change and yours are shown below. Bring them together, then save: "
        "what stands in the boxes will replace their wording."
    )
    form.add_error(None, words % {"refusal": refusal})
    form.begin_with(latest)
    return _improve_page(
        request,
        commitment,
        form,
        theirs=opened.compared_with(latest),
        preview=latest.compared_with(form.as_commitment()),
        latest=latest,
        status=409,
    )


def _improve_page(request, commitment, form, status=200, **shown):
    context = {"commitment": commitment, "round": commitment.round, "form": form, **shown}
    return render(request, "manifesto/commitment_improve.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@audited(rules.EDIT, Commitment, **OF_COMMITMENT)
def commitment_publish(request, slug, number):
    """Publishing is for good, so it has a page of its own that says what will be public, or what is missing."""
    commitment = _for_editor(request, slug, number)
    if request.method != "POST":
        return _publish_page(request, commitment)
    try:
        commitment.publish(by=request.user, now=timezone.now())
    except Refused as refusal:
        return _publish_page(request, commitment, refusal=refusal, status=409)
    messages.success(request, _("The commitment is public."))
    return redirect(commitment)


def _publish_page(request, commitment, status=200, refusal=None):
    context = {"commitment": commitment, "round": commitment.round, "refusal": refusal}
    return render(request, "manifesto/commitment_publish.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@audited(rules.EDIT, Commitment, **OF_COMMITMENT)
def commitment_withdraw(request, slug, number):
    commitment = _for_editor(request, slug, number)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            commitment.withdraw(reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _("The commitment is withdrawn. Its page says so, and why."))
            return redirect(commitment)
    elif form.is_bound:
        status = 422
    context = {"commitment": commitment, "round": commitment.round, "form": form}
    return render(request, "manifesto/commitment_withdraw.html", context, status=status)


@login_required
@never_cache
@require_POST
@audited(rules.EDIT, Commitment, **OF_COMMITMENT)
def commitment_restore(request, slug, number):
    commitment = _for_editor(request, slug, number)
    try:
        commitment.restore(by=request.user, now=timezone.now())
    except Refused as refusal:
        return explain(request, refusal, commitment.get_absolute_url())
    messages.success(request, _("The commitment is asked for again."))
    return redirect(commitment)


@login_required
@never_cache
@require_POST
@audited(rules.EDIT, Commitment, **OF_COMMITMENT)
def commitment_settle(request, slug, number):
    """Answer what follows from an idea standing by itself again that was part of the set when the draft was drawn."""
    commitment = _for_editor(request, slug, number)
    chosen = request.POST.get("idea", "")
    for origin in commitment.origins():
        for idea in origin.undecided:
            if str(idea.number) == chosen:
                draws = request.POST.get("answer") == "draw"
                commitment.settle_parted(
                    origin.source, idea, draws=draws, by=request.user, now=timezone.now()
                )
                messages.success(
                    request,
                    _("It draws on that idea, too.") if draws else _("It stays as it was drawn."),
                )
                return redirect(commitment)
    messages.error(request, _("Somebody has answered this already."))
    return redirect(commitment)


def _for_editor(request, slug, number):
    commitment = load_commitment(request, slug, number)
    if not request.user.has_perm(rules.EDIT):
        raise PermissionDenied
    return commitment
