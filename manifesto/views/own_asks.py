"""What a signatory asks for beyond the common asks: written, replaced and taken back by its people."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from profiles.models import Organisation

from ..errors import Refused
from ..forms.signing import OwnAskForm
from ..models import Ask, OwnAsk, Statement


@login_required
@never_cache
def own_ask_list(request, slug, organisation):
    """The common asks, each with what the organisation asks for there."""
    statement, organisation = _place(slug, organisation)
    if refusal := organisation.refusal_to_speak(request.user):
        return _refuse(request, statement, refusal)
    owned = {own.ask_id: own for own in organisation.own_asks.live().filter(ask__statement=statement)}
    wordings = statement.current_version.ask_wordings.select_related("ask").by_number()
    context = {
        "statement": statement,
        "organisation": organisation,
        "is_signatory": statement.signatures_of(organisation).exists(),
        "asks": [(wording, owned.get(wording.ask_id)) for wording in wordings],
    }
    return render(request, "manifesto/own_ask_list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_ask_edit(request, slug, organisation, number):
    """Write what the organisation asks for there, in the place of what it said before."""
    statement, organisation = _place(slug, organisation)
    ask = get_object_or_404(Ask.objects.current().filter(statement=statement), number=number)
    if refusal := OwnAsk.refusal_to_write(ask, organisation, request.user):
        return _refuse(request, statement, refusal)
    before = ask.own_asks.live().filter(organisation=organisation).first()
    form = OwnAskForm(
        request.POST if request.method == "POST" else None, initial={"text": before.text if before else ""}
    )
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            OwnAsk.write(
                ask, organisation, text=form.cleaned_data["text"], by=request.user, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _("It stands beneath the common ask now."))
            return redirect("manifesto:own_ask_list", statement.slug, organisation.slug)
    context = {
        "statement": statement,
        "organisation": organisation,
        "wording": ask.wordings.current().first(),
        "before": before,
        "form": form,
    }
    return render(request, "manifesto/own_ask_edit.html", context, status=status)


@login_required
@never_cache
@require_POST
def own_ask_withdraw(request, slug, organisation, number):
    """Take it back; what it said is kept for the record, and writing it again undoes that."""
    statement, organisation = _place(slug, organisation)
    own = organisation.own_asks.live().filter(ask__statement=statement, ask__number=number).first()
    try:
        if own:
            own.withdraw(by=request.user, now=timezone.now())
    except Refused as refusal:
        return _refuse(request, statement, refusal)
    if refusal := organisation.refusal_to_speak(request.user):
        return _refuse(request, statement, refusal)
    messages.success(request, _("It isn’t shown any more."))
    return redirect("manifesto:own_ask_list", statement.slug, organisation.slug)


def _place(slug, organisation):
    statement = get_object_or_404(Statement.objects.public(), slug=slug)
    return statement, get_object_or_404(Organisation, slug=organisation)


def _refuse(request, statement, refusal):
    messages.error(request, str(refusal))
    return redirect("manifesto:signing", statement.slug)
