"""What language something is written in, which forms ask beside the text."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from profiles.vocabularies import languages


class LanguageField(forms.ChoiceField):
    """The language of the page, unless the writer chooses another."""

    def __init__(self, **kwargs):
        defaults = {
            "label": _("I write this in"),
            "choices": languages,
            "initial": get_language,
            # Each language is listed by the name it gives itself.
            "widget": forms.Select(attrs={"translate": "no"}),
        }
        super().__init__(**defaults | kwargs)

    def clean(self, value):
        """Nobody needs to choose: there is one to begin with."""
        return super().clean(value) if value else ""


def clean_language(form):
    """What was chosen or, where nothing was, what the form began with."""
    field = form.fields["language"]
    return form.cleaned_data["language"] or form.get_initial_for_field(field, "language")
