from allauth.account import forms as account
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from profiles.forms import LanguageField, SignupForm


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


class AddEmailForm(PlainWords, account.AddEmailForm):
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


class JoinForm(PlainWords, account.SignupForm):
    pass


class LoginForm(PlainWords, account.LoginForm):
    pass


class ReauthenticateForm(PlainWords, account.ReauthenticateForm):
    pass


class RequestLoginCodeForm(PlainWords, account.RequestLoginCodeForm):
    pass


class ResetPasswordForm(PlainWords, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(PlainWords, account.ResetPasswordKeyForm):
    pass


class SetPasswordForm(PlainWords, account.SetPasswordForm):
    pass
