from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .forms import LanguageField
from .models import Membership, OrganisationIdentifier, OrganisationProposal

REQUIRED = {"required": gettext_lazy("Please fill this in.")}


class FindForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What is it called?"),
        max_length=200,
        help_text=gettext_lazy("Part of the name is enough, or what it is called for short."),
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "organization"}),
    )
    use_required_attribute = False


class RequestForm(forms.ModelForm):
    """What somebody says who asks to join."""

    use_required_attribute = False
    role = forms.CharField(
        label=gettext_lazy("What do you do there?"),
        max_length=120,
        help_text=gettext_lazy("Such as “Policy officer” or “Trustee”."),
        error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Anything that helps them know you"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Only the people of the organisation and the editors read this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta:
        model = Membership
        fields = ["role", "note"]


class EndForm(forms.Form):
    use_required_attribute = False
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=500,
        help_text=gettext_lazy("We send them what you write here."),
        error_messages={"required": gettext_lazy("Say why: we tell the person.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ProposalForm(forms.ModelForm):
    """An organisation that isn't listed yet, as somebody describes it who belongs to it."""

    use_required_attribute = False
    scheme = forms.ChoiceField(
        label=gettext_lazy("Register it is in"),
        required=False,
        choices=[("", gettext_lazy("None, or I don’t know")), *OrganisationIdentifier.Scheme.choices],
    )

    language = LanguageField()
    website = forms.URLField(
        label=gettext_lazy("Its website"), max_length=200, required=False, assume_scheme="https"
    )

    class Meta:
        model = OrganisationProposal
        fields = ["name", "kind", "areas", "website", "summary", "language", "scheme", "number", "role"]
        labels = {
            "name": gettext_lazy("Its full name"),
            "kind": gettext_lazy("What kind of body is it?"),
            "areas": gettext_lazy("Where does it work?"),
            "summary": gettext_lazy("What is it, and what does it do?"),
            "number": gettext_lazy("Its number there"),
            "role": gettext_lazy("What do you do there?"),
        }
        help_texts = {
            "summary": gettext_lazy("One or two sentences. They will stand on its page."),
            "number": gettext_lazy("We check that nobody has entered it before."),
            "role": gettext_lazy("Such as “Policy officer” or “Trustee”."),
        }
        error_messages = {"name": REQUIRED, "kind": REQUIRED}
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}

    def clean(self):
        data = super().clean()
        scheme, number = data.get("scheme"), data.get("number")
        if number and not scheme:
            self.add_error("scheme", _("Say which register this number is from."))
        elif scheme and not number:
            self.add_error("number", _("Give the number too, or choose no register."))
        elif scheme:
            try:
                data["number"] = OrganisationIdentifier.normalised(scheme, number)
            except forms.ValidationError as error:
                self.add_error("number", error)
        return data
