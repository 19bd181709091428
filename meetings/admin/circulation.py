from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from profiles.admin.publication import Changeable
from profiles.errors import Refused

from ..forms.corrections import CirculationForm, SettlementForm

USUAL_TIME = timedelta(days=14)


class Circulates(Changeable):
    """An admin of notes with a page where they go round: to whom, until when, what people corrected."""

    def get_urls(self):
        pages = [
            ("circulation", self.circulation_view, "circulation"),
            ("circulation/end", self.take_back_view, "take_back"),
            ("agreement", self.agreement_view, "agreement"),
            ("corrections/<int:number>", self.settlement_view, "settlement"),
        ]
        return [
            *(
                path(f"<path:pk>/{part}/", self.admin_site.admin_view(view), name=f"meetings_note_{name}")
                for part, view, name in pages
            ),
            *super().get_urls(),
        ]

    def circulation_view(self, request, pk):
        """Send it round, or change the day until which it goes."""
        note, now = self.changeable(request, pk), timezone.now()
        until = note.corrections_until or timezone.localdate(now) + USUAL_TIME
        form = CirculationForm(request.POST if request.method == "POST" else None, initial={"until": until})
        if form.is_valid():
            try:
                note.circulate(until=form.cleaned_data["until"], by=request.user, now=now)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                self.log_change(request, note, "Sent round for corrections.")
                messages.success(request, "Those who were there can read it now. An e-mail tells them.")
                return self._back_to_circulation(note)
        return self._circulation_page(request, note, form=form)

    def take_back_view(self, request, pk):
        return self._do(request, pk, lambda note, now: note.take_back(), "It is a draft again.")

    def agreement_view(self, request, pk):
        return self._do(
            request,
            pk,
            lambda note, now: note.agree(by=request.user, now=now),
            "The note is agreed. You can publish it now.",
        )

    def settlement_view(self, request, pk, number):
        """Answer one correction."""
        note = self.changeable(request, pk)
        correction = get_object_or_404(note.corrections.all(), pk=number)
        form = SettlementForm(request.POST, instance=correction, prefix=str(correction.pk))
        if request.method == "POST" and form.is_valid():
            try:
                correction.settle(by=request.user, now=timezone.now(), **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"Your answer goes to {correction.name} by e-mail.")
                return self._back_to_circulation(note)
        if request.method != "POST":
            return self._back_to_circulation(note)
        return self._circulation_page(request, note, settled=form)

    def _do(self, request, pk, act, words):
        note = self.changeable(request, pk)
        if request.method == "POST":
            try:
                act(note, timezone.now())
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                self.log_change(request, note, words)
                messages.success(request, words)
        return self._back_to_circulation(note)

    def _back_to_circulation(self, note):
        return redirect("admin:meetings_note_circulation", note.pk)

    def _circulation_page(self, request, note, *, form=None, settled=None):
        today = timezone.localdate(timezone.now())
        until = note.corrections_until or today + USUAL_TIME
        form = form or CirculationForm(initial={"until": until})
        answers = [
            settled
            if settled and settled.instance == correction
            else SettlementForm(instance=correction, prefix=str(correction.pk))
            for correction in note.corrections.all()
        ]
        there = note.meeting.attendances.present().select_related("member").order_by("position", "pk")
        context = {
            **self.admin_site.each_context(request),
            "title": f"Corrections to the note of {note.meeting}",
            "opts": self.opts,
            "note": note,
            "form": form,
            "failed": settled or form,
            "open_answers": [answer for answer in answers if answer.instance.is_open],
            "settled_answers": [answer for answer in answers if answer.instance.is_settled],
            "readers": [attendance for attendance in there if attendance.member],
            "without_account": [attendance for attendance in there if not attendance.member],
            "takes_corrections": note.takes_corrections(today),
            "key_points": note.points.key_points(),
            "decisions": note.points.decisions(),
            "sections": note.sections.all(),
            "actions": note.actions.for_page(),
        }
        status = 422 if (settled or form).errors else 200
        return TemplateResponse(request, "admin/meetings/note/circulation.html", context, status=status)
