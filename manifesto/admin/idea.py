from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from profiles.admin.filters import QuerysetFilter
from profiles.admin.lists import PlainTitle, moment
from profiles.models import Organisation

from ..errors import Refused
from ..forms.moderation import IdeaAdminForm, ModerationForm
from ..models import Idea
from ..models.revision import WORDING
from .commitments import draw_commitment
from .merge import merge_into_new


class StateFilter(QuerysetFilter):
    title = "state"
    parameter_name = "state"
    states = [
        ("pending", "Waiting for an editor"),
        ("published", "Published"),
        ("merged", "Merged into another"),
        ("declined", "Not published"),
    ]


@admin.register(Idea)
class IdeaAdmin(PlainTitle, admin.ModelAdmin):
    """Where editors read what came in, answer it, and enter ideas from workshops, letters and e-mails."""

    form = IdeaAdminForm
    list_display = ["title", "state", "moderate", "author", "place", moment("submitted_at")]
    list_filter = [StateFilter, "round", "source", "level"]
    list_select_related = ["round"]
    list_per_page = 50
    search_fields = ["title", "why", "how", "difference"]
    ordering = ["-submitted_at", "-pk"]
    actions = [merge_into_new, draw_commitment]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fieldsets = [
        (None, {"fields": ["round", "source", "raised_at", "external_reference", "credited_as"]}),
        ("The idea", {"fields": [*WORDING, "language", "evidence_links"]}),
        (
            "Where it belongs",
            {"fields": ["theme", "level", "areas", "ogp_values", "policy_areas", "organisation"]},
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).for_admin()

    def render_change_form(self, request, context, *args, **kwargs):
        context["organisations"] = Organisation.objects.by_name()
        return super().render_change_form(request, context, *args, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        """Once an idea is in, its wording is what people support: improving it is a step of its own."""
        return [*WORDING, "language", "round", "source", "credited_as"] if obj else []

    @admin.display(description="state")
    def state(self, idea):
        if idea.is_pending:
            return "Waiting for an editor"
        if idea.survivor_id:
            return "Merged into another"
        return "Published" if idea.is_published else "Not published"

    @admin.display(description="author")
    def author(self, idea):
        return ", ".join(idea.author_names)

    credited_as = author
    credited_as.short_description = "credited to"

    @admin.display(description="round", ordering="round")
    def place(self, idea):
        return idea.round.place

    @admin.display(description="answer")
    def moderate(self, idea):
        if not idea.is_pending:
            return "–"
        address = reverse("admin:manifesto_idea_moderate", args=[idea.pk])
        return format_html(
            '<a href="{}">Read and answer<span class="visually-hidden">: {}</span></a>', address, idea
        )

    def save_model(self, request, obj, form, change):
        if change:
            return super().save_model(request, obj, form, change)
        fields = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "credited_as"}
        idea = Idea.receive(now=timezone.now(), credited_as=form.cleaned_data["credited_as"], **fields)
        obj.__dict__.update(idea.__dict__)

    def has_moderate_permission(self, request):
        return request.user.has_perm("manifesto.moderate_idea")

    def has_draw_permission(self, request):
        return request.user.has_perm("manifesto.change_commitment")

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        view = self.admin_site.admin_view(self.moderate_view)
        return [path("<path:pk>/moderations/", view, name="manifesto_idea_moderate"), *super().get_urls()]

    def moderate_view(self, request, pk):
        if not request.user.has_perm("manifesto.moderate_idea"):
            raise PermissionDenied
        idea = self.get_object(request, unquote(pk))
        if idea is None:
            raise Http404
        form = ModerationForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                form.apply(idea, by=request.user, now=timezone.now())
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._next_to_moderate(request, idea)
        context = {
            **self.admin_site.each_context(request),
            "title": idea.title,
            "opts": self.opts,
            "idea": idea,
            "form": form,
            "moderations": idea.moderations.select_related("moderated_by"),
            "waiting": Idea.objects.pending().count(),
            "duplicates": idea.likely_duplicates(),
        }
        status = 200 if form.is_valid() or not form.is_bound else 422
        return TemplateResponse(request, "admin/manifesto/idea/moderate.html", context, status=status)

    def _next_to_moderate(self, request, idea):
        told = " The author is told." if idea.authorships.exclude(member=None).exists() else ""
        messages.success(request, f"Your answer to “{idea}” is saved.{told}")
        if waiting := Idea.objects.pending().order_by("submitted_at", "pk").first():
            return redirect("admin:manifesto_idea_moderate", waiting.pk)
        messages.info(request, "That was the last one: nothing else is waiting.")
        return redirect("admin:manifesto_idea_changelist")
