from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from profiles.admin.fields import FIELDS
from profiles.admin.filters import QuerysetFilter
from profiles.admin.lists import PlainTitle

from ..errors import Refused
from ..forms.on_record import ExpectedAnswerForm, ShortlistDueForm
from ..models import ExpectedAnswer, GovernmentAnswer
from .on_record import OnRecordAdmin, StateFilter

WORDS = {
    "awaited": "Awaited",
    "due_soon": "Due soon",
    "late": "{} days late",
    "in_time": "Answered in time",
    "given_late": "Answered {} days late",
}


class DueFilter(QuerysetFilter):
    title = "state"
    parameter_name = "state"
    states = [
        ("to_check", "To check now"),
        ("overdue", "Overdue"),
        ("unanswered", "Not answered"),
        ("answered", "Answered"),
    ]

    def arguments(self):
        return [timezone.localdate(timezone.now())] if self.value() in ("to_check", "overdue") else []


@admin.register(ExpectedAnswer)
class ExpectedAnswerAdmin(PlainTitle, admin.ModelAdmin):
    """Which answers are expected from whom and when, and which an editor is to look for: the desk of checks due."""

    form = ExpectedAnswerForm
    formfield_overrides = FIELDS
    list_display = ["item", "institution", "due_on", "next_check_on", "state", "answer"]
    list_filter = [DueFilter, "institution"]
    list_per_page = 50
    ordering = ["next_check_on", "due_on", "pk"]
    change_list_template = "admin/manifesto/expectedanswer/change_list.html"

    def get_queryset(self, request):
        return super().get_queryset(request).with_answers()

    def get_readonly_fields(self, request, obj=None):
        return ["idea", "commitment", "institution"] if obj else []

    @admin.display(description="state")
    def state(self, expected):
        timing = expected.timing_at(timezone.localdate(timezone.now()))
        return WORDS[timing.state].format(timing.days)

    @admin.display(description="answer")
    def answer(self, expected):
        address = reverse("admin:manifesto_governmentanswer_add")
        name = '<a href="{}?expected={}">Record an answer<span class="visually-hidden"> to {}</span></a>'
        return format_html(name, address, expected.pk, expected.item)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.recorded_by, obj.recorded_at = request.user, timezone.now()
        obj.save()

    def get_urls(self):
        view = self.admin_site.admin_view(self.shortlist_view)
        return [path("shortlist/", view, name="manifesto_expectedanswer_shortlist"), *super().get_urls()]

    def shortlist_view(self, request):
        """One due day for everything on a shortlist that hasn't been answered."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ShortlistDueForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            chosen, now = form.cleaned_data, timezone.now()
            try:
                number = ExpectedAnswer.objects.expect_of_shortlist(**chosen, by=request.user, now=now)
            except Refused as refusal:
                form.add_error("round", str(refusal))
            else:
                messages.success(request, f"The due day is set for {number} of the shortlist.")
                return redirect("admin:manifesto_expectedanswer_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": "Ask for answers to a shortlist",
            "opts": self.opts,
            "form": form,
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(
            request, "admin/manifesto/expectedanswer/shortlist.html", context, status=status
        )


@admin.register(GovernmentAnswer)
class GovernmentAnswerAdmin(OnRecordAdmin, admin.ModelAdmin):
    """What government answered, with its reasons and the document they stand in."""

    list_display = ["item", "institution", "outcome", "stated_on", "state"]
    list_filter = [StateFilter, "outcome"]
    search_fields = ["reasons", "source_title"]
    fields = [
        "expected",
        "outcome",
        "reasons",
        ("source_title", "source_url", "source_page"),
        "stated_on",
        "term",
        "language",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_items()

    @admin.display(description="to")
    def item(self, answer):
        return answer.expected.item

    @admin.display(description="by")
    def institution(self, answer):
        return answer.expected.institution

    @admin.display(description="state")
    def state(self, answer):
        if not answer.is_published:
            return "Draft"
        if answer.is_withdrawn:
            return "Withdrawn"
        return "On record" if answer.is_latest else "Corrected"
