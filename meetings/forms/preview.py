"""The page on which an editor checks what was made of a text, and says yes."""

from django import forms
from django.forms import formset_factory

from profiles.admin.fields import ORGANISATIONS
from profiles.models import Organisation

from ..models import Action, Attendance, Meeting, Note, NoteDraft, Point, Section
from ..note_text.resemblance import resembling
from ..note_text.structure import Passage

SPARE_ROWS = 2
MORE_ROWS = 5
MOST_ROWS = 1000
NEW = "new"
LEAVE, SUMMARY, SECTION = "", "summary", "section"
DESTINATIONS = [
    (LEAVE, "Leave it out"),
    (Point.Kind.KEY_POINT.value, "A key point"),
    (Point.Kind.DECISION.value, "A decision"),
    (SUMMARY, "What the meeting was about"),
    (SECTION, "A part of its own"),
]
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def limit(model, name):
    return model._meta.get_field(name).max_length


class DraftForm(forms.ModelForm):
    """The meeting and who wrote its note."""

    meeting_choice = forms.ChoiceField(
        label="Which meeting it is",
        help_text="One that is there already keeps its own title, times and place; attendees are added to it.",
    )
    written_by = forms.CharField(
        label="Note written by", max_length=limit(Note, "written_by"), help_text="As it should be printed."
    )
    is_announced = forms.BooleanField(
        label="Show the meeting to everybody",
        required=False,
        help_text="The note itself stays a draft until you publish it, which needs this.",
    )

    use_required_attribute = False

    class Meta:
        model = Meeting
        fields = [
            *("title", "kind", "held_on", "starts_at", "ends_at", "ends_on"),
            *("venue", "has_remote_access", "summary"),
        ]
        widgets = {
            "held_on": DAY,
            "ends_on": DAY,
            "starts_at": CLOCK,
            "ends_at": CLOCK,
            "summary": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args, meetings, **kwargs):
        super().__init__(*args, **kwargs)
        self.meetings = {str(meeting.pk): meeting for meeting in meetings}
        self.fields["meeting_choice"].choices = [
            (NEW, "A new one"),
            *((pk, f"{meeting}, {meeting.held_on:%-d %B %Y}") for pk, meeting in self.meetings.items()),
        ]
        for field in self.fields.values():
            field.error_messages["required"] = "Please fill this in."

    def meeting(self):
        return self.meetings.get(self.cleaned_data["meeting_choice"]) or self.instance


class RowForm(forms.Form):
    """A row that is left out when its first field is empty."""

    use_required_attribute = False

    @property
    def first_field(self):
        return next(iter(self.fields))

    @property
    def is_empty(self):
        return not self.cleaned_data.get(self.first_field)


class AttendeeForm(RowForm):
    name = forms.CharField(required=False, max_length=limit(Attendance, "name"))
    organisation = forms.CharField(
        required=False,
        max_length=limit(Attendance, "organisation_name"),
        widget=forms.TextInput(attrs={"list": ORGANISATIONS, "autocomplete": "off"}),
    )
    is_new = forms.BooleanField(label="Add it to the organisations", required=False)
    side = forms.ChoiceField(choices=Attendance.Side)
    role = forms.ChoiceField(choices=[("", "None"), *Attendance.Role.choices], required=False)
    mode = forms.ChoiceField(
        label="How they came", choices=[("", "Not known"), *Attendance.Mode.choices], required=False
    )
    is_named = forms.BooleanField(label="May be named", required=False, initial=True)

    # What the text says of the organisation, where that is something else than the one offered.
    written_as = ""

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("organisation") and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", "Who came from there? Empty both fields to leave the row out.")
        return cleaned


class PointForm(RowForm):
    text = forms.CharField(
        required=False, max_length=limit(Point, "text"), widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(choices=Point.Kind)


class SectionForm(RowForm):
    body = forms.CharField(
        label="Text",
        required=False,
        strip=False,
        max_length=limit(Section, "body"),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    heading = forms.CharField(required=False, max_length=limit(Section, "heading"))

    @property
    def is_empty(self):
        return not any(self.cleaned_data.get(name, "").strip() for name in ("body", "heading"))


class ActionForm(RowForm):
    text = forms.CharField(
        label="What",
        required=False,
        max_length=limit(Action, "text"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    owner = forms.CharField(label="Who", required=False, max_length=limit(Action, "owner_name"))
    due_on = forms.DateField(label="By when", required=False, widget=DAY)
    due_text = forms.CharField(
        label="By when, as written", required=False, max_length=limit(Action, "due_text")
    )


class LeftoverForm(RowForm):
    text = forms.CharField(
        label="Text", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    goes_to = forms.ChoiceField(label="Where it goes", choices=DESTINATIONS, required=False)
    line = forms.IntegerField(widget=forms.HiddenInput, required=False)


def rows_of(form, spare=SPARE_ROWS):
    return formset_factory(form, extra=spare, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True)


FORMSETS = {
    "attendees": rows_of(AttendeeForm),
    "points": rows_of(PointForm),
    "sections": rows_of(SectionForm, spare=1),
    "actions": rows_of(ActionForm),
    "leftovers": rows_of(LeftoverForm, spare=0),
}


class Preview:
    """All the forms of the page: filled in from the text, or with what an editor has typed."""

    def __init__(self, source, data=None):
        self.blocks = source.blocks()
        self.block = self.blocks[source.block]
        self.note = source.reading()
        self.others = [(number, block) for number, block in enumerate(self.blocks) if number != source.block]
        held_on = self.note.held_on
        self.meetings = list(Meeting.objects.near(held_on).without_note().by_latest()) if held_on else []
        self.documented = (
            list(Meeting.objects.near(held_on, days=0).exclude(note=None).select_related("note"))
            if held_on
            else []
        )
        self._match_organisations(data)
        self.form = DraftForm(data, initial=self._initial(), meetings=self.meetings)
        rows = {} if data is not None else self._rows()
        self.formsets = {
            name: formset(data, prefix=name, initial=rows.get(name)) for name, formset in FORMSETS.items()
        }
        self.written_by_person = {
            person.name: person.organisation
            for person in self.note.attendees
            if person.organisation in self.alike
        }
        for person in self.formsets["attendees"]:
            self._say_what_was_written(person)

    # What the text says

    def _initial(self):
        note = self.note
        same_day = [meeting for meeting in self.meetings if meeting.held_on == note.held_on]
        same_kind = [meeting for meeting in same_day if meeting.kind == note.kind]
        match = (same_kind or same_day)[:1]
        names = [
            *("title", "held_on", "starts_at", "ends_at", "ends_on", "venue", "has_remote_access", "summary"),
            "written_by",
        ]
        return {
            **{name: getattr(note, name) for name in names},
            "kind": note.kind or Meeting.Kind.NETWORK,
            "meeting_choice": str(match[0].pk) if match else NEW,
            "written_by": note.written_by or "Network coordinators",
        }

    def _rows(self):
        note = self.note
        return {
            "attendees": [self._attendee(person) for person in note.attendees],
            "points": [
                {"text": text, "kind": kind}
                for kind, texts in (
                    (Point.Kind.KEY_POINT, note.key_points),
                    (Point.Kind.DECISION, note.decisions),
                )
                for text in texts
            ],
            "sections": [
                {"heading": section.heading or ("" if number else "Discussion"), "body": section.body}
                for number, section in enumerate(note.sections)
            ],
            "actions": [self._action(action) for action in note.actions],
            "leftovers": [{"text": passage.text, "line": passage.line} for passage in self.leftovers()],
        }

    def leftovers(self):
        """What wasn't understood, neighbours together, and the posts around the note."""
        passages = []
        for passage in self.note.unparsed:
            if passages and passage.line - passages[-1].line <= passages[-1].text.count("\n") + 1:
                last = passages.pop()
                passage = Passage(last.line, f"{last.text}\n{passage.text}")
            passages.append(passage)
        passages += [
            Passage(block.first_line, block.text.strip("\n")) for _, block in self.others if not block.is_note
        ]
        return [passage for passage in passages if passage.text.strip()]

    def _attendee(self, person):
        written = person.organisation
        organisation = self.called.get(written) or self.alike.get(written)
        side = person.side
        if not side and organisation and organisation.kind == Organisation.Kind.GOVERNMENT:
            side = Attendance.Side.GOVERNMENT
        return {
            "name": person.name,
            "organisation": organisation.name if organisation else person.organisation,
            "side": side or Attendance.Side.CIVIL_SOCIETY,
            "role": person.role,
            "mode": person.mode,
            "is_named": True,
        }

    @staticmethod
    def _action(action):
        due_text = "" if action.due_on else action.due_text
        return {
            "text": action.text,
            "owner": action.owner,
            "due_on": action.due_on,
            "due_text": due_text,
        }

    # Organisations

    def _match_organisations(self, data):
        """`called` are those of exactly this name; `alike` those a name of the text probably stands for."""
        written = {person.organisation for person in self.note.attendees} - {""}
        typed = {value.strip() for key, value in (data or {}).items() if key.endswith("-organisation")}
        called = Organisation.objects.called_any(written | typed)
        self.called = {
            name: called[name.casefold()][0] for name in written | typed if name.casefold() in called
        }
        unknown = sorted(written - self.called.keys())
        bodies = resembling(unknown, Organisation.objects.every_name()) if unknown else {}
        organisations = Organisation.objects.in_bulk(bodies.values()) if bodies else {}
        self.alike = {name: organisations[key] for name, key in bodies.items()}

    def _say_what_was_written(self, form):
        name = str(form["organisation"].value() or "").strip()
        offered = {organisation.name for organisation in self.alike.values()}
        form.is_unknown = bool(name) and name not in self.called and name not in offered
        form.written_as = self.written_by_person.get(form["name"].value(), "")

    # What the editor says

    @property
    def is_bound(self):
        return self.form.is_bound

    def is_valid(self):
        valid = [part.is_valid() for part in (self.form, *self.formsets.values())]
        return all(valid) and self._has_headings()

    def _has_headings(self):
        for row in self._filled("sections"):
            if not row.cleaned_data["heading"]:
                row.add_error("heading", "Please give the first part a heading.")
                return False
            return True
        return True

    def errors(self):
        """Pairs of a field, or None, and what is wrong, in the order of the page."""
        for message in self.form.non_field_errors():
            yield None, "", message
        forms_of_page = [self.form, *(form for formset in self.formsets.values() for form in formset)]
        for form in forms_of_page:
            number = f" {form.prefix.rpartition('-')[2]}" if form.prefix else ""
            row = f", row {int(number) + 1}" if number else ""
            for field in form.visible_fields():
                for message in field.errors:
                    yield field, f"{field.label}{row}", message
        for formset in self.formsets.values():
            for message in formset.non_form_errors():
                yield None, "", message

    def _filled(self, name):
        return [row for row in self.formsets[name] if row.cleaned_data and not row.is_empty]

    def draft(self):
        """What is to be saved. Only of valid forms."""
        draft = NoteDraft(
            meeting=self.form.meeting(),
            written_by=self.form.cleaned_data["written_by"],
            is_announced=self.form.cleaned_data["is_announced"],
        )
        added = {}
        for row in self._filled("attendees"):
            draft.attendances.append(self._attendance(row.cleaned_data, added))
        draft.new_organisations = list(added.values())
        for row in self._filled("points"):
            draft.points.append(Point(text=row.cleaned_data["text"], kind=row.cleaned_data["kind"]))
        for row in self._filled("sections"):
            self._add_section(draft, row.cleaned_data["heading"], row.cleaned_data["body"])
        for row in self._filled("actions"):
            values = row.cleaned_data
            draft.actions.append(
                Action(
                    text=values["text"],
                    owner_name=values["owner"],
                    due_on=values["due_on"],
                    due_text=values["due_text"],
                )
            )
        for row in self._filled("leftovers"):
            self._place(draft, row.cleaned_data["text"].strip(), row.cleaned_data["goes_to"])
        return draft

    def _attendance(self, values, added):
        name = values["organisation"]
        organisation = self.called.get(name)
        if name and organisation is None and values["is_new"]:
            is_government = values["side"] == Attendance.Side.GOVERNMENT
            kind = Organisation.Kind.GOVERNMENT if is_government else Organisation.Kind.COMMUNITY_GROUP
            organisation = added.setdefault(name.casefold(), Organisation(name=name, kind=kind, areas=[]))
        return Attendance(
            organisation=organisation,
            organisation_name="" if organisation else name,
            **{field: values[field] for field in ("name", "side", "role", "mode", "is_named")},
        )

    @staticmethod
    def _add_section(draft, heading, body):
        if heading or not draft.sections:
            draft.sections.append(Section(heading=heading, body=body.strip("\n")))
        else:
            draft.sections[-1].body = f"{draft.sections[-1].body}\n\n{body}".strip("\n")

    def _place(self, draft, text, destination):
        if destination in Point.Kind.values:
            draft.points.append(Point(text=text, kind=destination))
        elif destination == SUMMARY and not draft.meeting.pk:
            draft.meeting.summary = f"{draft.meeting.summary}\n\n{text}".strip()
        elif destination == SECTION:
            heading, _, body = text.partition("\n")
            draft.sections.append(
                Section(heading=heading.strip("#* ")[:200], body=body.strip("\n") or heading)
            )
