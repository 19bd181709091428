"""What a member sees, takes along and deletes of what is kept about them."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from manifesto.models import Idea
from profiles.errors import Refused
from profiles.models import Organisation

from .forms import DepartureForm
from .models import Departure
from .personal_data import as_json, counted
from .retention import RULES


@require_safe
def retention(request):
    """How long what is kept, from the table that the job goes by."""
    return render(request, "pages/retention.html", {"rules": RULES})


@require_safe
@login_required
@never_cache
def personal_data(request):
    return render(request, "account/data.html", {"kinds": counted(request.user)})


@require_safe
@login_required
@reauthentication_required
@never_cache
def personal_data_file(request):
    """Everything, made while it is sent."""
    response = StreamingHttpResponse(
        as_json(request.user, now=timezone.now()), content_type="application/json; charset=utf-8"
    )
    response["Content-Disposition"] = (
        f'attachment; filename="your-data-{timezone.localdate().isoformat()}.json"'
    )
    return response


@login_required
@reauthentication_required
@never_cache
def departure_create(request):
    """Ask, with everything that follows in plain words; then close the account at once and delete it in a week."""
    form = DepartureForm(request.POST or None)
    now, member = timezone.now(), request.user
    if request.method == "POST" and form.is_valid():
        try:
            departure = Departure.objects.ask(member, now=now, **form.choices_made)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            messages.success(
                request,
                _("Your account is closed, and will be deleted on %(day)s. We have sent you an e-mail.")
                % {"day": date_format(timezone.localtime(departure.due_at), "DATE_FORMAT")},
            )
            return redirect("home")
    context = {
        "form": form,
        "ideas": Idea.objects.for_author(member).count(),
        "comments": member.comments.count(),
        "votes": member.votes.before_scoring(now).count(),
        "counted_votes": member.votes.after_scoring_began(now).count(),
        "alone_at": Organisation.objects.relying_on(member),
    }
    return render(request, "account/departure.html", context, status=422 if form.errors else 200)


@never_cache
def departure_undo(request, token):
    """Where the e-mail leads: whoever can read it may keep the account, without signing in to it."""
    departure = Departure.objects.of_token(token)
    if departure is None:
        raise Http404
    if request.method == "POST":
        try:
            departure.undo(now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("home")
        messages.success(request, _("Your account stays. You can sign in again."))
        return redirect("account_login")
    return render(request, "account/departure_undo.html", {"departure": departure})
