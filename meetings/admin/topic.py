from django.contrib import admin

from profiles.admin.lists import PlainTitle

from ..models import Topic


@admin.register(Topic)
class TopicAdmin(PlainTitle, admin.ModelAdmin):
    """What meetings come back to. Those who may write meetings may write topics."""

    list_display = ["name", "slug"]
    list_per_page = 50
    search_fields = ["name", "summary"]
    fields = ["name", "slug", "summary"]
    prepopulated_fields = {"slug": ["name"]}

    def has_module_permission(self, request):
        return request.user.has_perm("meetings.view_meeting")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("meetings.view_meeting")

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("meetings.change_meeting")

    has_add_permission = has_delete_permission = has_change_permission
