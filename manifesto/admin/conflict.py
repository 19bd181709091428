from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from profiles.admin.lists import PlainTitle, ReadOnly

from ..errors import Refused
from ..forms.interests import SettlementForm
from ..models import Conflict


@admin.register(Conflict)
class ConflictAdmin(ReadOnly, PlainTitle, admin.ModelAdmin):
    """Where editors read what experts declared, and say what follows. No expert of the round gets in."""

    list_display = ["expert", "about", "kind", "action", "came_up"]
    list_display_links = None
    list_filter = ["term__round", "action"]
    list_per_page = 50
    search_fields = ["term__member__display_name", "idea__title"]
    ordering = ["-declared_at", "-pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).for_editor(request.user).for_admin()

    @admin.display(description="expert", ordering="term__member__display_name")
    def expert(self, conflict):
        address = reverse("admin:manifesto_conflict_settle", args=[conflict.pk])
        about = f" on idea {conflict.idea.number}: read and settle"
        return format_html(
            '<a href="{}">{}<span class="visually-hidden">{}</span></a>', address, conflict.term.person, about
        )

    @admin.display(description="idea", ordering="idea__number")
    def about(self, conflict):
        return f"{conflict.idea.number} · {conflict.idea}"

    @admin.display(description="how it came up", ordering="declared_at")
    def came_up(self, conflict):
        how = "Found by the site" if conflict.is_found else "Declared"
        settled = ", settled since" if conflict.settled_at else ""
        return f"{how} on {timezone.localtime(conflict.declared_at):%-d %B %Y}{settled}"

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("manifesto.settle_conflict")

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_urls(self):
        view = self.admin_site.admin_view(self.settle_view)
        return [path("<int:pk>/settlement/", view, name="manifesto_conflict_settle"), *super().get_urls()]

    def settle_view(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        conflict = get_object_or_404(self.get_queryset(request), pk=pk)
        form = SettlementForm(request.POST or None, conflict=conflict)
        if request.method == "POST" and form.is_valid():
            try:
                conflict.settle(form.cleaned_data["action"], by=request.user, now=timezone.now())
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, "It is on record what follows from this interest.")
                return redirect("admin:manifesto_conflict_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": f"An interest of {conflict.term.person}",
            "opts": self.opts,
            "conflict": conflict,
            "form": form,
            "changes": conflict.changes.select_related("changed_by"),
            "is_public": conflict.term.round.is_shortlist_published,
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/manifesto/conflict/settle.html", context, status=status)
