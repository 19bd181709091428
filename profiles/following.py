"""Following things, as the views of the apps do it: `follows` are the manager that keeps who follows what."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from .vocabularies import Frequency


def safe_address(request, address, default):
    """`address` if it leads back into this site, else `default`."""
    allowed = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if address and address.startswith("/") and allowed else default


def begin(request, follows, subject, *, called, promise, back):
    """Let who asks hear of `subject`; `promise` says of what, to those who want e-mails."""
    if not request.user.is_authenticated:
        messages.info(request, _("Please sign in first; then press Follow once more."))
        return redirect_to_login(back)
    follows.begin(request.user, subject, now=timezone.now())
    if request.user.email_frequency == Frequency.OFF:
        promise = _("You follow “%(name)s”, but get no e-mails: you chose so under Account, News.")
        promise %= {"name": called}
    messages.success(request, promise)
    return redirect(back)


def end(request, follows, subject, *, called, back):
    if not request.user.is_authenticated:
        return redirect_to_login(back)
    follows.end(request.user, subject)
    messages.success(request, _("You no longer follow “%(name)s”.") % {"name": called})
    return redirect(back)
