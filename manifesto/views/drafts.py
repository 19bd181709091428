import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from profiles import typed
from profiles.limits import limited

from ..errors import EditedMeanwhile, Refused
from ..forms.draft import DraftForm, TitleForm
from ..models import Action, Draft, Idea, Round
from .refusals import explain

KEPT = ("key", "version", "about_theme", "about_area", *DraftForm.Meta.fields)


def _submits(request):
    """Drafts may be saved as often as their authors like."""
    return request.POST.get("action") == "submit"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("idea", when=_submits)
def draft_create(request, slug):
    """Anybody may begin to write; what a visitor typed is kept while they sign in or join."""
    round = get_object_or_404(Round.objects.announced(), slug=slug)
    now = timezone.now()
    if not round.allows(Action.SUBMIT, now) and request.method != "POST" and not typed.kept(request):
        context = {"round": round, "why": round.why_no_ideas(now)}
        return render(request, "manifesto/submission_closed.html", context, status=403)
    if request.user.is_authenticated:
        return _sent_before(request) or _write(request, _draft_of_form(request, round), now)
    if request.method == "POST":
        return typed.keep_while_signing_in(request, KEPT)
    return _page(request, round, TitleForm(initial=_asked_about(request)), draft=None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("idea", when=_submits)
def draft_edit(request, pk):
    if not request.user.is_authenticated:
        return typed.keep_while_signing_in(request, KEPT)
    if answer := _sent_before(request):
        return answer
    drafts = Draft.objects.for_author(request.user).select_related("round", "author")
    return _write(request, get_object_or_404(drafts, pk=pk), timezone.now())


@login_required
@never_cache
@require_safe
def draft_similar(request, pk):
    """What is public already and may say the same, for the author to support instead."""
    drafts = Draft.objects.for_author(request.user).select_related("round")
    draft = get_object_or_404(drafts, pk=pk)
    ideas = draft.similar_ideas()
    context = {
        "draft": draft,
        "round": draft.round,
        "ideas": ideas,
        "can_support": draft.round.allows(Action.SUPPORT, timezone.now()),
        "supported": Idea.supported_among(ideas, request.user),
    }
    return render(request, "manifesto/draft_similar.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draft_delete(request, pk):
    draft = get_object_or_404(Draft.objects.for_author(request.user), pk=pk)
    if request.method == "POST":
        draft.delete()
        messages.success(request, _("The draft “%(draft)s” is deleted.") % {"draft": draft})
        return redirect("manifesto:my_ideas")
    return render(request, "manifesto/draft_delete.html", {"draft": draft})


def _key(request):
    """The key the form came with, or a new one for a form to be shown."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _draft_of_form(request, round):
    """The draft that a form for a new idea was saved as before, or a new one."""
    key = _key(request)
    saved = (
        Draft.objects.for_author(request.user).filter(key=key, round=round).select_related("round").first()
    )
    return saved or Draft(round=round, author=request.user, key=key, language=get_language())


def _sent_before(request):
    """Where a form that was sent already leads, or None: a second click must not make a second idea."""
    idea = Idea.objects.for_author(request.user).from_form(_key(request)).select_related("round").first()
    if idea is None:
        return None
    messages.info(request, _("We have this idea already: it came in once."))
    return redirect(idea)


def _write(request, draft, now):
    action = request.POST.get("action")
    form = _form(request, draft, beginning=action == "continue", submitting=action == "submit")
    if request.method != "POST":
        return _page(request, draft.round, form, draft)
    if not form.is_valid():
        return _page(request, draft.round, form, draft, status=422)
    try:
        form.instance.keep(version=form.cleaned_data["version"] or 0, now=now)
    except Draft.DoesNotExist:
        return _sent_before(request) or redirect("manifesto:my_ideas")
    except EditedMeanwhile as refusal:
        form.add_error(None, str(refusal))
        form.offer_to_overwrite()
        return _page(request, draft.round, form, draft, status=409)
    typed.forget(request)
    if action == "submit":
        return _submit(request, draft, now)
    if action == "continue":
        return _go_on(request, draft)
    messages.success(request, _("Your draft is saved. Only you can see it."))
    return redirect(draft)


def _form(request, draft, *, beginning, submitting):
    """A new idea begins with its title alone; everything else is asked once similar ideas were shown."""
    data = request.POST if request.method == "POST" else typed.kept(request)
    is_new = request.method != "POST" and draft.pk is None
    if beginning or (is_new and not (data and _has_more_than_a_title(data))):
        return TitleForm(data, instance=draft, initial=_asked_about(request))
    return DraftForm(data, instance=draft, round=draft.round, member=request.user, submitting=submitting)


def _asked_about(request):
    return {"about_theme": request.GET.get("theme", ""), "about_area": request.GET.get("area", "")}


def _has_more_than_a_title(data):
    return any(data.get(name) for name in DraftForm.Meta.fields if name not in TitleForm.Meta.fields)


def _go_on(request, draft):
    if draft.similar_ideas():
        return redirect("manifesto:draft_similar", draft.pk)
    messages.success(request, _("Nobody has said this before, as far as we can see. Please tell us more."))
    return redirect(draft)


def _submit(request, draft, now):
    try:
        idea = draft.submit(now=now)
    except Draft.DoesNotExist:
        return _sent_before(request) or redirect("manifesto:my_ideas")
    except Refused as refusal:
        return explain(request, refusal, draft.get_absolute_url())
    messages.success(request, _("Thank you! An editor will read your idea before it is published."))
    return redirect(idea)


def _page(request, round, form, draft, status=200):
    template = "draft_form" if isinstance(form, DraftForm) else "draft_title"
    context = {"round": round, "form": form, "draft": draft}
    return render(request, f"manifesto/{template}.html", context, status=status)
