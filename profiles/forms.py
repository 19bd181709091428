from django import forms
from django.utils import timezone

from .vocabularies import Frequency


class LinedCharField(forms.CharField):
    """Browsers send a line's end as two characters and count it as one; so do we."""

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class SignupForm(forms.Form):
    """What joining asks besides the e-mail address and password; django-allauth adds those."""

    field_order = ["display_name", "email", "password1", "consent"]

    display_name = forms.CharField(
        label="Your name",
        max_length=80,
        help_text="Shown with your ideas. It need not be your full name.",
        error_messages={"required": "Please fill this in."},
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    consent = forms.BooleanField(
        label="I agree that the network records which ideas I support and put forward",
        help_text=(
            "Supporting an idea can show a political opinion, and the law protects those. "
            "Nobody sees which ideas you support. You can change your mind at any time."
        ),
        error_messages={"required": "We can only open an account with your agreement."},
    )

    def signup(self, request, member):
        member.rename(self.cleaned_data["display_name"])
        member.give_consent(now=timezone.now())


class NotificationSettingsForm(forms.Form):
    email_frequency = forms.ChoiceField(
        label="How often shall we write?", choices=Frequency, widget=forms.RadioSelect
    )
