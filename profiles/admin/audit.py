from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from ..models import AuditEntry, Member
from .lists import PlainTitle, ReadOnly, moment


class ActorFilter(admin.SimpleListFilter):
    title = "who"
    parameter_name = "who"

    def lookups(self, request, model_admin):
        staff = Member.objects.filter(is_staff=True).order_by("display_name", "pk")
        return [(str(member.pk), member.public_name) for member in staff]

    def queryset(self, request, queryset):
        who = self.value()
        return queryset.filter(actor_pk=who) if who in dict(self.lookup_choices) else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, PlainTitle, admin.ModelAdmin):
    """What staff did, latest first. Names are looked up when somebody reads it: there are none in the log."""

    list_display = [moment("at", "when"), "who", "did", "target", "more"]
    list_display_links = None
    list_filter = [ActorFilter, "action"]
    date_hierarchy = "at"
    search_fields = ["target_kind"]
    search_help_text = "A kind of thing, such as meetings.note"
    list_per_page = 50
    show_full_result_count = False
    ordering = ["-at", "-pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_actor_name()

    @admin.display(ordering="actor_pk")
    def who(self, entry):
        if entry.actor_pk is None:
            return "The site itself"
        if entry.actor_name is None:
            return "An account that is gone"
        return self._only("actor_pk", entry, entry.actor_name or "A member")

    @admin.display(description="did what", ordering="action")
    def did(self, entry):
        return entry.get_action_display()

    @admin.display(description="to what")
    def target(self, entry):
        if not entry.target_kind:
            return "–"
        return self._only("target_pk", entry, f"{entry.target_kind} {entry.target_pk}", "target_kind")

    @admin.display(description="details")
    def more(self, entry):
        return ", ".join(
            f"{name.replace('_', ' ')}: {_written(value)}" for name, value in entry.details.items()
        )

    def _only(self, name, entry, words, *others):
        """A link to the entries that have this in common."""
        query = urlencode({field: getattr(entry, field) for field in (*others, name)})
        return format_html(
            '<a href="{}?{}">{}</a>', reverse("admin:profiles_auditentry_changelist"), query, words
        )


def _written(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
