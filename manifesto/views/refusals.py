from django.contrib import messages
from django.shortcuts import redirect

from ..errors import ConsentNeeded, EmailUnverified

BACK = "back_from_consent"


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
