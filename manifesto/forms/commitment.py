import re

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from profiles.filters import PlainSelect
from profiles.forms import LanguageField, LinedCharField
from profiles.vocabularies import language_tag

from ..models import Commitment, CommitmentPack, CommitmentWithdrawal, Theme
from ..models.commitments.wording import WORDING
from .draft import DraftForm

LONG = [field.name for field in Commitment._meta.fields if isinstance(field, models.TextField)]
DATES = ("starts_on", "ends_on")
ROWS = {"summary": 3, "supporting_government": 2, "supporting_civil_society": 2, "supporting_others": 2}
MOST_IDEAS = 50


class IdeaNumbersField(forms.CharField):
    """Public ideas of a round by their numbers, such as “3, 17”; each is taken once."""

    round = None

    def clean(self, value):
        text = super().clean(value)
        numbers = list(dict.fromkeys(re.findall(r"\d+", text)))
        if re.sub(r"[\d\s,;]", "", text) or len(numbers) > MOST_IDEAS or any(len(n) > 9 for n in numbers):
            raise ValidationError(_("Write the numbers of ideas, such as “3, 17”."))
        found = {
            idea.number: idea
            for idea in self.round.ideas.published().for_lineage().filter(number__in=map(int, numbers))
        }
        if missing := [number for number in numbers if int(number) not in found]:
            words = _("The round has no public idea with this number: %(numbers)s.")
            raise ValidationError(words, params={"numbers": ", ".join(missing)})
        return [found[int(number)] for number in numbers]


class WordingForm(forms.Form):
    """What a commitment says, in the fields of an action plan. `opened` is the revision that the page began with."""

    note = forms.CharField(
        label=_("What did you change, and why?"),
        help_text=_("Shown with the commitment’s wordings."),
        max_length=300,
        required=False,
    )
    language = LanguageField()
    opened = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 2)

    field_order = ["ideas", "theme", *WORDING, "language", "note", "opened"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        date = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields |= forms.fields_for_model(
            Commitment,
            WORDING,
            widgets=dict.fromkeys(DATES, date),
            field_classes=dict.fromkeys(LONG, LinedCharField),
        )
        self.order_fields(self.field_order)
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")
        for name in LONG:
            self.fields[name].widget.attrs["rows"] = ROWS.get(name, 6)
        self.use_required_attribute = False

    clean_title = DraftForm.clean_title

    def clean(self):
        super().clean()
        starts_on, ends_on = map(self.cleaned_data.get, DATES)
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The end date must not be before the start date."))

    def wording(self):
        return {name: self.cleaned_data[name] for name in WORDING}

    def as_commitment(self):
        """What was typed, as a commitment that isn't stored."""
        return Commitment(**self.wording(), language=self.cleaned_data["language"])

    @property
    def language_tag(self):
        return language_tag(self.cleaned_data["language"])


class DrawForm(WordingForm):
    """A new commitment of a round, drawn from ideas."""

    ideas = IdeaNumbersField(
        label=_("Ideas it is drawn from"),
        help_text=_("Their numbers, such as “3, 17”. A commitment may draw on several."),
        max_length=500,
        error_messages={"required": _("Please name at least one idea.")},
    )
    theme = forms.ModelChoiceField(
        label=_("Theme"), queryset=Theme.objects.none(), empty_label=_("Choose a theme"), widget=PlainSelect
    )

    def __init__(self, *args, round, themes, ideas=(), **kwargs):
        super().__init__(*args, initial=_begun_from(ideas, themes, round), **kwargs)
        self.fields["ideas"].round = round
        self.fields["theme"].queryset = themes
        self.fields["opened"].required = False
        del self.fields["note"]


def _begun_from(ideas, themes, round):
    """What ideas say, in the places of what a commitment says."""
    texts = {
        name: "\n\n".join(getattr(idea, part) for idea in ideas)
        for name, part in (("problem", "why"), ("solution", "how"), ("results", "difference"))
    }
    begun = {"language": round.language, "ideas": ", ".join(str(idea.number) for idea in ideas), **texts}
    if ideas:
        begun |= {"title": ideas[0].title, "theme": ideas[0].theme_id, "language": ideas[0].language}
    return begun


class ImproveForm(WordingForm):
    """A commitment's next wording."""

    def __init__(self, *args, revision, is_public, **kwargs):
        initial = {**revision.wording, "language": revision.language, "opened": revision.number}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["note"].required = is_public

    def begin_with(self, revision):
        """Let the next save of the same page stand over `revision`, which its author has been shown."""
        self.data = self.data.copy()
        self.data["opened"] = revision.number


class WithdrawalForm(forms.ModelForm):
    use_required_attribute = False

    class Meta:
        model = CommitmentWithdrawal
        fields = ["reason"]
        field_classes = {"reason": LinedCharField}
        labels = {"reason": _("Why is it withdrawn?")}
        help_texts = {"reason": _("Everybody can read it on the commitment’s page.")}
        error_messages = {"reason": {"required": _("Please say why. Everybody can read it.")}}


class PackForm(forms.ModelForm):
    use_required_attribute = False

    class Meta:
        model = CommitmentPack
        fields = ["title"]
        labels = {"title": _("Title of the pack")}
        error_messages = {"title": {"required": _("Please fill this in.")}}

    clean_title = DraftForm.clean_title
