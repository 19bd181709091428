"""Following the notes of meetings."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from profiles.vocabularies import Frequency

from .models import Meeting, MeetingFollow
from .models.follow import notes_of


@require_POST
@never_cache
def follow_create(request):
    kind, back = _kind_from(request), _back(request)
    if not request.user.is_authenticated:
        messages.info(request, "Please sign in first; then press Follow once more.")
        return redirect_to_login(back)
    MeetingFollow.objects.begin(request.user, kind, now=timezone.now())
    if request.user.email_frequency == Frequency.OFF:
        text = "You follow “{}”, but get no e-mails: you chose so under Account, News."
    else:
        text = "You follow “{}”: we tell you by e-mail when one is published."
    messages.success(request, text.format(notes_of(kind)))
    return redirect(back)


@require_POST
@never_cache
def follow_end(request):
    kind, back = _kind_from(request), _back(request)
    if not request.user.is_authenticated:
        return redirect_to_login(back)
    MeetingFollow.objects.end(request.user, kind)
    messages.success(request, f"You no longer follow “{notes_of(kind)}”.")
    return redirect(back)


def _kind_from(request):
    kind = request.POST.get("kind", "")
    if kind not in ("", *Meeting.Kind.values):
        raise Http404
    return kind


def _back(request):
    """The page the button was on."""
    if "settings" in request.POST:
        return reverse("profiles:notification_settings")
    meeting = Meeting.objects.announced().filter(slug=request.POST.get("meeting", "").replace("\x00", ""))
    return meeting[0].get_absolute_url() if meeting else reverse("meetings:meeting_list")
