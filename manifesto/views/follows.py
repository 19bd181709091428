from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from profiles.vocabularies import Frequency

from ..models import Follow, Idea, Round, Theme
from .refusals import safe_address


# As with support, what it is about comes in the body, so that no log ties a member to it.
@require_POST
@never_cache
@sensitive_post_parameters("idea", "theme", "round")
def follow_create(request):
    subject = _subject_from(request)
    back = _back(request, subject)
    if not request.user.is_authenticated:
        messages.info(request, "Please sign in first; then press Follow once more.")
        return redirect_to_login(back)
    Follow.objects.begin(request.user, subject, now=timezone.now())
    if request.user.email_frequency == Frequency.OFF:
        text = "You follow “{}”, but get no e-mails: you chose so under Account, News."
    else:
        text = "You follow “{}”: we tell you by e-mail when something happens."
    messages.success(request, text.format(subject))
    return redirect(back)


@require_POST
@never_cache
@sensitive_post_parameters("idea", "theme", "round")
def follow_end(request):
    subject = _subject_from(request)
    back = _back(request, subject)
    if not request.user.is_authenticated:
        return redirect_to_login(back)
    Follow.objects.end(request.user, subject)
    messages.success(request, f"You no longer follow “{subject}”.")
    return redirect(back)


def _subject_from(request):
    public = {
        "idea": Idea.objects.public().select_related("round"),
        "theme": Theme.objects.exclude(round__announced_at=None).select_related("round"),
        "round": Round.objects.announced(),
    }
    named = [kind for kind in public if kind in request.POST]
    if len(named) != 1:
        raise Http404
    pk = request.POST[named[0]]
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        raise Http404
    return get_object_or_404(public[named[0]], pk=pk)


def _back(request, subject):
    page = subject.round if isinstance(subject, Theme) else subject
    return safe_address(request, request.POST.get("next"), page.get_absolute_url())
