from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profiles import typed
from profiles.auditing import audited
from profiles.vocabularies import languages

from ..errors import EditedMeanwhile, Refused
from ..forms.revision import RevisionForm
from ..models import Idea
from .refusals import explain

PER_PAGE = 20


@require_safe
def revision_list(request, slug, number):
    """All wordings of an idea, the latest first; two of them chosen lead to their comparison."""
    idea = _idea(slug, number)
    if "before" in request.GET and "after" in request.GET:
        return _to_comparison(request, idea)
    revisions = idea.revisions.published()
    context = {
        "idea": idea,
        "round": idea.round,
        "page_obj": Paginator(revisions.for_list().by_latest(), PER_PAGE).get_page(request.GET.get("page")),
        "first": revisions.first(),
        "can_improve": idea.can_improve(request.user, timezone.now()),
        "minor": idea.revision_to_make_minor(request.user, timezone.now()),
    }
    return render(request, "manifesto/revision_list.html", context)


def revision_comparison(request, slug, number, before, after):
    """What changed from one wording to another, word by word; or one wording, if both are the same."""
    idea = _idea(slug, number)
    revisions = idea.revisions.published().for_list()
    before = get_object_or_404(revisions, number=before)
    after = before if before.number == after else get_object_or_404(revisions, number=after)
    context = {
        "idea": idea,
        "round": idea.round,
        "before": before,
        "after": after,
        "sections": before.compared_with(after.text),
    }
    return render(request, "manifesto/revision_comparison.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@audited("manifesto.moderate_idea", Idea, round__slug="slug", number="number")
def revision_create(request, slug, number):
    """Improve the wording: look at the changes as often as needed, then publish them."""
    idea = _idea(slug, number)
    if not request.user.is_authenticated:
        return typed.keep_while_signing_in(request, RevisionForm.field_order)
    now = timezone.now()
    refusal = idea.refusal_to_improve(request.user, now)
    if refusal and request.method != "POST":
        return explain(request, refusal, idea.get_absolute_url())
    latest = idea.revisions.last()
    is_editor = request.user.has_perm("manifesto.moderate_idea")
    written = request.POST if request.method == "POST" else typed.kept(request)
    form = RevisionForm(written, revision=latest, is_editor=is_editor)
    if request.method != "POST":
        return _page(request, idea, form)
    if not form.is_valid():
        return _page(request, idea, form, status=422)
    if request.POST.get("action") == "preview":
        return _page(request, idea, form, preview=latest.compared_with(form.wording()))
    return _improve(request, idea, form, now)


@login_required
@never_cache
@require_POST
@audited("manifesto.moderate_idea", Idea, round__slug="slug", number="number")
def revision_make_minor(request, slug, number, revision):
    idea = _idea(slug, number)
    revision = get_object_or_404(idea.revisions.published(), number=revision)
    try:
        revision.make_minor(by=request.user, now=timezone.now())
    except Refused as refusal:
        return explain(request, refusal, idea.revisions_address())
    messages.success(
        request, _("The change counts as minor now. Support for the wording before counts for it.")
    )
    return redirect(idea.revisions_address())


def _idea(slug, number):
    return get_object_or_404(Idea.objects.public().for_page(), round__slug=slug, number=number)


def _to_comparison(request, idea):
    chosen = [request.GET[name] for name in ("before", "after")]
    if not all(number.isascii() and number.isdigit() and len(number) < 10 for number in chosen):
        raise Http404
    return redirect("manifesto:revision_comparison", idea.round.slug, idea.number, *map(int, chosen))


def _improve(request, idea, form, now):
    try:
        revision = idea.improve(
            by=request.user,
            wording=form.wording(),
            language=form.cleaned_data["language"],
            opened=form.cleaned_data["opened"],
            note=form.cleaned_data["note"],
            is_minor=form.cleaned_data.get("is_minor", False),
            now=now,
        )
    except EditedMeanwhile as refusal:
        return _page_of_clash(request, idea, form, refusal)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, idea, form, status=409)
    typed.forget(request)
    if revision is None and form.cleaned_data["language"] != form.initial["language"]:
        text = _("The wording stays as it was. It is marked as written in %(language)s now.")
        messages.success(request, text % {"language": dict(languages())[form.cleaned_data["language"]]})
    elif revision is None:
        messages.info(request, _("Nothing but spaces was different, so the wording stays as it was."))
    else:
        messages.success(request, _("Thank you. The new wording is published."))
    return redirect(idea)


def _page_of_clash(request, idea, form, refusal):
    """Show what somebody else changed meanwhile, and what was typed here compared with that. Nothing is lost."""
    latest = idea.revisions.last()
    opened = idea.revisions.filter(number=form.cleaned_data["opened"]).first() or latest
    form.add_error(
        None,
        _(
            "%(refusal)s Their change and yours are shown below. Bring them together, then publish: "
            "what stands in the boxes will replace their wording."
        )
        % {"refusal": refusal},
    )
    form.begin_with(latest)
    return _page(
        request,
        idea,
        form,
        theirs=opened.compared_with(latest.text),
        preview=latest.compared_with(form.wording()),
        latest=latest,
        status=409,
    )


def _page(request, idea, form, status=200, **shown):
    context = {"idea": idea, "round": idea.round, "form": form, **shown}
    return render(request, "manifesto/revision_form.html", context, status=status)
