from django import forms
from django.contrib import admin, messages
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from ..models import Call
from .fields import FIELDS, AlsoValidated
from .lists import PlainTitle, moment
from .publication import Changeable


class CallForm(AlsoValidated, forms.ModelForm):
    also_validated = {"opens_at"}

    class Meta:
        model = Call
        fields = ["title", "slug", "introduction", "language", "closes_at"]


@admin.register(Call)
class CallAdmin(PlainTitle, Changeable, admin.ModelAdmin):
    """Where editors write a call, open it to the public and close it."""

    form = CallForm
    change_form_template = "admin/profiles/call/change_form.html"
    list_display = [
        "title",
        moment("opens_at", "opened"),
        "opened_by",
        moment("closes_at", "closes"),
        "closed_by",
        "answers",
    ]
    list_select_related = ["opened_by", "closed_by"]
    search_fields = ["title"]
    prepopulated_fields = {"slug": ["title"]}
    formfield_overrides = FIELDS
    ordering = ["-opens_at", "-pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_counts()

    @admin.display(description="answers")
    def answers(self, call):
        begun = f", {call.begun_count} being written" if call.begun_count else ""
        return f"{call.answer_count}{begun}"

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["is_open"] = bool(obj and obj.is_open(timezone.now()))
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self):
        view = self.admin_site.admin_view(self.open_view)
        return [path("<path:pk>/opening/", view, name="profiles_call_open"), *super().get_urls()]

    def open_view(self, request, pk):
        """Ask, then open the call to the public, or close it."""
        call, now = self.changeable(request, pk), timezone.now()
        if request.method == "POST" and "close" in request.POST:
            call.close(by=request.user, now=now)
            self.log_change(request, call, "Closed.")
            messages.success(request, f"“{call}” takes no more answers.")
            return self.back_to(call)
        if request.method == "POST":
            call.open(by=request.user, now=now)
            self.log_change(request, call, "Opened.")
            messages.success(request, f"“{call}” is open: everybody can read it, and it leads to the survey.")
            return self.back_to(call)
        is_open = call.is_open(now)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Close “{call}”?" if is_open else f"Open “{call}”?",
            "opts": self.opts,
            "call": call,
            "is_open": is_open,
        }
        return TemplateResponse(request, "admin/profiles/call/open.html", context)
