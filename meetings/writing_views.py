"""Writing the note of a meeting: one page, saved while it is typed."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from profiles.auditing import audited
from profiles.errors import Refused
from profiles.models import Membership, Organisation

from .forms.arranging import LINES, arranged
from .forms.writing import Sheet, pickable_at
from .models import Meeting, Registration
from .models.manuscript import PARTS, Manuscript

MOST_OFFERED = 500


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@audited("meetings.change_note", Meeting, slug="slug")
def note_edit(request, slug):
    """Who was there, what mattered, what was said, decided and promised."""
    if not request.user.is_authenticated:
        return _ask_to_sign_in(request)
    if not request.user.has_perm("meetings.change_note"):
        raise PermissionDenied
    meeting = get_object_or_404(Meeting.objects.for_page(), slug=slug)
    manuscript = Manuscript(meeting)
    if request.method == "POST":
        if _is_script(request):
            return _autosave(request, manuscript)
        return _correct(request, manuscript) if manuscript.refusal else _save(request, manuscript)
    return _page(request, Sheet(manuscript, more=request.GET.get("more", "")))


def _save(request, manuscript):
    """Do what the button says, and save all that can be saved whatever the button was."""
    now, action = timezone.now(), request.POST.get("do", "")
    sheet = Sheet(manuscript, arranged(request.POST, pickable_at(manuscript.meeting)))
    try:
        kept = manuscript.keep(sheet.page(), by=request.user, now=now)
    except Refused:
        # Somebody has published it this very moment.
        return _page(request, Sheet(manuscript, sheet.data), status=409)
    if not kept.is_whole or list(sheet.errors()):
        return _page(request, sheet.going_on(kept), clashes=kept.clashes, status=409 if kept.clashes else 422)
    if action == "publish":
        return _publish(request, manuscript, now)
    if action == "preview":
        return redirect(manuscript.meeting)
    if action == "registered":
        return _take_registered(request, manuscript, now)
    if kept.voids_agreement:
        words = _("Saved. What was agreed has changed, so agree it again before you publish it.")
        messages.info(request, words)
    elif action in ("", "save"):
        messages.success(request, _("Saved. It stays a draft until you publish it."))
    return redirect(f"{request.path}{_where(action)}")


def _correct(request, manuscript):
    """Change a public note, all at once and with words to it; the other buttons change the page alone."""
    now, action = timezone.now(), request.POST.get("do", "")
    sheet = Sheet(manuscript, arranged(request.POST, pickable_at(manuscript.meeting)))
    if action not in ("", "save", "publish"):
        return _page(request, sheet)
    page = sheet.page()
    if list(sheet.errors()):
        return _page(request, sheet, status=422)
    words = sheet.correction.cleaned_data
    try:
        kept = manuscript.correct(
            page, words["explanation"], by=request.user, now=now, keeps_texts=not words["hides_texts"]
        )
    except Refused as refusal:
        sheet.correction.add_error("explanation", str(refusal))
        return _page(request, sheet, status=422)
    if not kept.is_whole:
        return _page(request, sheet.once_more(kept), clashes=kept.clashes, status=409)
    messages.success(request, _("Saved. What you corrected is public now."))
    return redirect(manuscript.meeting)


def _where(action):
    """The place on the page that the button was about."""
    verb, _, rest = action.partition(":")
    name, _, key = rest.partition(":")
    if verb == "more" and name in PARTS:
        return f"?more={name}#{name}-end"
    if verb in ("up", "down"):
        return f"#row-{key}"
    if verb == "take":
        return f"#row-{name}"
    return f"#{verb}" if verb == "attendees" else ""


def _take_registered(request, manuscript, now):
    """List those who had a place, so that the editor only says who didn't come."""
    try:
        new = Registration.objects.take_over(manuscript.meeting, by=request.user, now=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext(
            "%(number)d person was added. Remove those who didn’t come.",
            "%(number)d people were added. Remove those who didn’t come.",
            new,
        )
        messages.success(request, words % {"number": new})
    return redirect(f"{request.path}#attendees")


def _publish(request, manuscript, now):
    try:
        manuscript.note.publish(by=request.user, now=now)
    except Refused as refusal:
        words = _("Saved, but not published. %(reason)s") % {"reason": refusal}
        messages.error(request, words)
        return redirect(request.path)
    words = _("The note of “%(meeting)s” is public now.") % {"meeting": manuscript.meeting}
    messages.success(request, words)
    return redirect(manuscript.meeting)


def _autosave(request, manuscript):
    """Save what can be saved, but take nothing away: that waits for the button."""
    now = timezone.now()
    sheet = Sheet(manuscript, request.POST)
    page = sheet.page()
    if request.POST.get("do") == "look":
        return JsonResponse({"html": sheet.html()})
    for name, rows in page.rows.items():
        page.rows[name] = [row for row in rows if not row.is_removed]
    try:
        kept = manuscript.keep(page, by=request.user, now=now)
    except Refused as refusal:
        return JsonResponse({"refusal": str(refusal)}, status=403)
    return JsonResponse(
        {
            **sheet.report(kept),
            "html": sheet.html(),
            "saved": _("Saved at %(time)s") % {"time": date_format(timezone.localtime(now), "TIME_FORMAT")},
            "errors": [f"{label} {message}" for _, label, message in sheet.errors()],
            "clashes": [sheet.called(key) for key in kept.clashes],
            "by": str(kept.by or _("Somebody else")),
        }
    )


def _ask_to_sign_in(request):
    if _is_script(request):
        words = _(
            "You are signed out. Sign in again in another tab, then go on here: nothing you typed is gone."
        )
        return JsonResponse({"refusal": words}, status=403)
    return redirect_to_login(request.path)


def _is_script(request):
    return request.headers.get("Accept", "").startswith("application/json")


def _page(request, sheet, status=200, **shown):
    meeting = sheet.manuscript.meeting
    pickable = sheet.pickable()
    people = dict.fromkeys((person["name"], person["organisation"]) for person in pickable.values())
    if request.user.has_perm("profiles.view_membership"):
        people |= dict.fromkeys(Membership.objects.people()[:MOST_OFFERED])
    context = {
        "people": people,
        "meeting": meeting,
        "note": sheet.manuscript.note,
        "sheet": sheet.suggest(),
        "pickable": pickable,
        "registered": Registration.objects.placed().filter(meeting=meeting).exists(),
        "left": sheet.data.get(LINES, "") if sheet.data is not None else "",
        "errors": list(sheet.errors()) if sheet.data is not None else [],
        "organisations": Organisation.objects.by_name(),
        "import_address": None if sheet.manuscript.note else reverse("admin:meetings_noteimport_add"),
        **shown,
    }
    return render(request, "meetings/note_edit.html", context, status=status)
