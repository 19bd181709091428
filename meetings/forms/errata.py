from django import forms
from django.utils.translation import gettext_lazy as _

from profiles.survey_forms import TextField

from ..models import NoteErratum


class ErratumForm(forms.Form):
    """What goes beside a change of a public note."""

    explanation = TextField(
        label=_("What was wrong"),
        max_length=NoteErratum._meta.get_field("explanation").max_length,
        help_text=_(
            "Published with the date and a comparison. It may be left empty where only the people were wrong."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    hides_texts = forms.BooleanField(
        label=_("Don’t show what it said before"),
        required=False,
        help_text=_("For a name or anything else that must not be read again."),
    )

    use_required_attribute = False

    def full_clean(self):
        """Whether words are needed is known when the change has been looked at."""
        self.fields["explanation"].required = False
        super().full_clean()
        self.fields["explanation"].required = True
