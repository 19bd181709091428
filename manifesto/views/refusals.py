from django.contrib import messages
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from ..errors import ConsentNeeded, EmailUnverified

BACK = "back_from_consent"


def safe_address(request, address, default):
    """`address` if it leads back into this site, else `default`."""
    allowed = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if address and address.startswith("/") and allowed else default


def explain(request, refusal, back):
    """Tell the person why not and send them where they can mend it, or back to where they were."""
    messages.error(request, str(refusal))
    if isinstance(refusal, EmailUnverified):
        return redirect("account_email")
    if isinstance(refusal, ConsentNeeded):
        # In the session: as part of the address, every log would show who wanted to support what.
        request.session[BACK] = back
        return redirect("consent")
    return redirect(back)
