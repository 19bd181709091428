from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from profiles.models import Organisation
from profiles.survey_forms import LineField, TextField
from profiles.wording import clean_line

from ..models import Registration
from ..models.registration import DAYS_KEPT

ANSWERS = ("mode", "name", "organisation", "same_as", "access_requirements", "agrees_to_be_named")
FIELDS = (*ANSWERS, "wants_reminder")
NONE_OF_THESE = "none"
ORGANISATIONS = "my-organisations"
CHOOSE = gettext_lazy("Please choose one.")


def _length_of(name):
    return Registration._meta.get_field(name).max_length


class RegistrationForm(forms.Form):
    """What somebody says who registers: for a place in one of the ways that `places` offers."""

    use_required_attribute = False

    mode = forms.ChoiceField(
        label=gettext_lazy("How will you take part?"),
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    name = LineField(
        label=gettext_lazy("Your name"),
        max_length=_length_of("name"),
        help_text=gettext_lazy("As the people at the door should read it. It isn’t shown in public."),
        error_messages={"required": gettext_lazy("Please fill this in.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    organisation = LineField(
        label=gettext_lazy("Which organisation do you come for?"),
        required=False,
        max_length=_length_of("organisation_name"),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "list": ORGANISATIONS}),
    )
    access_requirements = TextField(
        label=gettext_lazy("What do you need to take part?"),
        required=False,
        max_length=_length_of("access_requirements"),
        help_text=format_lazy(
            gettext_lazy(
                "Step-free access, a hearing loop, captions, an interpreter, a diet. Only the editors who prepare "
                "the meeting read this, and we delete it {days} days after the meeting."
            ),
            days=DAYS_KEPT,
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    agrees_to_be_named = forms.BooleanField(
        label=gettext_lazy("The published note may name me"),
        required=False,
        help_text=gettext_lazy("Otherwise it says “A member”."),
    )
    wants_reminder = forms.BooleanField(
        label=gettext_lazy("Remind me by e-mail the day before"), required=False, initial=True
    )

    def __init__(self, *args, places, organisations, registration=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.registration = registration
        self.organisations = organisations
        self.fields["mode"].choices = [(mode, _offer(place, registration)) for mode, place in places.items()]
        # What there is no choice about is said above the fields.
        self.only_place = next(iter(places.values())) if len(places) == 1 else None
        if self.only_place:
            self.fields["mode"].widget = forms.HiddenInput()
        self.listed = None
        if self.is_bound:
            self._look_up_organisation()

    def _look_up_organisation(self):
        """Find the organisation that is meant; where it may be one of several, ask."""
        typed = clean_line(self.data.get("organisation", ""))[: _length_of("organisation_name")]
        if not typed:
            return
        self.listed = Organisation.objects.called(typed).first()
        if self.listed or (self.registration and self.registration.organisation_name == typed):
            return
        self.alike = {
            str(organisation.pk): organisation for organisation in Organisation.objects.alike(name=typed)
        }
        if self.alike:
            choose = {"required": CHOOSE, "invalid_choice": CHOOSE}
            self.fields["same_as"] = forms.ChoiceField(
                label=_("Is “%(name)s” one of these?") % {"name": typed},
                choices=[*self.alike.items(), (NONE_OF_THESE, _("None of these"))],
                widget=forms.RadioSelect,
                error_messages=choose,
            )
            self.order_fields(FIELDS)

    def answers(self):
        """What the verbs take."""
        given = dict(self.cleaned_data)
        typed, same_as = given.pop("organisation"), given.pop("same_as", None)
        organisation = self.listed or (same_as and self.alike.get(same_as))
        return {
            **given,
            "organisation": organisation or None,
            "organisation_name": "" if organisation else typed,
        }


def _offer(place, registration):
    label = place.mode.label
    if registration and registration.is_placed and registration.mode == place.mode:
        return _("%(mode)s (your place)") % {"mode": label}
    if place.is_full:
        return _("%(mode)s (full: you would wait)") % {"mode": label}
    if place.free is None:
        return label
    words = ngettext("%(mode)s (%(number)d left)", "%(mode)s (%(number)d left)", place.free)
    return words % {"mode": label, "number": place.free}
