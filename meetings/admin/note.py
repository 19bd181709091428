from django import forms
from django.contrib import admin
from django.db import models
from django.utils import timezone
from django.utils.html import format_html

from profiles.admin.fields import FIELDS, MemberByEmailField, OrganisationByNameField, OrganisationsForm
from profiles.admin.filters import QuerysetFilter
from profiles.admin.lists import PlainTitle, moment
from profiles.admin.publication import Publishes
from profiles.errors import NotReady
from profiles.models import Organisation

from ..models import Action, Link, Meeting, Note, Point, Section
from .circulation import Circulates
from .formsets import OrderedFormSet

SHORT_TEXT = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 3, "cols": 80})}}


class PointInline(admin.TabularInline):
    model = Point
    formset = OrderedFormSet
    template = "admin/meetings/_table.html"
    extra = 3
    ordering = ["position", "pk"]
    fields = ["position", "kind", "text"]
    formfield_overrides = SHORT_TEXT


class SectionInline(admin.StackedInline):
    model = Section
    formset = OrderedFormSet
    extra = 1
    fields = ["heading", "body", "position"]


class ActionForm(OrganisationsForm):
    owner_organisation = OrganisationByNameField(label="Owner’s organisation", required=False)
    owner_member = MemberByEmailField(
        label="Owner’s account",
        required=False,
        help_text="Its e-mail address, which isn’t published. The owner is reminded, and can say when it’s done.",
    )

    class Meta:
        model = Action
        fields = [
            *("text", "owner_name", "owner_organisation", "owner_member"),
            *("due_on", "due_text", "position"),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if owner := self.instance.owner_member:
            self.initial["owner_member"] = owner.email


class ActionInline(admin.StackedInline):
    model = Action
    form = ActionForm
    formset = OrderedFormSet
    extra = 1
    formfield_overrides = {**FIELDS, **SHORT_TEXT}
    readonly_fields = ["how_it_stands"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("owner_organisation", "owner_member")

    @admin.display(description="how it stands")
    def how_it_stands(self, action):
        if not action.pk:
            return "Open"
        return format_html(
            '{}. <a href="{}">Say that it’s done, or what else happened</a>',
            action.status.label,
            action.get_absolute_url(),
        )


class LinkInline(admin.TabularInline):
    model = Link
    formset = OrderedFormSet
    template = "admin/meetings/_table.html"
    extra = 1
    fields = ["position", "title", "url"]
    formfield_overrides = FIELDS

    # Links go with the note: who may change that may change them.

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("meetings.view_note")

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("meetings.change_note")

    has_add_permission = has_delete_permission = has_change_permission


class NoteForm(forms.ModelForm):
    """A note; once it is public, with the words that go beside a correction."""

    explanation = forms.CharField(
        label="What was wrong",
        max_length=1000,
        required=False,
        help_text="Needed when you change what the note says. It is published with the date and a comparison.",
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
    )
    hides_texts = forms.BooleanField(
        label="Don’t show what it said before",
        required=False,
        help_text="For a name or anything else that must not be read again.",
    )
    refusal = ""

    class Meta:
        model = Note
        fields = ["meeting", "written_by"]

    def clean(self):
        super().clean()
        if self.refusal:
            self.add_error("explanation", self.refusal)


class PublishedFilter(QuerysetFilter):
    title = "status"
    parameter_name = "status"
    states = [
        ("draft", "Draft"),
        ("circulated", "Circulated"),
        ("agreed", "Agreed"),
        ("published", "Published"),
    ]


@admin.register(Note)
class NoteAdmin(PlainTitle, Circulates, Publishes, admin.ModelAdmin):
    """Where editors write the note of a meeting and publish it."""

    words_once_public = "The note of “{0.meeting}” is public now."
    change_form_template = "admin/meetings/note/change_form.html"
    list_display = ["meeting", "held_on", "written_by", "status", moment("published_at")]
    list_filter = [PublishedFilter]
    list_select_related = ["meeting"]
    list_per_page = 50
    save_on_top = True
    search_fields = ["meeting__title", "written_by"]
    ordering = ["-meeting__held_on", "-pk"]
    form = NoteForm
    inlines = [PointInline, SectionInline, ActionInline, LinkInline]

    @admin.display(description="date", ordering="meeting__held_on")
    def held_on(self, note):
        return note.meeting.held_on

    @admin.display(description="status")
    def status(self, note):
        return note.status

    def can_publish(self, request, obj):
        return super().can_publish(request, obj) and not (obj and obj.is_circulated)

    def has_delete_permission(self, request, obj=None):
        """What was public is corrected instead, and kept."""
        return super().has_delete_permission(request, obj) and not (obj and obj.is_published)

    def get_readonly_fields(self, request, obj=None):
        return ["meeting"] if obj else []

    def get_fieldsets(self, request, obj=None):
        note = (None, {"fields": ["meeting", "written_by"]})
        correction = ("This correction", {"fields": ["explanation", "hides_texts"]})
        return [note, correction] if obj and obj.is_published else [note]

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except NotReady as refusal:
            # All is undone by now: the same page once more, with what was typed.
            request.refusal = str(refusal)
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.refusal = getattr(request, "refusal", "")
        return form

    def save_model(self, request, obj, form, change):
        """What is there already is changed with its rows, in `save_related`."""
        if not change:
            super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        explanation = form.cleaned_data.get("explanation") or ""
        keeps_texts = not form.cleaned_data.get("hides_texts")
        correction = form.instance.correcting(
            explanation, by=request.user, now=timezone.now(), keeps_texts=keeps_texts
        )
        with correction:
            if change:
                super().save_model(request, form.instance, form, change)
            super().save_related(request, form, formsets, change)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "meeting":
            begun = Meeting.objects.begun(timezone.localdate(timezone.now()))
            kwargs["queryset"] = begun.without_note().by_latest()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["organisations"] = Organisation.objects.by_name()
        context["open_corrections"] = obj.corrections.open().count() if obj else 0
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)
