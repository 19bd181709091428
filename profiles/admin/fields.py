"""Form parts that the admin's pages share: they work without JavaScript and have labels of their own."""

from django import forms
from django.db import models
from django.forms.utils import pretty_name

from ..models import Member, Organisation

ORGANISATIONS = "organisations"

# The browser's own pickers instead of Django's, which need JavaScript and leave their parts unlabelled.
FIELDS = {
    models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
    models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")},
    models.DateTimeField: {
        "form_class": forms.DateTimeField,
        "widget": forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"
        ),
    },
    models.URLField: {"assume_scheme": "https"},
}


class MemberByEmailField(forms.EmailField):
    """A member, found by the e-mail address somebody types: editors look after pages, not after people's accounts."""

    default_error_messages = {"unknown": "Nobody has joined with this e-mail address."}

    def clean(self, value):
        email = super().clean(value)
        if not email:
            return None
        member = Member.objects.filter(email=email.lower(), is_active=True).first()
        if member is None:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return member

    def prepare_value(self, value):
        if isinstance(value, int):
            return Member.objects.values_list("email", flat=True).filter(pk=value).first()
        return value

    def has_changed(self, initial, data):
        return (self.prepare_value(initial) or "") != (data or "").strip().lower()


class OrganisationByNameField(forms.CharField):
    """An organisation, found by any of its names; the page offers the names in a `<datalist id="organisations">`."""

    default_error_messages = {
        "unknown": "There is no organisation of this name yet. Add it under “Organisations” first.",
        "ambiguous": "Several organisations are known by this name. Write the full one.",
    }

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"list": ORGANISATIONS, "autocomplete": "off", "size": 30})
        super().__init__(**{"max_length": 200, "widget": widget, **kwargs})

    def clean(self, value):
        name = super().clean(value)
        if not name:
            return None
        found = Organisation.objects.called(name)[:2]
        if not found:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        if len(found) > 1 and found[0].name.lower() != name.lower():
            raise forms.ValidationError(self.error_messages["ambiguous"], code="ambiguous")
        return found[0]

    def prepare_value(self, value):
        if isinstance(value, int):
            return Organisation.objects.values_list("name", flat=True).filter(pk=value).first()
        return value

    def has_changed(self, initial, data):
        return (self.prepare_value(initial) or "") != (data or "").strip()


class RowsFormSet(forms.BaseInlineFormSet):
    """Rows of a table, whose fields say what they are to people who can't see the heading above."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        row = "" if index is None else f", {self.model._meta.verbose_name} {index + 1}"
        for name, field in form.fields.items():
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = f"{field.label or pretty_name(name)}{row}"

    def key_of(self, form):
        """What no two rows may share, or None."""
        return None

    def clean(self):
        """Django leaves constraints with the parent in them to the database, where they end in a fault."""
        super().clean()
        seen = set()
        for form in self.forms:
            if form in self.deleted_forms or not form.has_changed() or not form.is_valid():
                continue
            key = self.key_of(form)
            if key is not None and key in seen:
                form.add_error(None, "This is entered twice.")
            seen.add(key)
            if self.instance.pk:
                try:
                    form.instance.validate_constraints()
                except forms.ValidationError as error:
                    form.add_error(None, error)
