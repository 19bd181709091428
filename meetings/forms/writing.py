"""The page on which editors write a note: rows of any number, moved, added and taken away with or without a script."""

import uuid

from django import forms
from django.forms.utils import ErrorDict
from django.utils.formats import date_format
from django.utils.functional import cached_property

from ogp_network import markdown
from profiles.admin.fields import ORGANISATIONS
from profiles.models import Organisation
from profiles.models.survey import mark_of
from profiles.survey_forms import LineField, TextField
from profiles.wording import clean_line

from ..models import Action, Attendance, Link, Note, NoteErratum, Point, Section
from ..models.manuscript import PARTS, Page, Row
from ..models.note import SECURE
from ..note_text.dates import find_date
from ..note_text.resemblance import resembling
from .preview import limit

HEAD = uuid.UUID(int=0)
MOST_ROWS = 1000
MORE_ROWS = 3
SHOWN = [("name", "Name"), ("initials", "Initials"), ("member", "“A member”")]
MOST_PICKED = 100
LEFT = "lines"
NOUNS = {
    "attendees": "Attendee",
    "key_points": "Key point",
    "sections": "Section",
    "decisions": "Decision",
    "actions": "Action",
    "links": "Document or link",
}
TITLES = {
    "attendees": "Who was there",
    "key_points": "Key points",
    "sections": "What was said",
    "decisions": "Decisions",
    "actions": "Actions",
    "links": "Documents and links",
}
UNLISTED = "There is no organisation of this name. Write it beside the person’s name, or add it first."
NOBODY = "No name was found in what is left here. Write one person a line: name, organisation (role)."


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
            raise forms.ValidationError(f"There is no {found.text}. Look at a calendar again.")
        is_all = found and text.replace(found.text, "").strip(" .,").casefold() in ("", "by", "before", "on")
        return found.value.isoformat() if is_all else text

    def prepare_value(self, value):
        """As people write it."""
        found = find_date(str(value or ""))
        is_iso = found and found.value and found.text == value == found.value.isoformat()
        return date_format(found.value, "j F Y") if is_iso else value


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
                self.add_error(name, "Please fill this in, or remove the row.")
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

    name = LineField(required=False, max_length=limit(Attendance, "name"))
    organisation = LineField(required=False, max_length=limit(Attendance, "organisation_name"))
    side = forms.ChoiceField(choices=Attendance.Side.choices, initial=Attendance.Side.CIVIL_SOCIETY.value)
    role = forms.ChoiceField(choices=[("", "None"), *Attendance.Role.choices], required=False)
    mode = forms.ChoiceField(
        label="How they came", choices=[("", "Not known"), *Attendance.Mode.choices], required=False
    )
    shown = forms.ChoiceField(label="In public", choices=SHOWN, initial="name")
    name.widget.attrs["list"] = "people"
    organisation.widget.attrs["list"] = ORGANISATIONS


class PointForm(RowForm):
    text = TextField(required=False, max_length=limit(Point, "text"))


class SectionForm(RowForm):
    heading = LineField(required=False, max_length=limit(Section, "heading"))
    body = BodyField(label="Text", required=False, max_length=limit(Section, "body"))


class ActionForm(RowForm):
    choices = frozenset({"is_done"})

    text = TextField(label="What", required=False, max_length=limit(Action, "text"))
    owner_name = LineField(label="Who", required=False, max_length=limit(Action, "owner_name"))
    organisation = LineField(label="Their organisation", required=False, max_length=200)
    due = DueField(label="By when", required=False, max_length=limit(Action, "due_text"))
    is_done = forms.BooleanField(label="Done", required=False)
    organisation.widget.attrs["list"] = ORGANISATIONS

    def word_of(self, name):
        return ("yes" if self.cleaned_data[name] else "") if name == "is_done" else self.cleaned_data[name]


class AddressField(forms.CharField):
    default_validators = [SECURE]

    def to_python(self, value):
        text = clean_line(str(value or ""))
        return f"https://{text}" if text and "://" not in text else text


class LinkForm(RowForm):
    title = LineField(required=False, max_length=limit(Link, "title"))
    url = AddressField(label="Address", required=False, max_length=limit(Link, "url"))


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
        label="Who writes this note?",
        max_length=limit(Note, "written_by"),
        help_text="As it should be printed.",
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


class CorrectionForm(forms.Form):
    """What goes beside a change of a public note."""

    explanation = TextField(
        label="What was wrong",
        max_length=limit(NoteErratum, "explanation"),
        help_text="Published with the date and a comparison. It may be left empty where only the people were wrong.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    hides_texts = forms.BooleanField(
        label="Don’t show what it said before",
        required=False,
        help_text="For a name or anything else that must not be read again.",
    )

    use_required_attribute = False

    def full_clean(self):
        """Whether words are needed is known when the change has been looked at."""
        self.fields["explanation"].required = False
        super().full_clean()
        self.fields["explanation"].required = True


class Sheet:
    """All the forms of the page: with what is on record, or with what an editor has typed."""

    def __init__(self, manuscript, data=None, more=""):
        self.manuscript, self.data = manuscript, data
        self.saved = manuscript.rows()
        written_by = manuscript.head["written_by"]
        initial = {"written_by": written_by or "Network coordinators", "opened": mark_of(written_by)}
        self.head = HeadForm(data, initial=initial)
        self.parts = {name: self._forms(name, more) for name in PARTS}
        self.by_key = {form.key: form for forms in self.parts.values() for form in forms}
        self.theirs = ""
        self.is_correction = manuscript.refusal is not None
        self.correction = CorrectionForm(data)
        self._look_up_organisations()

    def _forms(self, name, more):
        form = FORMS[name]
        if self.data is not None:
            rows = [form(self.data, name=name, key=key) for key in keys_of(self.data, name)]
        else:
            stored = enumerate(self.saved[name].items())
            rows = [form(name=name, key=key, words=words, place=place) for place, (key, words) in stored]
            rows += [form(name=name, key=uuid.uuid4()) for _ in range(MORE_ROWS if name == more else 1)]
        if name == "actions":
            for row in rows:
                row.fields["due"].not_before = self.manuscript.meeting.held_on
        return rows

    def _look_up_organisations(self):
        rows = [*self.parts["attendees"], *self.parts["actions"]]
        typed = {row: clean_line(str(row["organisation"].value() or "")) for row in rows}
        called = Organisation.objects.called_any(set(typed.values()))
        for row, name in typed.items():
            row.is_unknown = bool(name) and name.casefold() not in called

    def suggest(self):
        """Beside organisations that aren't listed, the one that is probably meant."""
        names = {
            str(row["organisation"].value() or "").strip(): row
            for row in self.parts["attendees"]
            if row.is_unknown
        }
        bodies = resembling(sorted(names), Organisation.objects.every_name()) if names else {}
        organisations = Organisation.objects.in_bulk(bodies.values()) if bodies else {}
        for row in self.parts["attendees"]:
            if row.is_unknown:
                body = bodies.get(str(row["organisation"].value() or "").strip())
                row.suggestion = organisations.get(body)
        return self

    def pickable(self):
        """Who came to earlier meetings of the kind and isn't on the page yet, by number."""
        here = {
            self._same(row["name"].value(), row["organisation"].value()) for row in self.parts["attendees"]
        }
        found = {}
        for number, words in pickable_at(self.manuscript.meeting).items():
            if (same := self._same(words["name"], words["organisation"])) not in here:
                here.add(same)
                found[number] = words
        return dict(list(found.items())[:MOST_PICKED])

    @staticmethod
    def _same(name, organisation):
        return clean_line(str(name or "")).casefold(), clean_line(str(organisation or "")).casefold()

    @property
    def written(self):
        """The parts as the page shows them: name, title, what one row is called, the rows, and a row to copy."""
        for name, rows in self.parts.items():
            yield {
                "name": name,
                "title": TITLES[name],
                "noun": NOUNS[name],
                "rows": rows,
                "blank": FORMS[name](name=name, key="__key__"),
            }

    # What was typed

    def page(self):
        """What was typed, without what is wrong with it."""
        self.head.full_clean()
        unnamed, rows = self.manuscript.unnamed(), {}
        for name, forms_of_part in self.parts.items():
            for form in forms_of_part:
                form.full_clean()
                if name == "actions" and form.is_unknown and not form.is_removed:
                    form.add_error("organisation", UNLISTED)
                if form.key in unnamed and form.cleaned_data.get("shown", "member") != "member":
                    form.add_error("shown", "This person has asked not to be named at all.")
            rows[name] = [row for row in (form.row() for form in forms_of_part) if row]
        return Page(head=self.head.row(), rows=rows)

    def errors(self):
        """Triples of a field's address on the page, what it is called, and what is wrong, in the order of the page."""
        for message in self.correction.errors.get("explanation", []):
            yield self.correction["explanation"].auto_id, self.correction["explanation"].label, message
        for message in self.head.errors.get("written_by", []):
            yield self.head["written_by"].auto_id, self.head["written_by"].label, message
        for name, rows in self.parts.items():
            for number, row in enumerate(rows, start=1):
                for field in row:
                    for message in field.errors:
                        yield field.auto_id, f"{NOUNS[name]} {number}, {field.label.lower()}:", message
                for message in row.non_field_errors():
                    yield f"row-{row.key}", f"{NOUNS[name]} {number}:", message
        if message := self.data and self.data.get(LEFT) and NOBODY:
            yield "lines", "Add several people:", message

    # What became of it

    def going_on(self, kept):
        """The page with what was typed, where something is still to be done, over what is on record now."""
        data, saved = self.data.copy(), self.manuscript.rows()
        data["opened"] = mark_of(self.manuscript.head["written_by"])
        for name, rows in self.parts.items():
            keys = [row.key for row in rows if row.key in saved[name] or not (row.opened and row.is_valid())]
            keys = _with_others(keys, list(saved[name]))
            data.setlist(name, [str(key) for key in keys])
            for place, (key, words) in enumerate(saved[name].items()):
                form = self.by_key.get(key)
                kept_back = {*kept.clashes.get(key, []), *(form.errors if form else [])}
                self._put(data, name, key, {field: words[field] for field in words if field not in kept_back})
                data[f"{name}-{key}-opened"] = opened_of(PARTS[name], words, place)
        sheet = Sheet(self.manuscript, data)
        sheet.page()
        sheet._tell(kept)
        return sheet

    def once_more(self, kept):
        """The page with all that was typed, nothing of which was saved, and what it has to be brought together with."""
        data, saved = self.data.copy(), self.manuscript.rows()
        for key, names in kept.clashes.items():
            if form := self.by_key.get(key):
                words = saved[form.list_name][key]
                data[f"{form.prefix}-opened"] = self._marks_after(
                    form, words, form.row().place or 0, set(words) - {*names}
                )
        if HEAD in kept.clashes:
            data["opened"] = mark_of(self.manuscript.head["written_by"])
        sheet = Sheet(self.manuscript, data)
        sheet.page()
        sheet._tell(kept)
        return sheet

    @staticmethod
    def _put(data, name, key, words):
        for field, text in words.items():
            data[f"{name}-{key}-{field}"] = text
        if words.get("is_done") == "":
            del data[f"{name}-{key}-is_done"]

    def _tell(self, kept):
        """Say beside each row what somebody else has written there."""
        who = kept.by or "Somebody else"
        if HEAD in kept.clashes:
            self.theirs = self.manuscript.head["written_by"]
            self.head.add_error("written_by", f"{who} wrote “{self.theirs}” here. Save again to have yours.")
        for key, names in kept.clashes.items():
            if form := self.by_key.get(key):
                form.theirs = {name: self.saved[form.list_name][key][name] for name in names}
                if form.is_removed:
                    form.add_error(
                        None, f"{who} has changed this meanwhile. Save again to remove it all the same."
                    )
                    continue
                for name in names:
                    form.add_error(
                        name, f"{who} wrote something else here. Bring the two together, then save again."
                    )
        for key in kept.refused.keys() & self.by_key.keys():
            self.by_key[key].add_error(None, kept.refused[key])

    def report(self, kept):
        """For the script that saves while somebody types: what the page is to remember, and what others wrote."""
        saved = self.manuscript.rows()
        report = {"opened": {}, "others": {}, "gone": [], "html": {}}
        if HEAD not in kept.clashes:
            report["opened"]["opened"] = mark_of(self.manuscript.head["written_by"])
        for name, rows in self.parts.items():
            for place, row in enumerate(rows):
                words = saved[name].get(row.key)
                if words is None:
                    report["gone"] += [row.prefix] if row.opened and row.is_valid() else []
                    continue
                clashes = kept.clashes.get(row.key, [])
                report["opened"][f"{row.prefix}-opened"] = self._marks_after(row, words, place, clashes)
                report["others"] |= {
                    f"{row.prefix}-{field}": {
                        "text": row.fields[field].prepare_value(words[field]),
                        "place": index,
                    }
                    for index, field in enumerate(row.part.fields, start=1)
                    if field in row.cleaned_data
                    and field not in clashes
                    and row.word_of(field) != words[field]
                }
        report["has_more"] = any(saved[name].keys() - self.by_key.keys() for name in PARTS)
        return report

    @staticmethod
    def _marks_after(row, words, place, clashes):
        """As for a page opened now, but for what both changed."""
        new, old = opened_of(row.part, words, place).split(), row.opened.split()
        marks = [
            old[index] if name in clashes and len(old) == len(new) else new[index]
            for index, name in enumerate(row.part.fields, start=1)
        ]
        return " ".join([new[0], *marks])

    def called(self, key):
        """What the page calls a row."""
        for name, rows in self.parts.items():
            for number, row in enumerate(rows, start=1):
                if row.key == key:
                    return f"{NOUNS[name]} {number}"
        return "Who writes this note"

    def html(self):
        """The sections that were typed, as the public would read them, by row."""
        return {
            row.prefix: markdown.render(row.cleaned_data["body"])
            for row in self.parts["sections"]
            if "body" in row.cleaned_data
        }


def pickable_at(meeting):
    """The words of earlier attendees, by number: the last time each of them came first."""
    part = PARTS["attendees"]
    rows = Attendance.objects.before(meeting)[:MOST_ROWS]
    return {str(row.pk): {**part.words(row), "role": "", "mode": ""} for row in rows}


def opened_of(part, words, place):
    return " ".join([str(place), *(mark_of(words[name]) for name in part.fields)])


def keys_of(data, name):
    """The rows that were sent, in the order of the page."""
    keys = []
    for text in data.getlist(name):
        try:
            keys.append(uuid.UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(keys))


def _with_others(keys, saved):
    """Those of the page, and those it doesn't have yet, each after the one it follows."""
    order = list(keys)
    for index, key in enumerate(saved):
        if key not in order:
            before = saved[index - 1] if index else None
            order.insert(order.index(before) + 1 if before in order else 0, key)
    return order
