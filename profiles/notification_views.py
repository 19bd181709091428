from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .forms import NotificationSettingsForm
from .mail import recipient_of
from .models import Member
from .vocabularies import Frequency


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def notification_settings(request):
    form = NotificationSettingsForm(
        request.POST or None, initial={"email_frequency": request.user.email_frequency}
    )
    if form.is_valid():
        request.user.choose_email_frequency(form.cleaned_data["email_frequency"])
        messages.success(request, _("Your choice is saved."))
        return redirect("profiles:notification_settings")
    context = {
        "form": form,
        "follows": request.user.follows.for_list(),
        "meeting_follows": request.user.meeting_follows.for_list(),
    }
    return render(request, "profiles/notification_settings.html", context, status=422 if form.errors else 200)


# Whoever got the mail may say no, signed in or not, and so may their mail program for them (RFC 8058): it sends
# neither cookies nor a token of ours, and the address is proof enough. A GET changes nothing, for mail programs
# look at every link.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    recipient = recipient_of(token)
    if recipient is None:
        raise Http404
    if request.method == "POST":
        if isinstance(recipient, Member):
            recipient.choose_email_frequency(Frequency.OFF)
        else:
            recipient.close_address(now=timezone.now())
    context = {"is_member": isinstance(recipient, Member), "is_done": request.method == "POST"}
    return render(request, "profiles/unsubscribe.html", context)
