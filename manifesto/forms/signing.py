"""What people fill in who sign, endorse or ask for something in the name of an organisation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from profiles.survey_forms import LineField, TextField

REQUIRED = {"required": _("Please fill this in.")}


class SignatureForm(forms.Form):
    """Signing a version, whose number the page that was read had."""

    use_required_attribute = False
    role = LineField(
        label=_("In what office do you sign?"),
        help_text=_("Such as “Director”. Your name is never shown."),
        max_length=120,
        required=False,
    )
    is_role_public = forms.BooleanField(
        label=_("Show the office beside the organisation’s name"), required=False
    )
    decided = forms.BooleanField(
        label=_("The organisation has decided to sign"),
        error_messages={"required": _("Sign only what the organisation has decided.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=30_000)


class SignOffForm(forms.Form):
    """Until when an organisation needs for its own decision."""

    use_required_attribute = False
    needed_by = forms.DateField(
        label=_("We need until"),
        help_text=_("We remind you three days before and on that day. Nobody else is told."),
        error_messages={"required": _("Choose a day."), "invalid": _("Give a day, such as 2027-03-31.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class WithdrawalForm(forms.Form):
    """Taking a signature back, with words for everybody or without."""

    use_required_attribute = False
    reason = LineField(
        label=_("A reason for everybody to read"),
        help_text=_(
            "It stands below the signatories. Without one, nothing is said of your organisation any more."
        ),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OwnAskForm(forms.Form):
    """What an organisation asks for beyond a common ask."""

    use_required_attribute = False
    text = TextField(
        label=_("What you ask for"),
        help_text=_("In a few sentences. It stands beneath the common ask, with your organisation’s name."),
        max_length=2000,
        error_messages=REQUIRED,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
