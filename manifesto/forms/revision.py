from django import forms
from django.utils.translation import gettext_lazy as _

from profiles.forms import LanguageField
from profiles.vocabularies import language_tag

from ..models import Idea
from ..models.revision import WORDING
from .draft import DraftForm


class RevisionForm(forms.Form):
    """An idea's next wording. `opened` is the number of the revision that the page began with."""

    note = forms.CharField(
        label=_("What did you change, and why?"),
        help_text=_("Shown with the idea’s wordings."),
        max_length=300,
        required=False,
    )
    is_minor = forms.BooleanField(
        label=_("This only mends spelling or grammar"),
        help_text=_("Support for the earlier wording then counts for this one, and nobody is told."),
        required=False,
    )
    language = LanguageField()
    opened = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 2)

    field_order = [*WORDING, "language", "note", "is_minor", "opened"]

    def __init__(self, *args, revision, is_editor=False, **kwargs):
        initial = {**revision.text, "language": revision.language, "opened": revision.number}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields |= forms.fields_for_model(Idea, WORDING, widgets={"title": forms.TextInput})
        self.order_fields(self.field_order)
        for name in WORDING:
            self.fields[name].error_messages["required"] = _("Please fill this in.")
        for name in ("why", "how", "difference"):
            self.fields[name].widget.attrs["rows"] = 9
        if not is_editor:
            del self.fields["is_minor"]
        self.use_required_attribute = False

    # One line, with something in it to see, as when the idea was first written.
    clean_title = DraftForm.clean_title

    def wording(self):
        return {name: self.cleaned_data[name] for name in WORDING}

    @property
    def language_tag(self):
        return language_tag(self.cleaned_data["language"])

    def begin_with(self, revision):
        """Let the next save of the same page stand over `revision`, which its author has been shown."""
        self.data = self.data.copy()
        self.data["opened"] = revision.number
