from django import forms

from profiles.admin.fields import OrganisationByNameField

from ..models import Conflict, ExpertTerm
from ..models.conflict import EXCLUDING
from ..vocabularies import InterestAction, InterestKind

NEW_AFFILIATIONS = 3


class AboutYouForm(forms.Form):
    """What an expert belongs to and has a stake in, and whether they agree to be named."""

    interests = forms.CharField(
        label="What else should the editors know?",
        required=False,
        max_length=ExpertTerm._meta.get_field("interests").max_length,
        help_text="Campaigns, clients, funders, people close to you: whatever could make somebody ask whether you "
        "judge an idea on its merits. Leave it empty if there is nothing.",
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    agrees_to_be_named = forms.BooleanField(
        label="My name may stand beside my scores when they are published",
        required=False,
        help_text="Otherwise they are published under a number. You can change your mind until the shortlist is "
        "published.",
    )

    def __init__(self, data=None, *, term, is_fixed):
        """`is_fixed`: the organisations on record can't be taken away any more."""
        self.recorded = list(term.affiliations.by_name())
        self.is_fixed = is_fixed
        initial = {
            "interests": term.interests,
            "agrees_to_be_named": term.agrees_to_be_named,
            "affiliations": [organisation.pk for organisation in self.recorded],
        }
        super().__init__(data, initial=initial)
        if self.recorded and not is_fixed:
            self.fields["affiliations"] = forms.ModelMultipleChoiceField(
                term.affiliations.by_name(),
                label="Organisations you named",
                required=False,
                help_text="Take away the tick where you don’t belong any more.",
                widget=forms.CheckboxSelectMultiple,
            )
        for number in range(1, NEW_AFFILIATIONS + 1):
            self.fields[f"organisation-{number}"] = _new_affiliation(number)
        self.order_fields(["affiliations", *self._new_names, "interests", "agrees_to_be_named"])

    @property
    def _new_names(self):
        return [f"organisation-{number}" for number in range(1, NEW_AFFILIATIONS + 1)]

    @property
    def affiliations(self):
        """All the organisations that are on record from now on."""
        kept = self.recorded if self.is_fixed else self.cleaned_data.get("affiliations", [])
        named = [self.cleaned_data[name] for name in self._new_names]
        return {*kept, *filter(None, named)}


def _new_affiliation(number):
    field = OrganisationByNameField(
        label="An organisation you work for, advise or belong to" if number == 1 else "Another organisation",
        required=False,
        help_text="Start to type its name." if number == 1 else "",
    )
    field.error_messages["unknown"] = (
        "We don’t know an organisation of this name. If it isn’t in the list, write of it in the box below."
    )
    return field


class InterestForm(forms.Form):
    """An expert's interest in one idea; `earlier` is what they are on record with."""

    kind = forms.ChoiceField(
        label="What sort of interest is it?", choices=InterestKind.choices, widget=forms.RadioSelect
    )
    action = forms.ChoiceField(label="What should follow?", required=False, widget=forms.RadioSelect)
    explanation = forms.CharField(
        label="In a few words",
        required=False,
        max_length=Conflict._meta.get_field("explanation").max_length,
        help_text="Enough for an editor to understand it.",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, data=None, *, earlier=None):
        initial = {"kind": earlier.kind, "explanation": earlier.explanation} if earlier else {}
        super().__init__(data, initial={"action": "", **initial})
        usual = (
            "What usually follows"
            if earlier is None
            else "What is on record, or more if the interest asks for it"
        )
        stricter = [
            (action.value, f"I ask for more: {_in_first_person(action)}")
            for action in EXCLUDING
            if earlier is None
            or InterestAction(earlier.action) not in (action, InterestAction.FULL_EXCLUSION)
        ]
        self.fields["action"].choices = [("", usual), *stricter]


def _in_first_person(action):
    return {
        InterestAction.PARTIAL_EXCLUSION: "I don’t score this idea, but may take part in the discussion",
        InterestAction.FULL_EXCLUSION: "I don’t score this idea, and stay out of the discussion and the decision",
    }[action]


class SettlementForm(forms.Form):
    """What an editor lets follow from an expert's interest."""

    action = forms.ChoiceField(label="What follows", widget=forms.RadioSelect)

    def __init__(self, data=None, *, conflict):
        super().__init__(data, initial={"action": conflict.action})
        self.fields["action"].choices = [
            choice for choice in InterestAction.choices if choice[0] in EXCLUDING or not conflict.is_found
        ]
