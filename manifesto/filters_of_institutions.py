import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from profiles.filters import Choice, Narrowing

from .models import Institution


class InstitutionFilter(Narrowing):
    """What a visitor narrows the institutions down by; former names find them, too."""

    text = django_filters.CharFilter(
        label=_("Words in the name"),
        method="filter_text",
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = Choice(label=_("Type"), choices=Institution.Kind, empty_label=_("All types"))

    class Meta:
        model = Institution
        fields = []

    def filter_text(self, queryset, name, value):
        return queryset.called(value) if "\0" not in value else queryset.none()
