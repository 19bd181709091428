from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ogp_network import safe_csv
from profiles.admin.fields import MemberByEmailField
from profiles.errors import Refused
from profiles.models import AuditEntry
from profiles.vocabularies import AuditAction

from ..models import Meeting, Registration

PER_PAGE = 100
COLUMNS = ["name", "organisation", "how", "place", "may be named"]


class OnBehalfForm(forms.Form):
    member = MemberByEmailField(
        label="E-mail address of the member", error_messages={"required": "Please fill this in."}
    )
    mode = forms.ChoiceField(label="How they come", choices=Registration.Mode)
    use_required_attribute = False

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["mode"].choices = [(mode, mode.label) for mode in places]


class TakesRegistrations:
    """The admin of meetings with pages about who has registered, for those who prepare them."""

    def get_urls(self):
        pages = [
            ("registrations/", self.registrations_view, "registrations"),
            ("registrations/private-door-list.csv", require_safe(self.door_view), "door"),
            (
                "registrations/<int:registration>/cancellation/",
                self.cancellation_view,
                "registration_cancel",
            ),
            ("attendances/", require_POST(self.take_over_view), "take_over"),
        ]
        return [
            path(
                f"<int:pk>/{part}",
                never_cache(self.admin_site.admin_view(view)),
                name=f"meetings_meeting_{name}",
            )
            for part, view, name in pages
        ] + super().get_urls()

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and obj.accepts_registrations:
            # There may be room for more now.
            Registration.objects.give_free_places(obj, now=timezone.now())

    def registrations_view(self, request, pk):
        meeting = self._meeting(request, pk, "meetings.view_registration")
        places = Registration.objects.places_at(meeting)
        form = OnBehalfForm(request.POST if request.method == "POST" else None, places=places)
        if form.is_valid() and self._register(request, meeting, form):
            return self._back(meeting)
        registrations = Registration.objects.live().filter(meeting=meeting).for_editors()
        context = {
            **self.admin_site.each_context(request),
            "title": f"Registrations: {meeting}",
            "opts": self.opts,
            "meeting": meeting,
            "has_begun": meeting.has_begun(timezone.localdate(timezone.now())),
            "places": list(places.values()),
            "page_obj": Paginator(registrations, PER_PAGE).get_page(request.GET.get("page")),
            "form": form,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/meetings/meeting/registrations.html", context, status=status)

    def _register(self, request, meeting, form):
        if not request.user.has_perm("meetings.add_registration"):
            raise PermissionDenied
        member = form.cleaned_data["member"]
        try:
            registration = Registration.objects.register(
                meeting,
                member,
                now=timezone.now(),
                mode=form.cleaned_data["mode"],
                name=member.public_name,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return False
        words = "has a place" if registration.is_placed else "is on the waiting list"
        messages.success(request, f"{member} {words}, and is told.")
        return True

    def cancellation_view(self, request, pk, registration):
        meeting = self._meeting(request, pk, "meetings.change_registration")
        registration = get_object_or_404(meeting.registrations.live(), pk=registration)
        if request.method != "POST":
            context = {
                **self.admin_site.each_context(request),
                "title": f"Cancel the registration of {registration.name}?",
                "opts": self.opts,
                "meeting": meeting,
                "registration": registration,
            }
            return TemplateResponse(request, "admin/meetings/meeting/registration_cancel.html", context)
        try:
            registration.cancel(by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"The registration of {registration.name} is cancelled. They are told.")
        return self._back(meeting)

    def take_over_view(self, request, pk):
        meeting = self._meeting(request, pk, "meetings.view_registration")
        if not request.user.has_perm("meetings.add_attendance"):
            raise PermissionDenied
        try:
            count = Registration.objects.take_over(meeting, by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self._back(meeting)
        self.log_change(request, meeting, f"Taken over from registrations: {count}.")
        messages.success(request, f"Taken over: {count}. Take out those who didn’t come, and save.")
        return redirect("admin:meetings_meeting_change", meeting.pk)

    def door_view(self, request, pk):
        """Who has a place or waits, without what they need: a printed list is soon left lying about."""
        meeting = self._meeting(request, pk, "meetings.view_registration")
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="private-door-list-{meeting.slug}.csv"'
        writer = safe_csv.writer(response)
        writer.writerow(COLUMNS)
        for registration in Registration.objects.live().filter(meeting=meeting).for_editors():
            writer.writerow(
                [
                    registration.name,
                    registration.organisation_label,
                    registration.get_mode_display(),
                    "yes" if registration.is_placed else f"waiting, {registration.queue_place}",
                    "yes" if registration.agrees_to_be_named else "no",
                ]
            )
        AuditEntry.objects.record(
            AuditAction.DOWNLOADED, by=request.user, target=meeting, now=timezone.now(), page="door"
        )
        return response

    def _meeting(self, request, pk, permission):
        if not request.user.has_perm(permission):
            raise PermissionDenied
        return get_object_or_404(Meeting, pk=pk)

    def _back(self, meeting):
        return redirect("admin:meetings_meeting_registrations", meeting.pk)
