import django_filters

from profiles.vocabularies import Area

from .models import Meeting, Topic


class MeetingFilter(django_filters.FilterSet):
    """What a visitor narrows the meetings down by."""

    kind = django_filters.ChoiceFilter(label="Kind of meeting", choices=Meeting.Kind, empty_label="All kinds")
    area = django_filters.ChoiceFilter(
        label="Nation or region", choices=Area, method="filter_area", empty_label="Everywhere"
    )
    topic = django_filters.ModelChoiceFilter(
        label="Topic",
        field_name="topics",
        queryset=Topic.objects.by_name(),
        to_field_name="slug",
        empty_label="All topics",
    )

    class Meta:
        model = Meeting
        fields = []

    def filter_area(self, meetings, name, code):
        return meetings.filter(areas__contains=[code])

    @property
    def is_narrowed(self):
        return any(self.form.data.get(name) for name in self.filters)

    @property
    def chosen(self):
        """What the meetings are really narrowed down by: choices that make no sense are left out."""
        self.form.is_valid()
        asked = self.form.cleaned_data
        return {name: getattr(value, "slug", value) for name, value in asked.items() if value}
