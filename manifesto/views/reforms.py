from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from profiles.models import Answer

from ..errors import Refused
from ..models import Draft, Round
from .refusals import explain


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reform_draft(request, pk):
    """Carry the reform a published story asks for into a draft; where several rounds take ideas, ask for which."""
    answer = get_object_or_404(Answer.objects.public_reforms().select_related("profile__organisation"), pk=pk)
    if not request.user.is_authenticated:
        messages.info(request, _("Sign in or join, and we will carry the reform into a draft of yours."))
        return redirect_to_login(request.path)
    now = timezone.now()
    rounds = list(Round.objects.announced().taking_ideas(now))
    chosen = [round for round in rounds if len(rounds) == 1 or round.slug == request.POST.get("round")]
    if request.method == "POST" and chosen:
        try:
            draft = Draft.objects.of_reform(answer, round=chosen[0], by=request.user, now=now)
        except Refused as refusal:
            return explain(request, refusal, answer.profile.get_absolute_url())
        if isinstance(draft, Draft):
            messages.info(
                request, _("Here is the reform as a draft of yours. Say why it matters, and send it.")
            )
        return redirect(draft)
    context = {"answer": answer, "profile": answer.profile, "rounds": rounds}
    return render(request, "manifesto/reform_draft.html", context)
