from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from profiles import following

from ..models import Commitment, Follow, Idea, Round, Theme


# As with support, what it is about comes in the body, so that no log ties a member to it.
@require_POST
@never_cache
@sensitive_post_parameters("idea", "theme", "round", "commitment")
def follow_create(request):
    subject = _subject_from(request)
    promise = _("You follow “%(subject)s”: we tell you by e-mail when something happens.")
    promise %= {"subject": subject}
    back = _back(request, subject)
    return following.begin(request, Follow.objects, subject, called=subject, promise=promise, back=back)


@require_POST
@never_cache
@sensitive_post_parameters("idea", "theme", "round", "commitment")
def follow_end(request):
    subject = _subject_from(request)
    return following.end(request, Follow.objects, subject, called=subject, back=_back(request, subject))


def _subject_from(request):
    public = {
        "idea": Idea.objects.public().select_related("round"),
        "theme": Theme.objects.exclude(round__announced_at=None).select_related("round"),
        "round": Round.objects.announced(),
        "commitment": Commitment.objects.public().select_related("round", "plan"),
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
    return following.safe_address(request, request.POST.get("next"), page.get_absolute_url())
