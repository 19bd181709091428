"""Where a member is signed in: allauth keeps a row for each session, and this sees to it that it says little.

Neither network addresses nor what a browser tells of itself are kept, only which browser it is and on which system.
"""

import contextlib
import time

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.contrib.auth.signals import user_logged_in
from django.db import DatabaseError
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ogp_network.read_only import is_read_only

from .browsers import BROWSERS, SYSTEMS, browser_and_system

USED = "used_at"
# How exactly the site knows when a session was last used, in seconds.
EXACTNESS = 3600
NO_ADDRESS = "0.0.0.0"
BETWEEN = " · "
KNOWN = {name for name, _ in (*BROWSERS, *SYSTEMS)}


@receiver(pre_save, sender=UserSession)
def keep_little(sender, instance, **kwargs):
    instance.ip = NO_ADDRESS
    if not all(part in KNOWN for part in instance.user_agent.split(BETWEEN)):
        instance.user_agent = BETWEEN.join(filter(None, browser_and_system(instance.user_agent)))


@receiver(user_logged_in)
def used_now(sender, request, user, **kwargs):
    request.session[USED] = int(time.time())


def last_used(get_response):
    """Keep, to the hour, when a session was last used. What doesn't ask who is there isn't slowed down by it."""

    def middleware(request):
        response = get_response(request)
        if request.session.accessed and SESSION_KEY in request.session and not is_read_only():
            now = int(time.time())
            if now - request.session.get(USED, 0) >= EXACTNESS:
                # A database that takes no changes still shows its pages.
                with contextlib.suppress(DatabaseError):
                    _use(request)
                    request.session[USED] = now
        return response

    return middleware


def _use(request):
    sessions = UserSession.objects.filter(session_key=request.session.session_key)
    if not sessions.update(last_seen_at=timezone.now()) and request.user.is_authenticated:
        UserSession.objects.create_from_request(request)


@login_required
@never_cache
@require_POST
def session_end(request, pk):
    """Sign oneself out on another device."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.is_current():
        messages.info(request, _("This is the device you are using. Press “Sign out” to end it."))
    else:
        get_adapter().end_sessions([session])
        messages.success(request, _("You are signed out there."))
    return redirect("usersessions_list")
