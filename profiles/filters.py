import django_filters
from django import forms

from .models import Organisation, Profile
from .vocabularies import Area


class OrganisationFilter(django_filters.FilterSet):
    """What a visitor narrows the organisations down by."""

    text = django_filters.CharFilter(
        label="Words in the name",
        method="filter_text",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = django_filters.ChoiceFilter(label="Type", choices=Organisation.Kind, empty_label="All types")
    area = django_filters.ChoiceFilter(
        label="Nation or region",
        choices=Area,
        field_name="areas",
        method="filter_area",
        empty_label="Everywhere",
    )

    class Meta:
        model = Organisation
        fields = []

    def filter_text(self, organisations, name, text):
        return organisations.matching(text)

    def filter_area(self, rows, name, code):
        return rows.filter(**{f"{name}__contains": [code]})

    @property
    def is_narrowed(self):
        return any(self.form.data.get(name) for name in self.filters)


class ProfileFilter(OrganisationFilter):
    """The same for stories: their text, and whose they are."""

    text = django_filters.CharFilter(
        label="Words in the story",
        method="filter_text",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = django_filters.ChoiceFilter(
        label="Type of organisation",
        choices=Organisation.Kind,
        field_name="organisation__kind",
        empty_label="All types",
    )
    area = django_filters.ChoiceFilter(
        label="Nation or region",
        choices=Area,
        field_name="organisation__areas",
        method="filter_area",
        empty_label="Everywhere",
    )

    class Meta:
        model = Profile
        fields = []
