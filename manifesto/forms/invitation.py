from django import forms


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label="Their e-mail address",
        max_length=254,
        help_text="We write to them once, with your name and the idea’s title. Please ask them first.",
        error_messages={"required": "Please fill this in."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "off"
        self.use_required_attribute = False
