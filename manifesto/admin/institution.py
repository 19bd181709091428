from itertools import pairwise

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from profiles.admin.fields import FIELDS, RowsFormSet
from profiles.admin.filters import QuerysetFilter
from profiles.admin.lists import PlainTitle

from ..errors import Refused
from ..forms.on_record import EndForm, RenameForm
from ..models import Institution, Office, Term


class CurrentFilter(QuerysetFilter):
    title = "state"
    parameter_name = "state"
    states = [("current", "Still there")]


@admin.register(Institution)
class InstitutionAdmin(PlainTitle, admin.ModelAdmin):
    """Parties, departments and others that are asked for things. Their names and their end have pages of their own."""

    fields = ["kind", "name", "slug", "website", "nation"]
    prepopulated_fields = {"slug": ["name"]}
    formfield_overrides = FIELDS
    list_display = ["name", "kind", "nation", "ended_on"]
    list_filter = [CurrentFilter, "kind"]
    list_per_page = 50
    search_fields = ["names__name"]
    ordering = ["name", "pk"]
    change_form_template = "admin/manifesto/institution/change_form.html"

    def get_readonly_fields(self, request, obj=None):
        return ["name", "slug", "ended_on", "succeeded_by"] if obj else []

    def get_fields(self, request, obj=None):
        return [*self.fields, "ended_on", "succeeded_by"] if obj else self.fields

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def save_model(self, request, obj, form, change):
        if change:
            obj.save()
        else:
            obj.begin()

    def get_urls(self):
        urls = [
            path(f"<int:pk>/{part}/", self.admin_site.admin_view(view), name=f"manifesto_institution_{name}")
            for part, name, view in [("name", "name", self.name_view), ("end", "end", self.end_view)]
        ]
        return [*urls, *super().get_urls()]

    def name_view(self, request, pk):
        """Another name from a day on, or the right spelling of this one."""

        def rename(institution, chosen):
            if chosen["since_on"] is None:
                institution.respell(chosen["name"])
            else:
                institution.rename(**chosen, now_on=timezone.localdate(timezone.now()))
            return "The name is changed. Former names and addresses still lead here."

        def form_for(institution, data):
            return RenameForm(data, initial={"name": institution.name})

        return self._act(request, pk, "name", form_for, rename)

    def end_view(self, request, pk):
        """It is no more, and something may have taken its place."""

        def end(institution, chosen):
            institution.end(**chosen, now_on=timezone.localdate(timezone.now()))
            return "Its end is on record. What it said stays."

        def form_for(institution, data):
            initial = {"on": institution.ended_on, "succeeded_by": institution.succeeded_by}
            return EndForm(data, initial=initial, institution=institution)

        return self._act(request, pk, "end", form_for, end)

    def _act(self, request, pk, name, form_for, act):
        institution = get_object_or_404(Institution.objects.select_related("succeeded_by"), pk=pk)
        if not self.has_change_permission(request, institution):
            raise PermissionDenied
        sent = request.method == "POST"
        form = form_for(institution, request.POST if sent else None)
        if sent and form.is_valid():
            try:
                messages.success(request, act(institution, form.cleaned_data))
                return redirect("admin:manifesto_institution_change", institution.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        context = {
            **self.admin_site.each_context(request),
            "title": f"{'Name' if name == 'name' else 'End'} of {institution}",
            "opts": self.opts,
            "institution": institution,
            "names": institution.names.all(),
            "form": form,
        }
        template = f"admin/manifesto/institution/{name}.html"
        return TemplateResponse(request, template, context, status=422 if sent else 200)


class TermFormSet(RowsFormSet):
    """All terms of an office at once, none of which overlaps another."""

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        kept = [form for form in self.forms if form not in self.deleted_forms and form.instance.starts_on]
        kept.sort(key=lambda form: form.instance.starts_on)
        for before, after in pairwise(kept):
            if before.instance.ends_on is None or before.instance.ends_on > after.instance.starts_on:
                after.add_error("starts_on", "Somebody else holds the office then. End their term first.")


class TermInline(admin.TabularInline):
    model = Term
    formset = TermFormSet
    fields = ["name", "starts_on", "ends_on"]
    formfield_overrides = FIELDS
    extra = 1


@admin.register(Office)
class OfficeAdmin(PlainTitle, admin.ModelAdmin):
    """Posts of institutions, and who held them from when until when. A new holder inherits what was said in it."""

    fields = ["institution", "name"]
    list_display = ["name", "institution"]
    list_select_related = ["institution"]
    list_per_page = 50
    search_fields = ["name", "institution__names__name", "terms__name"]
    ordering = ["institution__name", "name", "pk"]
    inlines = [TermInline]

    def get_readonly_fields(self, request, obj=None):
        return ["institution"] if obj else []
