from django import forms

from profiles.admin.fields import AlsoValidated, OrganisationByNameField

from ..models import Authorship, Idea
from ..vocabularies import DeclineReason
from .capture import MeetingField
from .draft import DraftForm, LinesField

APPROVE = "approve"


class ModerationForm(forms.Form):
    """An editor's answer to a submitted idea."""

    answer = forms.ChoiceField(
        label="Your answer",
        choices=[(APPROVE, "Publish it"), *DeclineReason.choices],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether to publish it or why not."},
    )
    words = forms.CharField(
        label="Words to the author",
        help_text="The author sees them with your answer. Only needed if you don’t publish the idea.",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
        required=False,
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("answer") not in (None, APPROVE) and not cleaned.get("words"):
            self.add_error("words", "Tell the author why.")
        return cleaned

    def apply(self, idea, *, by, now):
        """Approve or decline as chosen. Raise a Refused."""
        words = self.cleaned_data["words"]
        if self.cleaned_data["answer"] == APPROVE:
            idea.approve(by=by, now=now, words=words)
        else:
            idea.decline(by=by, now=now, reason=self.cleaned_data["answer"], words=words)


class IdeaAdminForm(AlsoValidated, forms.ModelForm):
    """An idea as editors see it; one that didn't come through the website is entered here."""

    also_validated = {"round", "source"}

    credited_as = forms.CharField(
        label="Credited to",
        max_length=Authorship._meta.get_field("credited_as").max_length,
        help_text="Who put it forward, such as “Participants of the Leeds workshop”.",
    )
    raised_at = MeetingField(label="Raised at", required=False, empty_label="Not at a meeting of ours")
    organisation = OrganisationByNameField(required=False, help_text="Start to type its name.")
    evidence_links = LinesField(label="Links that support it", required=False, max_length=10)

    class Meta:
        model = Idea
        fields = ["round", "source", "raised_at", "external_reference", *DraftForm.Meta.fields]

    def clean(self):
        cleaned = super().clean()
        theme, round = cleaned.get("theme"), cleaned.get("round") or getattr(self.instance, "round", None)
        if theme and round and theme.round_id != round.pk:
            self.add_error("theme", "This theme belongs to another round.")
        return cleaned
