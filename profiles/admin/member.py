from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from ..models import AuditEntry, Member
from ..vocabularies import AuditAction
from .fields import FIELDS
from .lists import PlainTitle, moment
from .second_factor import ResetsSecondFactors
from .suspension import Suspends


class MemberForm(forms.ModelForm):
    class Meta:
        model = Member
        fields = ["email", "display_name", "is_active", "is_staff", "groups"]
        widgets = {"groups": forms.CheckboxSelectMultiple}

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if Member.objects.exclude(pk=self.instance.pk).filter(email=email).exists():
            raise forms.ValidationError("Somebody has joined with this e-mail address already.")
        return email


@admin.register(Member)
class MemberAdmin(Suspends, ResetsSecondFactors, PlainTitle, admin.ModelAdmin):
    """Where administrators open and close accounts. A new member signs in by e-mailed code, without a password."""

    form = MemberForm
    list_display = [
        "email",
        "display_name",
        "roles",
        "is_staff",
        "is_active",
        "suspension",
        "second_step",
        moment("joined_at"),
    ]
    list_filter = ["groups", "is_staff", "is_active"]
    search_fields = ["email", "display_name"]
    ordering = ["-joined_at", "-pk"]
    fieldsets = [
        (None, {"fields": ["email", "display_name", "is_active"]}),
        ("What they may do", {"fields": ["is_staff", "groups"]}),
        ("Dates", {"fields": ["joined_at", "last_login"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups", "authenticator_set")

    def get_readonly_fields(self, request, obj=None):
        """A member changes their own address, on their account page, and proves that it is theirs."""
        return ["joined_at", "last_login", *(["email"] if obj else [])]

    def get_fieldsets(self, request, obj=None):
        return self.fieldsets if obj else self.fieldsets[:2]

    @admin.display(description="suspension")
    def suspension(self, member):
        address = reverse("admin:profiles_member_suspend", args=[member.pk])
        words = "Suspended" if member.is_suspended else "Suspend…"
        return format_html(
            '<a href="{}">{}<span class="visually-hidden">: {}</span></a>', address, words, member
        )

    @admin.display(description="second step")
    def second_step(self, member):
        address = reverse("admin:profiles_member_second_factor", args=[member.pk])
        words = "Has one…" if member.authenticator_set.all() else "None"
        return format_html(
            '<a href="{}">{}<span class="visually-hidden">: {}</span></a>', address, words, member
        )

    @admin.display(description="groups")
    def roles(self, member):
        return ", ".join(group.name for group in member.groups.all())

    def save_model(self, request, obj, form, change):
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        rights = {"groups", "is_staff", "is_active"} & set(form.changed_data)
        if rights:
            before, now = form.initial.get("groups") or [], form.cleaned_data["groups"]
            AuditEntry.objects.record(
                AuditAction.RIGHTS_CHANGED,
                by=request.user,
                target=form.instance,
                now=timezone.now(),
                groups_before=sorted(group.pk for group in before),
                groups=sorted(group.pk for group in now),
                is_staff=form.instance.is_staff,
                is_active=form.instance.is_active,
            )

    def has_delete_permission(self, request, obj=None):
        return False


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Django's, with permissions to tick: its picker needs JavaScript, and names what has no role to screen readers."""

    formfield_overrides = FIELDS
