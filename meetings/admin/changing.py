from django.contrib import messages
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from profiles.admin.publication import Changeable
from profiles.errors import Refused

from ..forms.changing import CancellationForm, MoveForm, ReinstatementForm
from ..models import Meeting

PAGES = [("moves", "move", MoveForm), ("cancellations", "cancel", CancellationForm)]
PAGES += [("reinstatements", "reinstate", ReinstatementForm)]


class ChangesMeetings(Changeable):
    """The admin of meetings with pages that move an announced one, cancel it, or say that it takes place after all.

    What people were told of when and where changes there alone, with a reason; what nobody knew yet is just filled in.
    """

    def get_readonly_fields(self, request, obj=None):
        fixed = super().get_readonly_fields(request, obj)
        if obj is None or not obj.is_announced or obj.is_past(timezone.localdate(timezone.now())):
            return fixed
        told = [name for name in Meeting.WHEN_AND_WHERE if getattr(obj, name) or name == "ends_on"]
        return [*fixed, *told]

    def get_urls(self):
        own = [
            path(
                f"<path:pk>/{part}/",
                self.admin_site.admin_view(self.change_time_view),
                {"change": change, "form_class": form_class},
                name=f"meetings_meeting_{change}",
            )
            for part, change, form_class in PAGES
        ]
        return [*own, *super().get_urls()]

    def change_time_view(self, request, pk, change, form_class):
        """Ask why, then move, cancel or reinstate."""
        meeting = self.changeable(request, pk)
        data = request.POST if request.method == "POST" else None
        form = MoveForm(data, instance=meeting) if form_class is MoveForm else form_class(data)
        if form.is_valid():
            try:
                form.apply(meeting, by=request.user, now=timezone.now())
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                self.log_change(request, meeting, f"{form.word}: {form.cleaned_data['reason']}")
                messages.success(
                    request, f"{form.word}. Its page says so, and so do the calendars that follow ours."
                )
                return self.back_to(meeting)
        context = {
            **self.admin_site.each_context(request),
            "title": form.button,
            "opts": self.opts,
            "meeting": Meeting.objects.get(pk=meeting.pk),
            "form": form,
            "change": change,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/meetings/meeting/change.html", context, status=status)
