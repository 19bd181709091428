from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .vocabularies import Frequency, language_tag, languages


class LinedCharField(forms.CharField):
    """Browsers send a line's end as two characters and count it as one; so do we."""

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class LanguageSelect(forms.Select):
    """Languages by the names they give themselves, each marked as being in it."""

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["lang"] = language_tag(value)
        return option


class ChosenOrInitial(forms.BoundField):
    """A field that nobody needs to fill in: where nothing was chosen, it is what the form began with."""

    @property
    def data(self):
        return super().data or self.initial


class LanguageField(forms.ChoiceField):
    """The language that something is written in: the page's, unless the form says or the writer chooses another."""

    bound_field_class = ChosenOrInitial

    def __init__(self, **kwargs):
        defaults = {"label": _("I write this in"), "initial": get_language, "widget": LanguageSelect}
        super().__init__(**defaults | {"choices": languages} | kwargs)


class SignupForm(forms.Form):
    """What joining asks besides the e-mail address and password; django-allauth adds those."""

    field_order = ["display_name", "email", "password1", "consent"]

    display_name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        help_text=_("Shown with your ideas. It need not be your full name."),
        error_messages={"required": _("Please fill this in.")},
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    consent = forms.BooleanField(
        label=_("I agree that the network records which ideas I support and put forward"),
        help_text=(
            _(
                "Supporting an idea can show a political opinion, and the law protects those. "
                "Nobody sees which ideas you support. You can change your mind at any time."
            )
        ),
        error_messages={"required": _("We can only open an account with your agreement.")},
    )

    def signup(self, request, member):
        member.rename(self.cleaned_data["display_name"])
        member.choose_language(get_language())
        member.give_consent(now=timezone.now())


class NotificationSettingsForm(forms.Form):
    email_frequency = forms.ChoiceField(
        label=_("How often shall we write?"), choices=Frequency, widget=forms.RadioSelect
    )
