from django import forms

from profiles.forms import SignupForm


class ConsentForm(forms.Form):
    consent = SignupForm.base_fields["consent"]
