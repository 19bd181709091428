from collections import Counter
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django import forms

from profiles.admin.fields import AlsoValidated
from profiles.models import Member

from ..models import Assessment, Decision, ExpertTerm
from ..vocabularies import Outcome

UNKNOWN = "unknown"
OPEN_OUTCOMES = [choice for choice in Outcome.choices if choice[0] != Outcome.MERGED]


@dataclass(frozen=True)
class Answer:
    """One of the four answers to a criterion: its mark and what it means here."""

    mark: str
    meaning: str

    def __str__(self):
        return f"{self.mark}: {self.meaning}"


class CriterionField(forms.TypedChoiceField):
    """0, ½, 1 or "don't know" for a criterion; cleans to half-points, or None for "don't know"."""

    widget = forms.RadioSelect

    def __init__(self, criterion):
        self.criterion = criterion
        super().__init__(
            label=criterion.name,
            help_text=criterion.description,
            choices=[
                ("0", Answer("0", criterion.anchor_zero)),
                ("1", Answer("½", criterion.anchor_half)),
                ("2", Answer("1", criterion.anchor_one)),
                (UNKNOWN, Answer("Don’t know", "Left out of the sum.")),
            ],
            coerce=lambda value: None if value == UNKNOWN else int(value),
            error_messages={
                "required": "Choose a score, or “Don’t know”.",
                "invalid_choice": "Choose one of the four answers.",
            },
        )


class ScoreForm(forms.Form):
    """An expert's answers to every criterion for one idea, starting from `assessment` if there is one."""

    note = forms.CharField(
        label="Note",
        required=False,
        max_length=Assessment._meta.get_field("note").max_length,
        help_text="Why you scored it so, if you like. The expert group may read it, without your name.",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, data=None, *, criteria, assessment=None):
        initial = {}
        if assessment:
            initial = {self.name_of(score.criterion_id): _value(score) for score in assessment.scores.all()}
            initial["note"] = assessment.note
        super().__init__(data, initial=initial)
        for criterion in criteria:
            self.fields[self.name_of(criterion.pk)] = CriterionField(criterion)

    @staticmethod
    def name_of(criterion_pk):
        return f"criterion-{criterion_pk}"

    @property
    def criterion_fields(self):
        return [field for field in self if isinstance(field.field, CriterionField)]

    @property
    def fields_with_errors(self):
        return [field for field in [*self.criterion_fields, self["note"]] if field.errors]

    @property
    def scores(self):
        """Criterion to half-points or None, as ExpertTerm.assess takes them."""
        return {field.field.criterion: self.cleaned_data[field.name] for field in self.criterion_fields}


def _value(score):
    return UNKNOWN if score.half_points is None else str(score.half_points)


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


class ExpertTermForm(AlsoValidated, forms.ModelForm):
    """An expert's term; a new one names the member by e-mail address, since editors can't browse members."""

    # The member comes from the address, so one term per member and round is checked here, not by a crash.
    also_validated = {"member"}

    email = forms.EmailField(
        label="Member's e-mail address", help_text="The address they sign in with. They must have joined."
    )

    class Meta:
        model = ExpertTerm
        fields = ["round", "starts_on", "ends_on", "affiliations", "interests"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["email"]

    def clean_email(self):
        address = self.cleaned_data["email"].lower()
        member = Member.objects.filter(email=address, is_active=True).first()
        if member is None:
            raise forms.ValidationError("No member has this address. Please ask them to join the site first.")
        if not EmailAddress.objects.filter(user=member, email__iexact=address, verified=True).exists():
            raise forms.ValidationError("This member has not confirmed their e-mail address yet.")
        self.instance.member = member
        return address
