"""Form parts that the admin's pages share: they work without JavaScript and have labels of their own."""

from django import forms
from django.db import models
from django.forms.utils import pretty_name
from django.utils.translation import gettext_lazy as _

from ..models import Member, Organisation

ORGANISATIONS = "organisations"

# The browser's own pickers, and lists to tick, instead of Django's, which need JavaScript and leave their parts
# unlabelled. Without a step of a second, a browser refuses moments that were stored with theirs.
FIELDS = {
    models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
    models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")},
    models.DateTimeField: {
        "form_class": forms.DateTimeField,
        "widget": forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"
        ),
    },
    models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple},
    models.URLField: {"assume_scheme": "https"},
}


class MemberByEmailField(forms.EmailField):
    """A member, found by the e-mail address somebody types: editors look after pages, not after people's accounts."""

    default_error_messages = {"unknown": _("Nobody has joined with this e-mail address.")}

    def clean(self, value):
        email = super().clean(value)
        if not email:
            return None
        member = self.find(email.lower())
        if member is None:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return member

    def find(self, email):
        return Member.objects.filter(email=email, is_active=True).first()

    def prepare_value(self, value):
        if isinstance(value, int):
            return Member.objects.values_list("email", flat=True).filter(pk=value).first()
        return value

    def has_changed(self, initial, data):
        return (self.prepare_value(initial) or "") != (data or "").strip().lower()


class OrganisationByNameField(forms.CharField):
    """An organisation, found by any of its names; the page offers the names in a `<datalist id="organisations">`."""

    default_error_messages = {
        "unknown": _("There is no organisation of this name yet. Add it under “Organisations” first."),
        "ambiguous": _("Several organisations are known by this name. Write the full one."),
    }

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"list": ORGANISATIONS, "autocomplete": "off", "size": 30})
        super().__init__(**{"max_length": 200, "widget": widget, **kwargs})

    # Organisations by folded name, where a formset has asked for those of all its rows at once.
    called = None

    def clean(self, value):
        name = super().clean(value)
        if not name:
            return None
        found = self._organisations_called(name)
        if not found:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        if len(found) > 1 and found[0].name.lower() != name.lower():
            raise forms.ValidationError(self.error_messages["ambiguous"], code="ambiguous")
        return found[0]

    def _organisations_called(self, name):
        if self.called is None:
            return Organisation.objects.called(name)[:2]
        return self.called.get(name.casefold(), [])

    def prepare_value(self, value):
        if isinstance(value, int):
            return Organisation.objects.values_list("name", flat=True).filter(pk=value).first()
        return value

    def has_changed(self, initial, data):
        return (self.prepare_value(initial) or "") != (data or "").strip()


class AlsoValidated:
    """A model form that keeps constraints about fields it doesn't show or let people change: `also_validated`.

    Django passes a constraint over when one of its fields isn't on the form, and the database then ends in a fault.
    """

    also_validated = frozenset()

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - {
            name for name in self.also_validated if name not in self.errors and self._has_value(name)
        }

    def _has_value(self, name):
        field = self.instance._meta.get_field(name)
        return field.null or field.value_from_object(self.instance) is not None


class OrganisationsForm(forms.ModelForm):
    """A row that names organisations, without a query of its own for what its formset knows."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.organisation_fields:
            if organisation := getattr(self.instance, name, None):
                self.initial[name] = organisation.name

    @property
    def organisation_fields(self):
        return {
            name: field for name, field in self.fields.items() if isinstance(field, OrganisationByNameField)
        }

    def _get_validation_exclusions(self):
        # Whether the organisation exists is what the field has just found out.
        return super()._get_validation_exclusions() | set(self.organisation_fields)


class RowField(forms.ModelChoiceField):
    """Which row a form is about, among those its formset has loaded."""

    def __init__(self, rows, **kwargs):
        super().__init__(queryset=None, **kwargs)
        self.rows = {str(row.pk): row for row in rows}

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if str(value) not in self.rows:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
            )
        return self.rows[str(value)]


class RowsFormSet(forms.BaseInlineFormSet):
    """Rows of a table, whose fields say what they are to people who can't see the heading above.

    However many rows there are, checking them costs the same number of queries.
    """

    def add_fields(self, form, index):
        super().add_fields(form, index)
        key = form.fields[self._pk_field.name]
        form.fields[self._pk_field.name] = RowField(
            self.get_queryset() if self.instance.pk else [],
            initial=key.initial,
            required=False,
            widget=forms.HiddenInput,
        )
        row = "" if index is None else f", {self.model._meta.verbose_name} {index + 1}"
        for name, field in form.fields.items():
            if not field.widget.is_hidden:
                # The one that the admin puts buttons beside doesn't hand on what it is told.
                shown = getattr(field.widget, "widget", field.widget)
                shown.attrs["aria-label"] = f"{field.label or pretty_name(name)}{row}"

    def full_clean(self):
        if self.is_bound:
            self._look_up_organisations()
        super().full_clean()

    def _look_up_organisations(self):
        places = [
            (form[name].data, field)
            for form in self.forms
            for name, field in getattr(form, "organisation_fields", {}).items()
        ]
        if places:
            called = Organisation.objects.called_any({str(name or "").strip() for name, _ in places})
            for _, field in places:
                field.called = called

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
                self.validate_constraints_of(form)

    def validate_constraints_of(self, form):
        try:
            form.instance.validate_constraints()
        except forms.ValidationError as error:
            form.add_error(None, error)
