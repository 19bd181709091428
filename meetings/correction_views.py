"""What those who were at a meeting say about its note while it goes round, and about being named in it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from profiles.errors import Refused

from .forms.corrections import CorrectionForm
from .models import Correction, Meeting


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correction_list(request, slug):
    """A member's own corrections, with room for another."""
    note, attendance = _note_and_attendance(request, slug)
    now = timezone.now()
    form = CorrectionForm(request.POST if request.method == "POST" else None, note=note)
    if form.is_valid():
        try:
            Correction.objects.suggest(note, by=request.user, now=now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you. The editors read it and tell you what becomes of it."))
            return redirect("meetings:correction_list", slug)
    today = timezone.localdate(now)
    corrections = note.corrections.filter(member=request.user)
    context = {
        "form": form,
        "note": note,
        "meeting": note.meeting,
        "attendance": attendance,
        "takes_corrections": note.takes_corrections(today) and not attendance.sent_apologies,
        "corrections": [(correction, note.takes_corrections(today)) for correction in corrections],
        "key_points": note.points.key_points(),
        "decisions": note.points.decisions(),
        "sections": note.sections.all(),
        "actions": note.actions.for_page(),
    }
    return render(request, "meetings/correction_list.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correction_edit(request, slug, pk):
    correction = _own_correction(request, slug, pk)
    now = timezone.now()
    data = request.POST if request.method == "POST" else None
    form = CorrectionForm(data, instance=correction, note=correction.note)
    if form.is_valid():
        try:
            correction.change(by=request.user, now=now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your correction is changed."))
            return redirect("meetings:correction_list", slug)
    elif data is None and not correction.can_be_changed(timezone.localdate(now)):
        messages.info(request, _("This correction can’t be changed any more."))
        return redirect("meetings:correction_list", slug)
    context = {"form": form, "correction": correction, "meeting": correction.note.meeting}
    return render(request, "meetings/correction_edit.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_POST
def correction_withdraw(request, slug, pk):
    correction = _own_correction(request, slug, pk)
    try:
        correction.withdraw(by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your correction is withdrawn."))
    return redirect("meetings:correction_list", slug)


@login_required
@never_cache
@require_POST
def naming(request, slug):
    """Whether the note names the person who asks."""
    note, attendance = _note_and_attendance(request, slug)
    if request.POST.get("named") == "yes":
        attendance.agree_to_be_named()
        messages.success(request, _("The note names you, as you wish."))
    elif request.POST.get("named") == "no":
        attendance.ask_not_to_be_named(now=timezone.now())
        if note.says(attendance.name):
            words = _(
                "The note doesn’t list you by name any more, but its text has it still. Please write to us."
            )
            messages.warning(request, words)
        else:
            messages.success(request, _("The note doesn’t name you, as you wish."))
    return redirect("meetings:correction_list", slug)


def _note_and_attendance(request, slug):
    """The note, which the person may read, and their own part in its meeting; Http404 without either."""
    meeting = get_object_or_404(Meeting.objects.for_page(), slug=slug)
    note = meeting.note_for(request.user) if meeting.is_visible_to(request.user) else None
    attendance = note and meeting.attendance_of(request.user)
    if attendance is None:
        raise Http404
    return note, attendance


def _own_correction(request, slug, pk):
    note = _note_and_attendance(request, slug)[0]
    return get_object_or_404(note.corrections.select_related("note__meeting"), pk=pk, member=request.user)
