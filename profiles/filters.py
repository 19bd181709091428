import django_filters
from django import forms

from .models import Organisation, Profile
from .models.profile import NO_THEME
from .vocabularies import Area, ReformTheme


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


def years_of_stories():
    """The years in which stories were published, the latest first."""
    years = Profile.objects.published().dates("published_at", "year", order="DESC")
    return [(str(day.year), str(day.year)) for day in years]


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

    theme = django_filters.ChoiceFilter(
        label="Theme of the reform", choices=ReformTheme, empty_label="All themes"
    )
    year = django_filters.ChoiceFilter(
        label="Year", choices=years_of_stories, method="filter_year", empty_label="All years"
    )

    class Meta:
        model = Profile
        fields = []

    def filter_year(self, profiles, name, year):
        return profiles.filter(published_at__year=year)


class ReformFilter(django_filters.FilterSet):
    """What a visitor narrows the reforms down by: their theme, or that they have none yet."""

    theme = django_filters.ChoiceFilter(
        label="Theme",
        choices=[*ReformTheme.choices, (NO_THEME, "Not under a theme yet")],
        method="filter_theme",
        empty_label="All themes",
    )

    class Meta:
        model = Profile
        fields = []

    def filter_theme(self, profiles, name, theme):
        return profiles.filter(theme="" if theme == NO_THEME else theme)
