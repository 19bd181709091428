from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from profiles.following import safe_address
from profiles.limits import limited, network_of

from ..errors import Refused
from ..models import Idea
from ..models.reading import idea_to_support, idea_to_vote_for
from .refusals import explain


# The idea comes in the body: an address would tie its reader to an idea in the log of every server on the way.
@require_POST
@never_cache
@sensitive_post_parameters("idea")
@limited("vote")
def support_create(request):
    pk, seen, now = _number(request, "idea"), _number(request, "revision"), timezone.now()
    found = None if pk is None else idea_to_vote_for(pk, request.user.pk or 0, seen=seen, now=now)
    if found is None:
        raise Http404
    idea, before = found
    thanks = _("Thank you: you support “%(idea)s”.")
    return _change(
        request, idea, Idea.support, thanks, shown_at="#support", before=before, network=network_of(request)
    )


@require_POST
@never_cache
@sensitive_post_parameters("idea")
@limited("vote")
def support_confirm(request):
    """The member's support stands for the wording they have been shown."""
    thanks = _("Thank you: your support for “%(idea)s” stands for its new wording.")
    seen = _number(request, "revision")
    return _change(request, _idea_from(request), Idea.confirm_support, thanks, seen=seen)


@require_POST
@never_cache
@sensitive_post_parameters("idea")
@limited("vote")
def support_withdraw(request):
    thanks = _("You no longer support “%(idea)s”.")
    return _change(request, _idea_from(request), Idea.withdraw_support, thanks)


@login_required
@never_cache
@sensitive_post_parameters("round")
def votes_withdraw(request):
    """Ask which votes to take back at once, those of one round or all; then do it. Only what is still open goes."""
    now, round = timezone.now(), _number(request, "round")
    votes = request.user.votes.all()
    if request.method == "POST" and (round is not None or request.POST.get("round") == "all"):
        number = votes.withdraw(now=now, round=round)
        text = ngettext("%(number)s vote is withdrawn.", "%(number)s votes are withdrawn.", number)
        messages.success(request, text % {"number": number})
        return redirect("manifesto:my_votes")
    rounds = votes.withdrawable(now).count_by_round()
    number = sum(votes for _round, votes in rounds)
    context = {"rounds": rounds, "number": number, "closed": votes.count() - number}
    is_unclear = request.method == "POST"
    return render(request, "manifesto/votes_withdraw.html", context, status=422 if is_unclear else 200)


def _change(request, idea, verb, thanks, *, shown_at=None, **known):
    """Change what the idea's page shows at `shown_at`, if it does: there it needs no message, a row to keep."""
    page = idea.get_absolute_url()
    back = safe_address(request, request.POST.get("next"), page)
    if not request.user.is_authenticated:
        text = _("Please sign in first; then find “%(idea)s” and press Support once more.")
        messages.info(request, text % {"idea": idea})
        # Back to the list: with the idea in the address, a log would show who wanted to support it.
        return redirect_to_login(reverse("manifesto:idea_list", args=[idea.round.slug]))
    try:
        verb(idea, request.user, now=timezone.now(), **known)
    except Refused as refusal:
        return explain(request, refusal, back)
    if shown_at and back == page:
        return HttpResponseRedirect(page + shown_at)
    messages.success(request, thanks % {"idea": idea})
    return redirect(back)


def _idea_from(request):
    pk = _number(request, "idea")
    idea = None if pk is None else idea_to_support(pk)
    if idea is None:
        raise Http404
    return idea


def _number(request, name):
    """What was posted under that name if it is a number, else None."""
    number = request.POST.get(name, "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
