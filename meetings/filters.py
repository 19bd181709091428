import django_filters
from django.utils.translation import gettext_lazy as _

from profiles.filters import Narrowing
from profiles.vocabularies import Area

from .models import Meeting, Topic


class MeetingFilter(Narrowing):
    """What a visitor narrows the meetings down by."""

    kind = django_filters.ChoiceFilter(
        label=_("Kind of meeting"), choices=Meeting.Kind, empty_label=_("All kinds")
    )
    area = django_filters.ChoiceFilter(
        label=_("Nation or region"), choices=Area, method="filter_area", empty_label=_("Everywhere")
    )
    topic = django_filters.ModelChoiceFilter(
        label=_("Topic"),
        field_name="topics",
        queryset=Topic.objects.by_name(),
        to_field_name="slug",
        empty_label=_("All topics"),
    )

    class Meta:
        model = Meeting
        fields = []

    def filter_area(self, meetings, name, code):
        return meetings.filter(areas__contains=[code])
