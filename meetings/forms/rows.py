"""The rows of a note while it is written: a form for each, under the key it has on every page."""

import uuid

from django import forms
from django.conf import settings
from django.forms.utils import ErrorDict
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from profiles.admin.fields import ORGANISATIONS
from profiles.models.survey import mark_of
from profiles.survey_forms import LineField, TextField
from profiles.wording import clean_line

from ..models import Action, Attendance, Link, Note, Point, Section
from ..models.manuscript import PARTS, Row
from ..models.note import SECURE
from ..note_text.dates import find_date
from .preview import limit

HEAD = uuid.UUID(int=0)
SHOWN = [
    ("name", gettext_lazy("Name")),
    ("initials", gettext_lazy("Initials")),
    ("member", gettext_lazy("“A member”")),
]


class BodyField(forms.CharField):
    """Markdown, in which every space at the beginning of a line counts."""

    widget = forms.Textarea

    def to_python(self, value):
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        return text.strip("\n").rstrip()


class DueField(forms.CharField):
    """A day as people write it, in ISO's form; one without a year is the next from `not_before` on. Else the words."""

    not_before = None

    def to_python(self, value):
        text = clean_line(str(value or ""))
        found = find_date(text, not_before=self.not_before)
        if found and found.value is None:
            words = _("There is no %(day)s. Look at a calendar again.") % {"day": found.text}
            raise forms.ValidationError(words)
        is_all = found and text.replace(found.text, "").strip(" .,").casefold() in ("", "by", "before", "on")
        return found.value.isoformat() if is_all else text

    @override(settings.LANGUAGE_CODE)
    def prepare_value(self, value):
        """As people write it, in the one language that days are read in."""
        found = find_date(str(value or ""))
        is_iso = found and found.value and found.text == value == found.value.isoformat()
        return date_format(found.value, "DATE_FORMAT") if is_iso else value


class RowForm(forms.Form):
    """One row of a part, under the key it has on every page."""

    use_required_attribute = False
    # Fields whose value alone doesn't make a row.
    choices = frozenset()
    # What somebody else has saved where both wrote, by field.
    theirs = ()
    suggestion = None
    is_unknown = False

    def __init__(self, data=None, *, name, key, words=None, place=None):
        self.part, self.key, self.words = PARTS[name], key, words
        super().__init__(data, prefix=f"{name}-{key}", initial=words, auto_id="%s")
        self.place = place

    @property
    def list_name(self):
        return self.prefix.partition("-")[0]

    @property
    def is_removed(self):
        return self.is_bound and f"{self.prefix}-remove" in self.data

    @cached_property
    def is_blank(self):
        names = [name for name in self.fields if name not in self.choices]
        return not any(str(self[name].value() or "").strip() for name in names)

    @property
    def opened(self):
        """What the page remembers of the words it shows: where the row stands, and their marks."""
        if self.is_bound:
            return self.data.get(f"{self.prefix}-opened", "")
        return opened_of(self.part, self.words, self.place) if self.words else ""

    def full_clean(self):
        super().full_clean()
        if self.is_bound and self.is_blank and not self.opened:
            self._errors, self.cleaned_data = ErrorDict(), {}

    def clean(self):
        cleaned = super().clean()
        for name in self.part.needed:
            if name not in self.errors and not cleaned.get(name) and not self.is_removed:
                self.add_error(name, _("Please fill this in, or remove the row."))
        return cleaned

    def row(self):
        """What was typed and can be kept; None for a row left blank that was never saved."""
        marks = self.opened.split()
        has_marks = len(marks) == len(self.part.fields) + 1 and marks[0].isdecimal()
        if self.is_blank and not has_marks:
            return None
        words = {name: self.word_of(name) for name in self.part.fields if name in self.cleaned_data}
        return Row(
            key=self.key,
            words=words,
            opened=dict(zip(self.part.fields, marks[1:], strict=True)) if has_marks else None,
            place=int(marks[0][:9]) if has_marks else None,
            is_removed=self.is_removed,
        )

    def word_of(self, name):
        return self.cleaned_data[name]


class AttendeeForm(RowForm):
    choices = frozenset({"side", "role", "mode", "shown"})

    name = LineField(label=gettext_lazy("Name"), required=False, max_length=limit(Attendance, "name"))
    organisation = LineField(
        label=gettext_lazy("Organisation"), required=False, max_length=limit(Attendance, "organisation_name")
    )
    side = forms.ChoiceField(
        label=gettext_lazy("Side"),
        choices=Attendance.Side.choices,
        initial=Attendance.Side.CIVIL_SOCIETY.value,
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[("", pgettext_lazy("role at a meeting", "None")), *Attendance.Role.choices],
        required=False,
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("How they came"),
        choices=[("", gettext_lazy("Not known")), *Attendance.Mode.choices],
        required=False,
    )
    shown = forms.ChoiceField(label=gettext_lazy("In public"), choices=SHOWN, initial="name")
    name.widget.attrs["list"] = "people"
    organisation.widget.attrs["list"] = ORGANISATIONS


class PointForm(RowForm):
    text = TextField(label=gettext_lazy("Text"), required=False, max_length=limit(Point, "text"))


class SectionForm(RowForm):
    heading = LineField(label=gettext_lazy("Heading"), required=False, max_length=limit(Section, "heading"))
    body = BodyField(label=gettext_lazy("Text"), required=False, max_length=limit(Section, "body"))


class ActionForm(RowForm):
    choices = frozenset({"is_done"})

    text = TextField(label=gettext_lazy("What"), required=False, max_length=limit(Action, "text"))
    owner_name = LineField(label=gettext_lazy("Who"), required=False, max_length=limit(Action, "owner_name"))
    organisation = LineField(label=gettext_lazy("Their organisation"), required=False, max_length=200)
    due = DueField(label=gettext_lazy("By when"), required=False, max_length=limit(Action, "due_text"))
    is_done = forms.BooleanField(label=gettext_lazy("Done"), required=False)
    organisation.widget.attrs["list"] = ORGANISATIONS

    def word_of(self, name):
        return ("yes" if self.cleaned_data[name] else "") if name == "is_done" else self.cleaned_data[name]


class AddressField(forms.CharField):
    default_validators = [SECURE]

    def to_python(self, value):
        text = clean_line(str(value or ""))
        return f"https://{text}" if text and "://" not in text else text


class LinkForm(RowForm):
    title = LineField(label=gettext_lazy("Title"), required=False, max_length=limit(Link, "title"))
    url = AddressField(label=gettext_lazy("Address"), required=False, max_length=limit(Link, "url"))


FORMS = {
    "attendees": AttendeeForm,
    "key_points": PointForm,
    "sections": SectionForm,
    "decisions": PointForm,
    "actions": ActionForm,
    "links": LinkForm,
}


class HeadForm(forms.Form):
    written_by = LineField(
        label=gettext_lazy("Who writes this note?"),
        max_length=limit(Note, "written_by"),
        help_text=gettext_lazy("As it should be printed."),
    )
    opened = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    use_required_attribute = False

    def row(self):
        words = {name: self.cleaned_data[name] for name in ("written_by",) if name in self.cleaned_data}
        return Row(
            key=HEAD,
            words=words,
            opened={"written_by": self.data["opened"]} if self.data.get("opened") else {},
        )


def opened_of(part, words, place):
    return " ".join([str(place), *(mark_of(words[name]) for name in part.fields)])
