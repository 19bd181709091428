from allauth.account import forms as account
from django import forms

from profiles.forms import SignupForm


class ConsentForm(forms.Form):
    consent = SignupForm.base_fields["consent"]


class NameForm(forms.Form):
    display_name = SignupForm.base_fields["display_name"]


class PlainWords:
    """A form of django-allauth's in this site's words."""

    LABELS = {
        "Email": "E-mail address",
        "Remember Me": "Keep me signed in",
        "Current Password": "Current password",
        "New Password": "New password",
        "New Password (again)": "New password again",
        "Password (again)": "Password again",
    }
    PASSWORD_RULE = "At least 10 characters, and not a common password."

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.LABELS.get(str(field.label), field.label)
            if not isinstance(field, forms.BooleanField):
                field.error_messages["required"] = "Please fill this in."
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
