"""Puts on the audit log what staff do on pages: each request that wrote anything, with what it wrote."""

from functools import wraps

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from .models import AuditEntry
from .vocabularies import AuditAction

READING = ("GET", "HEAD", "OPTIONS")
PLAIN = {"add": AuditAction.ADDED, "change": AuditAction.CHANGED, "delete": AuditAction.DELETED}


def audited(permission, model, **lookups):
    """Put on record what those with the permission do on a page of the site, to the `model` its address leads to.

    `lookups` are how to find that, by parts of the address. What somebody without the permission does there is theirs.
    """

    def decorate(view):
        @wraps(view)
        def recorded(request, *args, **kwargs):
            if request.method in READING or not request.user.has_perm(permission):
                return view(request, *args, **kwargs)

            def describe():
                found = model.objects.filter(**{name: kwargs[part] for name, part in lookups.items()})
                return AuditAction.ACTED, found.only("pk").first(), {"page": request.resolver_match.view_name}

            return _recorded(request, lambda: view(request, *args, **kwargs), describe)

        recorded.is_audited = True
        return recorded

    return decorate


def audited_admin(view):
    """Put on record what is done on a page of the admin, to the row that its address leads to."""

    @wraps(view)
    def recorded(request, *args, **kwargs):
        if request.method in READING:
            return view(request, *args, **kwargs)
        return _recorded(request, lambda: view(request, *args, **kwargs), lambda: _described(request))

    return recorded


def _recorded(request, respond, describe):
    """Respond, and record it in the same transaction: neither what was done nor its entry is there without the other.

    Nothing written is nothing done: a preview, say, or a form with mistakes. Where something was written although the
    answer is a refusal, such as a form that kept what it could, the entry has the answer's status.
    """
    with transaction.atomic():
        response = respond()
        if _has_written():
            action, target, details = describe()
            if response.status_code >= 400:
                details["status"] = response.status_code
            if not (_saves_while_typing(request) and _is_on_record(request.user, action, target)):
                AuditEntry.objects.record(
                    action, by=request.user, target=target, now=timezone.now(), **details
                )
    return response


def _has_written():
    """Whether this transaction has: PostgreSQL gives it a number only then, or where it locked a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        return cursor.fetchone()[0]


def _saves_while_typing(request):
    return request.headers.get("Accept", "").startswith("application/json")


def _is_on_record(member, action, target):
    entries = AuditEntry.objects.for_actor(member).since(timezone.now() - AuditEntry.ONE_SITTING)
    return target is not None and entries.for_target(target).filter(action=action).exists()


def _described(request):
    """The action, its target and details, from an address of the admin: it is called `app_model_verb`."""
    match = request.resolver_match
    model, verb = _model_and_verb(match.url_name or "")
    numbers = {
        name: int(value)
        for name, value in match.kwargs.items()
        if str(value).isdecimal() and len(str(value)) < 19
    }
    pk = numbers.pop("pk", None) or numbers.pop("object_id", None)
    target = getattr(request, "audit_target", None) or (model(pk=pk) if model and pk else None)
    if verb in PLAIN and (target is None or isinstance(target, model)):
        return PLAIN[verb], target, {}
    if verb == "changelist":
        numbers["chosen"] = [int(pk) for pk in request.POST.getlist("_selected_action") if pk.isdecimal()]
    page = match.view_name if match.url_name else "unnamed"
    return AuditAction.ACTED, target, {"page": page, **numbers}


def _model_and_verb(name):
    for model in apps.get_models():
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        if name.startswith(prefix):
            return model, name.removeprefix(prefix)
    return None, ""
