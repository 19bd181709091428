import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..errors import EditedMeanwhile, Refused
from ..forms.draft import DraftForm
from ..models import Action, Draft, Idea, Round
from .refusals import explain

TYPED = "typed_idea"
LONGEST = 6000
MOST_CHOICES = 30


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draft_create(request, slug):
    """Anybody may begin to write; what a visitor typed is kept while they sign in or join."""
    round = get_object_or_404(Round.objects.announced(), slug=slug)
    now = timezone.now()
    if not round.allows(Action.SUBMIT, now) and request.method != "POST" and not _typed(request):
        context = {"round": round, "why": round.why_no_ideas(now)}
        return render(request, "manifesto/submission_closed.html", context, status=403)
    if request.user.is_authenticated:
        return _sent_before(request) or _write(request, _draft_of_form(request, round), now)
    if request.method == "POST":
        return _keep_while_signing_in(request)
    return _page(request, round, DraftForm(round=round), draft=None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draft_edit(request, pk):
    if not request.user.is_authenticated:
        return _keep_while_signing_in(request)
    if answer := _sent_before(request):
        return answer
    drafts = Draft.objects.for_author(request.user).select_related("round", "author")
    return _write(request, get_object_or_404(drafts, pk=pk), timezone.now())


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draft_delete(request, pk):
    draft = get_object_or_404(Draft.objects.for_author(request.user), pk=pk)
    if request.method == "POST":
        draft.delete()
        messages.success(request, f"The draft “{draft}” is deleted.")
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
    return saved or Draft(round=round, author=request.user, key=key)


def _sent_before(request):
    """Where a form that was sent already leads, or None: a second click must not make a second idea."""
    idea = Idea.objects.for_author(request.user).from_form(_key(request)).select_related("round").first()
    if idea is None:
        return None
    messages.info(request, "We have this idea already: it came in once.")
    return redirect(idea)


def _write(request, draft, now):
    if request.method != "POST":
        form = DraftForm(_typed(request), instance=draft, round=draft.round, member=request.user)
        return _page(request, draft.round, form, draft)
    submitting = request.POST.get("action") == "submit"
    form = DraftForm(
        request.POST, instance=draft, round=draft.round, member=request.user, submitting=submitting
    )
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
    request.session.pop(TYPED, None)
    if not submitting:
        messages.success(request, "Your draft is saved. Only you can see it.")
        return redirect(draft)
    return _submit(request, draft, now)


def _submit(request, draft, now):
    try:
        idea = draft.submit(now=now)
    except Draft.DoesNotExist:
        return _sent_before(request) or redirect("manifesto:my_ideas")
    except Refused as refusal:
        return explain(request, refusal, draft.get_absolute_url())
    messages.success(request, "Thank you! An editor will read your idea before it is published.")
    return redirect(idea)


def _keep_while_signing_in(request):
    if request.method == "POST":
        request.session[TYPED] = {request.path: _worth_keeping(request.POST).urlencode()}
        messages.info(request, "What you wrote is kept. Sign in or join, and it will be here.")
    return redirect_to_login(request.path)


def _worth_keeping(posted):
    """What a form may hold and no more, since anybody may send anything here."""
    kept = QueryDict(mutable=True)
    for name in ("key", "version", *DraftForm.Meta.fields):
        kept.setlist(name, [value[:LONGEST] for value in posted.getlist(name)[:MOST_CHOICES]])
    return kept


def _typed(request):
    """What this person typed on this page before they signed in, or None."""
    if not request.user.is_authenticated:
        return None
    typed = request.session.get(TYPED, {}).get(request.path)
    return QueryDict(typed) if typed else None


def _page(request, round, form, draft, status=200):
    context = {"round": round, "form": form, "draft": draft}
    return render(request, "manifesto/draft_form.html", context, status=status)
