from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from profiles.admin.fields import FIELDS, OrganisationByNameField
from profiles.models import Organisation

from ..models import Action, Meeting, Note, NoteNotReady, Point, Section
from .formsets import OrderedFormSet

SHORT_TEXT = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 3, "cols": 80})}}


class PointInline(admin.StackedInline):
    model = Point
    formset = OrderedFormSet
    extra = 3
    fields = ["text", "kind", "position"]
    formfield_overrides = SHORT_TEXT


class SectionInline(admin.StackedInline):
    model = Section
    formset = OrderedFormSet
    extra = 1
    fields = ["heading", "body", "position"]


class ActionForm(forms.ModelForm):
    owner_organisation = OrganisationByNameField(label="Owner’s organisation", required=False)

    class Meta:
        model = Action
        fields = ["text", "owner_name", "owner_organisation", "due_on", "done_at", "position"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.owner_organisation:
            self.initial["owner_organisation"] = self.instance.owner_organisation.name


class ActionInline(admin.StackedInline):
    model = Action
    form = ActionForm
    formset = OrderedFormSet
    extra = 1
    formfield_overrides = {**FIELDS, **SHORT_TEXT}

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("owner_organisation")


class PublishedFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return [("draft", "Draft"), ("published", "Published")]

    def queryset(self, request, queryset):
        return getattr(queryset, self.value())() if self.value() in dict(self.lookup_choices) else queryset


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):
    """Where editors write the note of a meeting and publish it."""

    change_form_template = "admin/meetings/note/change_form.html"
    list_display = ["meeting", "held_on", "written_by", "status", "published_at"]
    list_filter = [PublishedFilter]
    list_select_related = ["meeting"]
    list_per_page = 50
    search_fields = ["meeting__title", "written_by"]
    ordering = ["-meeting__held_on", "-pk"]
    inlines = [PointInline, SectionInline, ActionInline]
    fields = ["meeting", "written_by"]

    @admin.display(description="date", ordering="meeting__held_on")
    def held_on(self, note):
        return note.meeting.held_on

    @admin.display(description="status")
    def status(self, note):
        return note.status

    def get_readonly_fields(self, request, obj=None):
        return ["meeting"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "meeting":
            kwargs["queryset"] = Meeting.objects.without_note().by_latest()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def render_change_form(self, request, context, *args, **kwargs):
        context["organisations"] = Organisation.objects.by_name()
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self):
        view = self.admin_site.admin_view(self.publish_view)
        return [path("<path:pk>/publications/", view, name="meetings_note_publish"), *super().get_urls()]

    def publish_view(self, request, pk):
        if not self.has_change_permission(request):
            raise PermissionDenied
        note = self.get_object(request, unquote(pk))
        if note is None:
            raise Http404
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            note.publish(by=request.user, now=timezone.now())
        except NoteNotReady as reason:
            messages.error(request, f"Not published. {reason}")
        else:
            self.log_change(request, note, "Published.")
            messages.success(request, f"The note of “{note.meeting}” is public now.")
        return redirect("admin:meetings_note_change", note.pk)
