from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Correction
from ..models.correction import PARTS

IN_GENERAL = "general"


class CorrectionForm(forms.ModelForm):
    """What somebody who was there would put differently, and where."""

    use_required_attribute = False
    where = forms.ChoiceField(label=_("Where in the note?"))

    class Meta:
        model = Correction
        fields = ["where", "words"]
        labels = {"words": _("What would you put differently?")}
        widgets = {"words": forms.Textarea(attrs={"rows": 5})}
        error_messages = {"words": {"required": _("Say what you would put differently.")}}

    def __init__(self, *args, note, **kwargs):
        super().__init__(*args, **kwargs)
        places = [*note.headings, *PARTS, *filter(None, [self.instance.where])]
        self.fields["where"].choices = [
            (IN_GENERAL, _("In general")),
            *((place, PARTS.get(place, place)) for place in dict.fromkeys(places)),
        ]

    def clean_where(self):
        where = self.cleaned_data["where"]
        return "" if where == IN_GENERAL else where


class CirculationForm(forms.Form):
    """Until when people can correct a note."""

    use_required_attribute = False
    until = forms.DateField(
        label="Corrections until",
        help_text="The last day on which those who were there can say what they would put differently.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose a day.", "invalid": "Write a day such as 2026-05-31."},
    )


class SettlementForm(forms.ModelForm):
    """What an editor does with a correction."""

    use_required_attribute = False
    outcome = forms.ChoiceField(
        label="What becomes of it",
        choices=Correction.Outcome,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is taken in."},
    )

    class Meta:
        model = Correction
        fields = ["outcome", "reply"]
        labels = {"reply": "Your reply"}
        help_texts = {"reply": "We send it to the person. If it isn’t taken in, say why."}
        widgets = {"reply": forms.Textarea(attrs={"rows": 3})}

    def _post_clean(self):
        """What makes an answer complete is the verb's to say; nothing is set here."""
