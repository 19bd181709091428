from datetime import timedelta

from django import forms
from django.utils import timezone

from ..models import Invalidation, VoteGroup
from ..models.suspicion import AGES


class WholeHour(forms.DateTimeField):
    """A moment, as the full hour it is in."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 3600}, format="%Y-%m-%dT%H:%M")

    def clean(self, value):
        moment = super().clean(value)
        return moment and moment.replace(minute=0, second=0, microsecond=0)


class VoteGroupForm(forms.Form):
    """Which votes of a round an editor asks about. Hours are whole, so that no moment singles out a vote."""

    starts_at = WholeHour(label="From", help_text="Whole hours.")
    ends_at = WholeHour(label="Until")
    idea = forms.IntegerField(
        label="Idea, by its number",
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="Empty for all.",
    )
    age = forms.ChoiceField(
        label="Age of the accounts when they voted",
        required=False,
        choices=[("", "Any"), *((code, label) for code, (label, *_) in AGES.items())],
    )
    network = forms.RegexField("^[0-9a-f]{16}$", required=False, widget=forms.HiddenInput)
    domain = forms.RegexField("^[0-9a-f]{16}$", required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, round, now):
        self.round = round
        hour = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
        initial = {"starts_at": hour - timedelta(days=1), "ends_at": hour + timedelta(hours=1)}
        super().__init__(data or None, initial=initial)

    def clean_idea(self):
        if number := self.cleaned_data["idea"]:
            idea = self.round.ideas.published().defer("search").filter(number=number).first()
            if idea is None:
                raise forms.ValidationError("There is no public idea of that number in this round.")
            return idea
        return None

    def clean(self):
        starts_at, ends_at = (self.cleaned_data.get(name) for name in ("starts_at", "ends_at"))
        if starts_at and ends_at and starts_at >= ends_at:
            self.add_error("ends_at", "This has to be later than the beginning.")

    @property
    def group(self):
        return VoteGroup(round=self.round, **self.cleaned_data)


class ReasonForm(forms.Form):
    """Why votes don't count."""

    reason = forms.CharField(
        label="Reason, as everybody will read it",
        max_length=Invalidation._meta.get_field("reason").max_length,
        help_text="Say what looked wrong. Name nobody, and no organisation, network or address.",
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class ReasonToUndoForm(ReasonForm):
    """Why they count again."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[
            "reason"
        ].help_text = "Say why they count after all. Name nobody, and no organisation, network or address."
