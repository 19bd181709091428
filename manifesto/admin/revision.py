from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from profiles.admin.lists import ReadOnly, moment

from ..models import Revision


@admin.register(Revision)
class RevisionAdmin(ReadOnly, admin.ModelAdmin):
    """What was published about ideas, latest first: improvements by authors come out without an editor's answer."""

    list_display = ["subject", moment("edited_at"), "editor_name", "note", "is_minor", "changes"]
    list_display_links = None
    list_per_page = 50
    search_fields = ["idea__title", "note"]
    ordering = ["-edited_at", "-pk"]

    def get_queryset(self, request):
        revisions = super().get_queryset(request).published()
        return revisions.select_related("idea__round", "edited_by").defer("idea__search")

    @admin.display(description="idea")
    def subject(self, revision):
        return f"{revision.title} ({revision})"

    @admin.display(description="by")
    def editor_name(self, revision):
        return revision.editor_name

    @admin.display(description="minor", boolean=True)
    def is_minor(self, revision):
        return revision.is_minor

    @admin.display(description="on the site")
    def changes(self, revision):
        if not revision.idea.is_public:
            return "–"
        address = reverse("manifesto:revision_list", args=[revision.idea.round.slug, revision.idea.number])
        return format_html(
            '<a href="{}">Wordings<span class="visually-hidden"> of {}</span></a>', address, revision.idea
        )
