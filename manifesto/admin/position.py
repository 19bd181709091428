from django.contrib import admin

from ..models import Position
from .on_record import OnRecordAdmin, StateFilter


@admin.register(Position)
class PositionAdmin(OnRecordAdmin, admin.ModelAdmin):
    """Where parties and other institutions stand on what is asked of them."""

    list_display = ["institution", "about", "stance", "stated_on", "state"]
    list_filter = [StateFilter, "stance"]
    search_fields = ["institution__names__name", "topline", "quotation"]
    fields = [
        "institution",
        ("ask", "commitment"),
        "stance",
        "topline",
        "quotation",
        ("source_title", "source_url", "source_page"),
        "stated_on",
        "term",
        "meeting",
        "language",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_subjects()

    @admin.display(description="on")
    def about(self, position):
        return position.title

    @admin.display(description="state")
    def state(self, position):
        if not position.is_published:
            return "Draft"
        if position.is_withdrawn:
            return "Withdrawn"
        return "On record" if position.is_latest else "Corrected"
