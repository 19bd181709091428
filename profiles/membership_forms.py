from django import forms

from . import identifiers
from .models import Membership, OrganisationIdentifier, OrganisationProposal

REQUIRED = {"required": "Please fill this in."}


class FindForm(forms.Form):
    text = forms.CharField(
        label="What is it called?",
        max_length=200,
        help_text="Part of the name is enough, or what it is called for short.",
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "organization"}),
    )
    use_required_attribute = False


class RequestForm(forms.ModelForm):
    """What somebody says who asks to join."""

    use_required_attribute = False
    role = forms.CharField(
        label="What do you do there?",
        max_length=120,
        help_text="Such as “Policy officer” or “Trustee”.",
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    note = forms.CharField(
        label="Anything that helps them know you",
        max_length=300,
        required=False,
        help_text="Only the people of the organisation and the editors read this.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = Membership
        fields = ["role", "note"]


class EndForm(forms.Form):
    use_required_attribute = False
    reason = forms.CharField(
        label="Why?",
        max_length=500,
        help_text="We send them what you write here.",
        error_messages={"required": "Say why: we tell the person."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ProposalForm(forms.ModelForm):
    """An organisation that isn't listed yet, as somebody describes it who belongs to it."""

    use_required_attribute = False
    scheme = forms.ChoiceField(
        label="Register it is in",
        required=False,
        choices=[("", "None, or I don’t know"), *OrganisationIdentifier.Scheme.choices],
    )

    website = forms.URLField(label="Its website", max_length=200, required=False, assume_scheme="https")

    class Meta:
        model = OrganisationProposal
        fields = ["name", "kind", "areas", "website", "summary", "scheme", "number", "role"]
        labels = {
            "name": "Its full name",
            "kind": "What kind of body is it?",
            "areas": "Where does it work?",
            "summary": "What is it, and what does it do?",
            "number": "Its number there",
            "role": "What do you do there?",
        }
        help_texts = {
            "summary": "One or two sentences. They will stand on its page.",
            "number": "We check that nobody has entered it before.",
            "role": "Such as “Policy officer” or “Trustee”.",
        }
        error_messages = {"name": REQUIRED, "kind": REQUIRED}
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}

    def clean(self):
        data = super().clean()
        scheme, number = data.get("scheme"), data.get("number")
        if number and not scheme:
            self.add_error("scheme", "Say which register this number is from.")
        elif scheme and not number:
            self.add_error("number", "Give the number too, or choose no register.")
        elif scheme:
            try:
                data["number"] = identifiers.normalised(scheme, number)
            except ValueError as error:
                self.add_error("number", str(error))
        return data
