"""What a visitor typed is kept in the session while they sign in, confirm their address or agree to something."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import QueryDict
from django.utils.translation import gettext as _

from .translated import in_language

TYPED = "typed"
LONGEST = 6000
MOST_CHOICES = 30


def keep(request, fields, *, longest=LONGEST):
    """Keep what was posted to this page, until another page keeps something."""
    request.session[TYPED] = {_page(request): _worth_keeping(request.POST, fields, longest).urlencode()}


def keep_while_signing_in(request, fields, *, longest=LONGEST):
    if request.method == "POST":
        keep(request, fields, longest=longest)
        messages.info(request, _("What you wrote is kept. Sign in or join, and it will be here."))
    return redirect_to_login(request.get_full_path())


def kept(request):
    """What this person typed on this page before they signed in, or None."""
    if not request.user.is_authenticated:
        return None
    typed = request.session.get(TYPED, {}).get(_page(request))
    return QueryDict(typed) if typed else None


def forget(request):
    request.session.pop(TYPED, None)


def _page(request):
    """The page by its address in the site's first language, for people may come back to it in another."""
    return in_language(request.path, settings.LANGUAGE_CODE)


def _worth_keeping(posted, fields, longest):
    """What a form may hold and no more, since anybody may send anything here."""
    kept = QueryDict(mutable=True)
    for name in fields:
        kept.setlist(name, [value[:longest] for value in posted.getlist(name)[:MOST_CHOICES]])
    return kept
