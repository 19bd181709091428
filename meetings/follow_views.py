"""Following the notes of meetings."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from profiles import following

from .models import Meeting, MeetingFollow
from .models.follow import notes_of


@require_POST
@never_cache
def follow_create(request):
    kind = _kind_from(request)
    notes = notes_of(kind)
    promise = _("You follow “%(notes)s”: we tell you by e-mail when one is published.") % {"notes": notes}
    back = _back(request)
    return following.begin(request, MeetingFollow.objects, kind, called=notes, promise=promise, back=back)


@require_POST
@never_cache
def follow_end(request):
    kind = _kind_from(request)
    return following.end(request, MeetingFollow.objects, kind, called=notes_of(kind), back=_back(request))


def _kind_from(request):
    kind = request.POST.get("kind", "")
    if kind not in ("", *Meeting.Kind.values):
        raise Http404
    return kind


def _back(request):
    """The page the button was on."""
    return following.safe_address(request, request.POST.get("next"), reverse("meetings:meeting_list"))
