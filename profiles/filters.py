import django_filters
from django import forms
from django.forms.utils import flatatt
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from .models import Organisation, Profile
from .models.profile import NO_THEME, WITHOUT_THEME
from .vocabularies import Area, ReformTheme


class PlainSelect(forms.Select):
    """A list to choose from, without a template for each choice: a third of what the page of stories cost."""

    def render(self, name, value, attrs=None, renderer=None):
        widget = self.get_context(name, value, attrs)["widget"]
        choices = [choice for _, group, _ in widget["optgroups"] for choice in group]
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (choice["value"], mark_safe(" selected") if choice["selected"] else "", choice["label"])
                for choice in choices
            ),
        )
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(widget["attrs"]), options)


class Choice(django_filters.ChoiceFilter):
    def __init__(self, **options):
        super().__init__(widget=PlainSelect, **options)


class Narrowing(django_filters.FilterSet):
    """What a visitor narrows a list down by."""

    # What is in the address without leaving anything out of the list.
    NOT_NARROWING = ()

    @cached_property
    def asked(self):
        """What was asked for and makes sense, by name."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def chosen(self):
        """The same as the address says it."""
        return {name: getattr(value, "slug", value) for name, value in self.asked.items()}

    @property
    def is_narrowed(self):
        """Whether anything was asked for, even if it makes no sense."""
        return any(self.form.data.get(name) for name in self.filters if name not in self.NOT_NARROWING)


class OrganisationFilter(Narrowing):
    """What a visitor narrows the organisations down by."""

    text = django_filters.CharFilter(
        label=_("Words in the name"),
        method="filter_text",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = Choice(label=_("Type"), choices=Organisation.Kind, empty_label=_("All types"))
    area = Choice(
        label=_("Nation or region"),
        choices=Area,
        field_name="areas",
        method="filter_area",
        empty_label=_("Everywhere"),
    )

    class Meta:
        model = Organisation
        fields = []

    def filter_text(self, organisations, name, text):
        return organisations.matching(text)

    def filter_area(self, rows, name, code):
        return rows.filter(**{f"{name}__contains": [code]})


class NetworkFilter(Narrowing):
    """Whose picture of the network it is."""

    kind = django_filters.ChoiceFilter(label=_("Type"), choices=Organisation.Kind, empty_label=_("All types"))

    class Meta:
        model = Organisation
        fields = []


def years_of_stories():
    """The years in which stories were published, the latest first."""
    years = Profile.objects.published().dates("published_at", "year", order="DESC")
    return [(str(day.year), str(day.year)) for day in years]


class ProfileFilter(OrganisationFilter):
    """The same for stories: their text, and whose they are."""

    text = django_filters.CharFilter(
        label=_("Words in the story"),
        method="filter_text",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = Choice(
        label=_("Type of organisation"),
        choices=Organisation.Kind,
        field_name="organisation__kind",
        empty_label=_("All types"),
    )
    area = Choice(
        label=_("Nation or region"),
        choices=Area,
        field_name="organisation__areas",
        method="filter_area",
        empty_label=_("Everywhere"),
    )

    theme = Choice(label=_("Theme of the reform"), choices=ReformTheme, empty_label=_("All themes"))
    year = Choice(label=_("Year"), choices=years_of_stories, method="filter_year", empty_label=_("All years"))

    class Meta:
        model = Profile
        fields = []

    def filter_year(self, profiles, name, year):
        return profiles.filter(published_at__year=year)


class ReformFilter(Narrowing):
    """What a visitor narrows the reforms down by: their theme, or that they have none yet."""

    theme = Choice(
        label=_("Theme"),
        choices=[*ReformTheme.choices, (NO_THEME, WITHOUT_THEME)],
        method="filter_theme",
        empty_label=_("All themes"),
    )

    class Meta:
        model = Profile
        fields = []

    def filter_theme(self, profiles, name, theme):
        return profiles.filter(theme="" if theme == NO_THEME else theme)
