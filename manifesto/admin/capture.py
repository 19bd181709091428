"""Where editors type in ideas from an event: one screen, one idea after the other."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from meetings.models import Meeting
from profiles.admin.lists import ReadOnly

from ..errors import Refused
from ..forms.capture import CaptureForm, SittingForm
from ..models import Action, Capture, Round

SHOWN = 30


@admin.register(Capture)
class CaptureAdmin(ReadOnly, admin.ModelAdmin):
    """The screen for ideas from an event. Those who may add ideas use it."""

    def has_module_permission(self, request):
        return request.user.has_perm("manifesto.add_idea")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("manifesto.add_idea")

    def get_urls(self):
        pages = [
            ("<int:round_pk>/<int:meeting_pk>/", self.sitting_view, "sitting"),
            ("<int:round_pk>/<int:meeting_pk>/<int:pk>/", self.edit_view, "edit"),
            ("<int:round_pk>/<int:meeting_pk>/<int:pk>/undo/", self.undo_view, "undo"),
        ]
        return [
            path(part, self.admin_site.admin_view(view), name=f"manifesto_capture_{name}")
            for part, view, name in pages
        ] + super().get_urls()

    def changelist_view(self, request, extra_context=None):
        """Choose the round and the meeting; their address keeps them."""
        self._require_permission(request)
        form = SittingForm(request.GET or None, now=timezone.now())
        if form.is_bound and form.is_valid():
            round, meeting = form.cleaned_data["round"], form.cleaned_data["meeting"]
            return redirect("admin:manifesto_capture_sitting", round.pk, meeting.pk)
        status = 422 if form.errors else 200
        return self._page(request, "choose", status=status, title="Ideas from an event", form=form)

    def sitting_view(self, request, round_pk, meeting_pk):
        round, meeting = self._place(request, round_pk, meeting_pk)
        now = timezone.now()
        last = Capture.objects.for_sitting(round, meeting).for_list().by_latest().first()
        form = CaptureForm(request.POST or None, round=round, meeting=meeting, last=last)
        if form.is_bound and form.is_valid():
            try:
                capture = Capture.enter(
                    round=round, meeting=meeting, by=request.user, now=now, **form.cleaned_data
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                request.audit_target = capture
                if capture.is_standing:
                    messages.success(request, f"“{capture}” is in. Here is room for the next one.")
                else:
                    messages.warning(
                        request, "This idea was taken back before. Enter it again if it is wanted."
                    )
                return redirect("admin:manifesto_capture_sitting", round.pk, meeting.pk)
        return self._sitting(request, round, meeting, form, now)

    def edit_view(self, request, round_pk, meeting_pk, pk):
        round, meeting = self._place(request, round_pk, meeting_pk)
        capture = get_object_or_404(Capture.objects.for_sitting(round, meeting).for_list(), pk=pk)
        form = CaptureForm(request.POST or None, round=round, meeting=meeting, editing=capture)
        if form.is_bound and form.is_valid():
            fields = {name: value for name, value in form.cleaned_data.items() if name != "key"}
            try:
                capture.correct(by=request.user, now=timezone.now(), **fields)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"“{fields['title']}” is changed.")
                return redirect("admin:manifesto_capture_sitting", round.pk, meeting.pk)
        return self._sitting(request, round, meeting, form, timezone.now(), editing=capture)

    def undo_view(self, request, round_pk, meeting_pk, pk):
        round, meeting = self._place(request, round_pk, meeting_pk)
        if request.method == "POST":
            capture = get_object_or_404(round.captures.filter(meeting=meeting), pk=pk)
            title = str(capture)
            try:
                capture.undo(by=request.user, now=timezone.now())
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, f"“{title}” is taken back.")
        return redirect("admin:manifesto_capture_sitting", round.pk, meeting.pk)

    def _sitting(self, request, round, meeting, form, now, editing=None):
        captures = Capture.objects.for_sitting(round, meeting)
        return self._page(
            request,
            "sitting",
            status=422 if form.errors else 200,
            title="Change an idea" if editing else "Ideas from an event",
            round=round,
            meeting=meeting,
            form=form,
            editing=editing,
            is_open=round.allows(Action.CAPTURE, now),
            captures=captures.for_list().by_latest()[:SHOWN],
            total=captures.count(),
            last_own=captures.for_list().by_latest().filter(entered_by=request.user).first(),
        )

    def _place(self, request, round_pk, meeting_pk):
        self._require_permission(request)
        return get_object_or_404(Round, pk=round_pk), get_object_or_404(Meeting, pk=meeting_pk)

    def _require_permission(self, request):
        if not request.user.has_perm("manifesto.add_idea"):
            raise PermissionDenied

    def _page(self, request, name, *, status=200, **context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/manifesto/capture/{name}.html", context, status=status)
