from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from profiles.admin.fields import FIELDS
from profiles.admin.filters import QuerysetFilter
from profiles.admin.lists import PlainTitle

from ..errors import Refused
from ..forms.expert import ExpertTermForm, StandingForm
from ..models import ExpertTerm


class StandingFilter(QuerysetFilter):
    title = "state"
    parameter_name = "state"
    states = [
        ("counting", "Scores count"),
        ("set_aside", "Scores set aside"),
        ("undeclared", "Interests not declared yet"),
    ]


@admin.register(ExpertTerm)
class ExpertTermAdmin(PlainTitle, admin.ModelAdmin):
    """Who is on a round's expert group, from when to when, what they declared, and whether their scores count."""

    form = ExpertTermForm
    list_display = ["member", "round", "office", "declared", "is_named", "standing"]
    list_filter = ["round", StandingFilter]
    list_per_page = 50
    list_select_related = ["member", "round"]
    search_fields = ["member__display_name"]
    ordering = ["round", "member__display_name", "pk"]
    formfield_overrides = FIELDS

    def get_fields(self, request, obj=None):
        who = "member" if obj else "email"
        own_word = ["declared", "is_named"] if obj else []
        return [who, "round", "starts_on", "ends_on", "affiliations", "interests", *own_word]

    def get_readonly_fields(self, request, obj=None):
        return ["member", "round", "declared", "is_named"] if obj else []

    @admin.display(description="on the group", ordering="starts_on")
    def office(self, term):
        return f"{term.starts_on:%-d %b %Y} – {f'{term.ends_on:%-d %b %Y}' if term.ends_on else ''}"

    @admin.display(description="interests declared")
    def declared(self, term):
        declared_at = term.interests_declared_at
        return f"{timezone.localtime(declared_at):%-d %B %Y}" if declared_at else "Not yet"

    @admin.display(description="may be named", boolean=True)
    def is_named(self, term):
        return term.agrees_to_be_named

    @admin.display(description="scores")
    def standing(self, term):
        return "Set aside" if term.is_set_aside else "Count"

    def save_model(self, request, obj, form, change):
        if change:
            super().save_model(request, obj, form, change)
        else:
            obj.take_up()

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        view = self.admin_site.admin_view(self.standing_view)
        return [path("<int:pk>/standing/", view, name="manifesto_expertterm_standing"), *super().get_urls()]

    def standing_view(self, request, pk):
        """Take all scores of an expert out of the count, or let them count again, once an editor has said why."""
        term = get_object_or_404(ExpertTerm.objects.select_related("member", "round", "set_aside_by"), pk=pk)
        if not self.has_change_permission(request, term):
            raise PermissionDenied
        form = StandingForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            change = term.count_again if term.is_set_aside else term.set_aside
            try:
                change(reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"The scores of {term.person} {_standing_words(term)}.")
                return redirect("admin:manifesto_expertterm_change", term.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "Let the scores count again?" if term.is_set_aside else "Set the scores aside?",
            "opts": self.opts,
            "term": term,
            "form": form,
            "scored": term.assessments.values("revision__idea").distinct().count(),
            "standing_changes": term.standing_changes.select_related("changed_by"),
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/manifesto/expertterm/standing.html", context, status=status)


def _standing_words(term):
    return "are set aside and don’t count any more" if term.is_set_aside else "count again"
