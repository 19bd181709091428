from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from .models.finding import SiteSearch
from .models.kinds import KINDS

LONGEST = 200


class SearchForm(forms.Form):
    """What a visitor looks for on the whole site, and what they narrow it down to."""

    q = forms.CharField(
        label=gettext_lazy("What are you looking for?"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={
            "max_length": gettext_lazy("Please search for fewer words: at most %(limit_value)d characters.")
        },
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("Everything")), *((kind.name, kind.label) for kind in KINDS.values())],
    )
    year = forms.IntegerField(
        label=gettext_lazy("Year"), required=False, min_value=1, max_value=9999, widget=forms.Select
    )
    use_required_attribute = False

    def __init__(self, data, *, language):
        super().__init__(data)
        self.language = language

    @cached_property
    def asked(self):
        """What was asked for and makes sense, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @cached_property
    def search(self):
        """The search, or None where there are no words to look for."""
        text = self.asked.get("q")
        return SiteSearch(text, language=self.language) if text else None

    @property
    def narrowed(self):
        """The kind and the year that were chosen."""
        return {name: self.asked[name] for name in ("kind", "year") if name in self.asked}

    def with_counts(self):
        """The form, saying beside each choice how many it would show."""
        if not self.search:
            return self
        kind, year = self.asked.get("kind"), self.asked.get("year")
        by_kind = self.search.count_by_kind(year)
        self.fields["kind"].widget.choices = [
            ("", _with_number(self.fields["kind"].choices[0][1], sum(number for _, number in by_kind))),
            *((each.name, _with_number(each.label, number)) for each, number in by_kind),
        ]
        self.fields["year"].widget.choices = self._years(self.search.count_by_year(kind), year)
        return self

    def _years(self, counted, chosen):
        years = [(year, _with_number(year, number)) for year, number in counted]
        if chosen and chosen not in dict(counted):
            years.append((chosen, _with_number(chosen, 0)))
        return [("", gettext_lazy("Any year")), *years]


def _with_number(label, number):
    return f"{label} ({number:,})"
