from allauth.account.models import EmailAddress
from django import forms

from profiles.admin.fields import AlsoValidated
from profiles.models import Member

from ..models import ExpertTerm


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


class StandingForm(forms.Form):
    """Why an expert's scores are set aside, or count again."""

    reason = forms.CharField(
        max_length=1000,
        help_text="It stays on record for the editors and is not published.",
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
