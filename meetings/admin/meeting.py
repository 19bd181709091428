from contextlib import nullcontext

from django import forms
from django.contrib import admin
from django.utils import timezone

from profiles.admin.fields import (
    FIELDS,
    AlsoValidated,
    OrganisationByNameField,
    OrganisationsForm,
    RowsFormSet,
)
from profiles.admin.filters import QuerysetFilter
from profiles.admin.lists import PlainTitle
from profiles.models import Organisation

from ..models import Attendance, Meeting
from .changing import ChangesMeetings
from .formsets import AttendanceFormSet, KnownMemberField
from .registration import TakesRegistrations


class AttendanceForm(OrganisationsForm):
    organisation = OrganisationByNameField(required=False)
    member = KnownMemberField(label="Account’s e-mail", required=False)

    class Meta:
        model = Attendance
        fields = [
            *("name", "organisation", "organisation_name", "member", "side", "role", "mode"),
            *("is_named", "shows_initials", "position"),
        ]
        widgets = {
            "name": forms.TextInput(attrs={"size": 17}),
            "position": forms.NumberInput(attrs={"min": 0, "class": "vIntegerField"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("organisation", "organisation_name", "member"):
            self.fields[name].widget.attrs["size"] = 19
        if self.instance.member:
            self.initial["member"] = self.instance.member.email

    def clean_is_named(self):
        is_named = self.cleaned_data["is_named"]
        if is_named and self.instance.asked_not_to_be_named_at:
            raise forms.ValidationError("This person has asked not to be named.")
        return is_named

    def _get_validation_exclusions(self):
        # Whether there is such an account is what the field has just found out.
        return super()._get_validation_exclusions() | {"member"}


class AttendanceInline(admin.TabularInline):
    model = Attendance
    form = AttendanceForm
    formset = AttendanceFormSet
    template = "admin/meetings/_table.html"
    extra = 3
    ordering = ["position", "pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organisation", "member")


class OrganiserForm(OrganisationsForm):
    organisation = OrganisationByNameField()


class OrganiserFormSet(RowsFormSet):
    def clean(self):
        """Each organisation once, counting the rows that came in since the page was loaded."""
        super().clean()
        shown = {form.instance.pk for form in self.initial_forms}
        seen = {row.organisation for row in self.get_queryset() if row.pk not in shown}
        for form in self.forms:
            if form in self.deleted_forms or not form.is_valid():
                continue
            organisation = form.cleaned_data.get("organisation")
            if organisation and organisation in seen:
                form.add_error("organisation", "This is entered twice.")
            seen.add(organisation)


class OrganiserInline(admin.TabularInline):
    model = Meeting.organisers.through
    form = OrganiserForm
    formset = OrganiserFormSet
    fields = ["organisation"]
    template = "admin/meetings/_table.html"
    extra = 1
    verbose_name = "organiser"
    verbose_name_plural = "organisers"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organisation").order_by("pk")


class MeetingForm(AlsoValidated, OrganisationsForm):
    also_validated = frozenset(Meeting.WHEN_AND_WHERE)

    institution = OrganisationByNameField(
        label="Institution", required=False, help_text=Meeting._meta.get_field("institution").help_text
    )


class WhenFilter(QuerysetFilter):
    title = "when"
    parameter_name = "when"
    states = [("upcoming", "Coming up"), ("past", "Past")]

    def arguments(self):
        return [timezone.localdate(timezone.now())]


@admin.register(Meeting)
class MeetingAdmin(TakesRegistrations, PlainTitle, ChangesMeetings, admin.ModelAdmin):
    """Where editors announce meetings and enter who came."""

    form = MeetingForm
    change_form_template = "admin/meetings/meeting/change_form.html"
    list_display = ["title", "held_on", "kind", "status", "note_status"]
    list_filter = [WhenFilter, "kind"]
    list_select_related = ["note"]
    list_per_page = 50
    search_fields = ["title", "venue", "summary"]
    date_hierarchy = "held_on"
    ordering = ["-held_on", "-pk"]
    prepopulated_fields = {"slug": ["title"]}
    formfield_overrides = FIELDS
    inlines = [OrganiserInline, AttendanceInline]
    fieldsets = [
        (
            None,
            {"fields": ["title", "slug", "kind", "language", "summary", "agenda", "institution", "topics"]},
        ),
        (
            "When and where",
            {
                "fields": [
                    *("held_on", "starts_at", "ends_at", "ends_on"),
                    *("venue", "map_url", "has_remote_access", "areas"),
                ],
                "description": "Times are local time in the United Kingdom. What people have been told already "
                "changes under “Move…”.",
            },
        ),
        (
            "Registration",
            {
                "fields": [
                    *("accepts_registrations", "registrations_close_at", "capacity", "remote_capacity"),
                    *("joining_details", "is_joining_public"),
                ]
            },
        ),
        ("In public", {"fields": ["announced_at", "notice_given_on"]}),
    ]

    @admin.display(description="status")
    def status(self, meeting):
        if meeting.is_cancelled:
            return "Cancelled"
        return "Announced" if meeting.is_announced else "Not public"

    @admin.display(description="note")
    def note_status(self, meeting):
        return meeting.note.status if hasattr(meeting, "note") else "None"

    def has_delete_permission(self, request, obj=None):
        """Once people were told of it, it is cancelled instead, and its page says so."""
        return super().has_delete_permission(request, obj) and not (obj and obj.is_announced)

    def save_related(self, request, form, formsets, change):
        note = getattr(form.instance, "note", None)
        correction = note.correcting_people(by=request.user, now=timezone.now()) if note else nullcontext()
        with correction:
            super().save_related(request, form, formsets, change)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["organisations"] = Organisation.objects.by_name()
        today = timezone.localdate(timezone.now())
        context["has_begun"] = obj and obj.has_begun(today)
        context["is_past"] = obj and obj.is_past(today)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)
