from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from ..models import Membership, Organisation, OrganisationIdentifier, OrganisationName
from .fields import FIELDS, MemberByEmailField, RowsFormSet
from .lists import PlainTitle
from .merging import MergesOrganisations


class OtherNameFormSet(RowsFormSet):
    def key_of(self, form):
        return form.cleaned_data["name"].casefold()


class OtherNameInline(admin.TabularInline):
    model = OrganisationName
    formset = OtherNameFormSet
    extra = 1


class IdentifierInline(admin.TabularInline):
    model = OrganisationIdentifier
    formset = RowsFormSet
    extra = 1


class MembershipForm(forms.ModelForm):
    member = MemberByEmailField(
        label="E-mail address", help_text="Of somebody who has joined. You confirm that they belong."
    )

    class Meta:
        model = Membership
        fields = ["member", "role"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["member"] = forms.CharField(disabled=True, required=False)
            self.initial["member"] = self.instance.member.email

    def clean_member(self):
        return self.instance.member if self.instance.pk else self.cleaned_data["member"]


class MembershipFormSet(RowsFormSet):
    def key_of(self, form):
        return None if form.instance.ended_at else form.cleaned_data["member"]


class MembershipInline(admin.TabularInline):
    model = Membership
    fk_name = "organisation"
    form = MembershipForm
    formset = MembershipFormSet
    extra = 1
    can_delete = False
    formfield_overrides = FIELDS
    fields = ["member", "role", "confirmed_at", "ended_at", "answer"]
    readonly_fields = ["confirmed_at", "ended_at", "answer"]
    verbose_name = "person who belongs to it"
    verbose_name_plural = "people who belong to it"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("member", "organisation")

    @admin.display(description="confirm or end")
    def answer(self, membership):
        if membership.pk is None or membership.ended_at:
            return ""
        address = reverse("admin:profiles_membership_change", args=[membership.pk])
        words = "End it…" if membership.confirmed_at else "Answer…"
        return format_html(
            '<a href="{}">{}<span class="visually-hidden">: {}</span></a>', address, words, membership.member
        )


class NetworkMemberFilter(admin.SimpleListFilter):
    title = "part of the network"
    parameter_name = "network"

    def lookups(self, request, model_admin):
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request, queryset):
        match self.value():
            case "yes":
                return queryset.exclude(member_since=None)
            case "no":
                return queryset.filter(member_since=None)


@admin.register(Organisation)
class OrganisationAdmin(MergesOrganisations, PlainTitle, admin.ModelAdmin):
    list_display = ["name", "kind", "where", "member_since"]
    list_filter = ["kind", NetworkMemberFilter]
    list_per_page = 50
    search_fields = ["name", "other_names__name", "identifiers__value"]
    prepopulated_fields = {"slug": ["name"]}
    ordering = ["name", "pk"]
    inlines = [OtherNameInline, IdentifierInline, MembershipInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("name", "slug", "kind", "summary", "language"),
                    *("website", "email_domain", "member_since"),
                ]
            },
        ),
        ("Where it works", {"fields": ["areas"]}),
    ]
    formfield_overrides = FIELDS

    @admin.display(description="nations and regions")
    def where(self, organisation):
        return ", ".join(organisation.area_names)

    def save_formset(self, request, form, formset, change):
        """Whom an editor enters belongs as from now, on the editor's word."""
        if formset.model is not Membership:
            return super().save_formset(request, form, formset, change)
        formset.save(commit=False)
        for membership in formset.new_objects:
            membership.confirm(by=request.user, now=timezone.now())
        for membership, _ in formset.changed_objects:
            membership.save()
