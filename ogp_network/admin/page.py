from django.contrib import admin

from ..models import Page
from .forms import PageForm
from .writing import StatusFilter, WritesVersions


@admin.register(Page)
class PageAdmin(WritesVersions, admin.ModelAdmin):
    """Where editors write the site's own pages."""

    form = PageForm
    list_display = ["title", "slug", "language", "status", "footer_position"]
    list_filter = [StatusFilter, "language"]
    search_fields = ["slug", "versions__title"]
    ordering = ["slug", "language", "pk"]
    fieldsets = [
        (None, {"fields": ["title", "summary", "body", "reason", "opened"]}),
        ("Where it stands", {"fields": ["slug", "language", "footer_position"]}),
    ]
