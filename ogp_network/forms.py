from allauth.account import forms as account
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from profiles.domains import as_sent_to, domain_of, is_within_any
from profiles.forms import LanguageField, SignupForm
from profiles.models import Inbox


class ConsentForm(forms.Form):
    consent = SignupForm.base_fields["consent"]


class NameForm(forms.Form):
    display_name = SignupForm.base_fields["display_name"]
    language = LanguageField(label=_("Send me e-mails in"))


class PlainWords:
    """A form of django-allauth's in this site's words."""

    LABELS = {
        "Email": _("E-mail address"),
        "Remember Me": _("Keep me signed in"),
        "Current Password": _("Current password"),
        "New Password": _("New password"),
        "New Password (again)": _("New password again"),
        "Password (again)": _("Password again"),
    }
    PASSWORD_RULE = _("At least 10 characters, and not a common password.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            with override(None):
                # As django-allauth wrote it, before it is translated.
                original = str(field.label)
            field.label = self.LABELS.get(original, field.label)
            if not isinstance(field, forms.BooleanField):
                field.error_messages["required"] = _("Please fill this in.")
            if name == "password1":
                field.help_text = self.PASSWORD_RULE


class KnownAddress:
    """A form that takes the e-mail address of an account, in whatever letters its domain is written."""

    def clean_email(self):
        self.cleaned_data["email"] = as_sent_to(self.cleaned_data["email"])
        return super().clean_email()


class NewAddress(KnownAddress):
    """A form that takes an address new to the account: none of a service that the site doesn't accept."""

    def clean_email(self):
        email = super().clean_email()
        if is_within_any(domain_of(email), settings.BLOCKED_EMAIL_DOMAINS):
            raise ValidationError(
                _(
                    "Addresses at %(domain)s are for using once and throwing away, so we can’t accept them. "
                    "Please use one that you keep."
                )
                % {"domain": domain_of(email)},
                code="disposable",
            )
        return email


class AddEmailForm(NewAddress, PlainWords, account.AddEmailForm):
    pass


class ChangeEmailForm(PlainWords, account.ChangeEmailForm):
    pass


class ChangePasswordForm(PlainWords, account.ChangePasswordForm):
    pass


class ConfirmEmailVerificationCodeForm(PlainWords, account.ConfirmEmailVerificationCodeForm):
    pass


class ConfirmLoginCodeForm(PlainWords, account.ConfirmLoginCodeForm):
    pass


class ConfirmPasswordResetCodeForm(PlainWords, account.ConfirmPasswordResetCodeForm):
    pass


class JoinForm(NewAddress, PlainWords, account.SignupForm):
    def clean_email(self):
        """Nobody opens a second account with the mailbox of another, however its address is spelt.

        The page says what it says to everybody; the mailbox gets an e-mail that it has an account.
        """
        email = super().clean_email()
        self.account_already_exists |= Inbox.objects.of(email).exists()
        return email


class LoginForm(PlainWords, account.LoginForm):
    def clean_login(self):
        return as_sent_to(super().clean_login())


class ReauthenticateForm(PlainWords, account.ReauthenticateForm):
    pass


class RequestLoginCodeForm(KnownAddress, PlainWords, account.RequestLoginCodeForm):
    pass


class ResetPasswordForm(KnownAddress, PlainWords, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(PlainWords, account.ResetPasswordKeyForm):
    pass


class SetPasswordForm(PlainWords, account.SetPasswordForm):
    pass


class DepartureForm(forms.Form):
    """What shall become of what the member said in public."""

    CHOICES = {
        "ideas": [
            ("stay", _("Leave them here, as by a withdrawn author")),
            ("go", _("Take them with me, as far as nobody else has built on them")),
        ],
        "comments": [
            ("stay", _("Leave them here, as by somebody who has left")),
            ("go", _("Delete their words; where they stood it says that a comment was deleted")),
        ],
    }
    ideas = forms.ChoiceField(
        label=_("Ideas you put forward"),
        choices=CHOICES["ideas"],
        widget=forms.RadioSelect,
        initial="stay",
    )
    comments = forms.ChoiceField(
        label=_("What you said in discussions"),
        choices=CHOICES["comments"],
        widget=forms.RadioSelect,
        initial="stay",
    )

    @property
    def choices_made(self):
        return {f"takes_{name}": value == "go" for name, value in self.cleaned_data.items()}
