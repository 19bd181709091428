from collections import Counter

from django import forms

from ..models import Decision
from ..vocabularies import Outcome

OPEN_OUTCOMES = [choice for choice in Outcome.choices if choice[0] != Outcome.MERGED]


class DecisionForm(forms.Form):
    """One idea on the shortlist board; everything may wait."""

    position = forms.IntegerField(
        label="Place",
        required=False,
        min_value=1,
        max_value=999,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    outcome = forms.ChoiceField(
        label="Outcome", required=False, choices=[("", "No decision yet"), *OPEN_OUTCOMES]
    )
    reasons = forms.CharField(
        label="Reasons, as they will be published",
        required=False,
        max_length=Decision._meta.get_field("reasons").max_length,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    def __init__(self, data=None, *, idea, result):
        self.idea, self.result = idea, result
        self.recorded = getattr(idea, "decision", None)
        self.theirs = self.place = None
        initial = {name: getattr(self.recorded, name) for name in self.base_fields} if self.recorded else {}
        super().__init__(data, prefix=f"idea-{idea.number}", initial=initial)

    @property
    def decision(self):
        """The decision as typed, not saved."""
        return Decision(idea=self.idea, **self.cleaned_data)

    def clean(self):
        cleaned = super().clean()
        # As typed: an error below takes it out of what counts as clean, but the whole board compares places.
        self.place = cleaned.get("position")
        if self.place and "outcome" in cleaned and not Decision(**cleaned).may_have_place:
            self.add_error("position", "For a place, choose “Accepted” or “Accepted in part”.")
        return cleaned

    def show_theirs(self):
        """Set beside what was typed what somebody else has saved, where that differs."""
        recorded = self.recorded or Decision(idea=self.idea)
        if not self.is_valid() or not self.decision.says_as(recorded):
            self.theirs = recorded


class ShortlistForm(forms.Form):
    """The whole board: a decision for each idea, over the `version` that was opened."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data=None, *, ranking, version):
        super().__init__(data, initial={"version": version})
        self.entries = [DecisionForm(data, idea=idea, result=result) for idea, result in ranking]

    @property
    def decisions(self):
        return [entry.decision for entry in self.entries if not entry.decision.is_empty]

    @property
    def fields_with_errors(self):
        return [(entry, field) for entry in self.entries for field in entry if field.errors]

    def clean(self):
        has_errors = any([bool(entry.errors) for entry in self.entries])
        given = Counter(entry.place for entry in self.entries if entry.place)
        for entry in self.entries:
            if given[entry.place] > 1:
                has_errors = True
                entry.add_error("position", f"Another idea has place {entry.place} too.")
        if has_errors:
            self.add_error(None, "Nothing is saved yet. Please mend what is marked below and save again.")
        return self.cleaned_data

    def offer_to_overwrite(self, version):
        """Let the next save replace the `version` that somebody else has saved, now that it is shown."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = version
        for entry in self.entries:
            entry.show_theirs()


class PublicationForm(forms.Form):
    """An editor's word to publish the board in the `version` they have read."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
