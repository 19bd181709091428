from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Approval
from .survey_forms import TextField


class ChangesForm(forms.Form):
    words = TextField(
        label=_("What should change?"),
        help_text=_("An editor reads it and shows you the text again."),
        max_length=Approval._meta.get_field("words").max_length,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say what should change.")},
    )
    use_required_attribute = False
