"""What can be said of an action on its page: a form for each."""

from django import forms
from django.utils.translation import gettext_lazy as _

from profiles.admin.fields import MemberByEmailField, OrganisationByNameField
from profiles.forms import LinedCharField

from ..models import Action, ActionEvent

WORDS = ActionEvent._meta.get_field("words").max_length


def words_field(label, *, required=False, help_text=""):
    return LinedCharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Please write something first."),
            "max_length": _("Please keep it to %(limit_value)d characters: this has %(show_value)d."),
        },
    )


class EventForm(forms.Form):
    """One thing that can be said. `tell` says it to the action."""

    use_required_attribute = False
    is_for_owners = False

    def __init__(self, data=None, *, action):
        super().__init__(data, auto_id=f"id_{self.kind.value}_%s", initial=self.initial_of(action))

    @staticmethod
    def initial_of(action):
        return {}

    @property
    def title(self):
        return self.kind.label


class DoneForm(EventForm):
    kind, title, button = ActionEvent.Kind.DONE, _("It’s done"), _("Say that it’s done")
    thanks = _("Marked as done. Thank you.")
    is_for_owners = True
    words = words_field(_("What came of it"), help_text=_("A sentence or a link. Everybody can read it."))

    def tell(self, action, *, by, now):
        action.finish(words=self.cleaned_data["words"], by=by, now=now)


class RemarkForm(EventForm):
    kind, title, button = ActionEvent.Kind.REMARK, _("Add an update"), _("Add the update")
    thanks = _("Your update is on the page.")
    is_for_owners = True
    words = words_field(_("How it goes"), required=True, help_text=_("Everybody can read it."))

    def tell(self, action, *, by, now):
        action.remark(self.cleaned_data["words"], by=by, now=now)


class PostponeForm(EventForm):
    kind, title, button = ActionEvent.Kind.POSTPONED, _("Give it a new date"), _("Set the new date")
    thanks = _("It has a new date.")
    due_on = forms.DateField(
        label=_("New date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Please give a date."),
            "invalid": _("Please give a date that exists, such as 2026-03-31."),
        },
    )
    words = words_field(_("Why"), help_text=_("Everybody can read it."))

    def tell(self, action, *, by, now):
        values = self.cleaned_data
        action.postpone(values["due_on"], words=values["words"], by=by, now=now)


class HandOverForm(EventForm):
    kind, title, button = ActionEvent.Kind.HANDED_OVER, _("Give it a new owner"), _("Hand it over")
    thanks = _("It has a new owner.")
    name = forms.CharField(
        label=_("Person"),
        required=False,
        max_length=Action._meta.get_field("owner_name").max_length,
        help_text=_("As it should be published."),
    )
    organisation = OrganisationByNameField(label=_("Organisation"), required=False)
    member = MemberByEmailField(
        label=_("E-mail address of their account"),
        required=False,
        help_text=_("Not published. With it they are reminded, and can say here when it’s done."),
    )
    words = words_field(_("Why"), help_text=_("Everybody can read it."))

    @staticmethod
    def initial_of(action):
        return {
            "name": action.owner_name,
            "organisation": action.owner_organisation and action.owner_organisation.name,
            "member": action.owner_member_id,
        }

    def tell(self, action, *, by, now):
        action.hand_over(**self.cleaned_data, by=by, now=now)


class DropForm(EventForm):
    kind, title, button = ActionEvent.Kind.DROPPED, _("Drop it"), _("Drop the action")
    thanks = _("The action is dropped, and stays on the record.")
    words = words_field(_("Why it won’t be done"), required=True, help_text=_("Everybody can read it."))

    def tell(self, action, *, by, now):
        action.drop(self.cleaned_data["words"], by=by, now=now)


class ReopenForm(EventForm):
    kind, title, button = ActionEvent.Kind.REOPENED, _("Open it again"), _("Open it again")
    thanks = _("The action is open again.")
    words = words_field(_("Why"), help_text=_("Everybody can read it."))

    def tell(self, action, *, by, now):
        action.reopen(words=self.cleaned_data["words"], by=by, now=now)


OPEN = (DoneForm, RemarkForm, PostponeForm, HandOverForm, DropForm)
CLOSED = (ReopenForm, RemarkForm)


def forms_for(action, user):
    """The forms a person may send about the action as it stands, by kind."""
    if not (Action.are_kept_by(user) or action.is_owned_by(user)):
        return {}
    forms = OPEN if action.is_open else CLOSED
    allowed = [form for form in forms if form.is_for_owners or Action.are_kept_by(user)]
    return {form.kind.value: form for form in allowed}
