from django.contrib import admin

from profiles.admin.lists import moment

from ..models import Post
from .forms import PostForm
from .writing import StatusFilter, WritesVersions


@admin.register(Post)
class PostAdmin(WritesVersions, admin.ModelAdmin):
    """Where editors write news and calls to action."""

    form = PostForm
    list_display = ["title", "slug", "language", "status", moment("published_at")]
    list_filter = [StatusFilter, "language"]
    search_fields = ["slug", "versions__title"]
    ordering = ["-published_at", "-pk"]
    fieldsets = [
        (None, {"fields": ["title", "summary", "body", "reason", "opened"]}),
        (
            "What it calls for",
            {
                "fields": ["closes_at", "action_label", "action_link"],
                "description": "Only for a call to action: what people can do until a deadline.",
            },
        ),
        ("Where it stands", {"fields": ["slug", "language"]}),
    ]
