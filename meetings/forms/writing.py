"""The page on which editors write a note: rows of any number, moved, added and taken away with or without a script."""

import uuid

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ogp_network import markdown
from profiles.models import Organisation
from profiles.models.survey import mark_of
from profiles.wording import clean_line

from ..models import Attendance
from ..models.manuscript import PARTS, Page
from ..note_text.resemblance import resembling
from .errata import ErratumForm
from .rows import FORMS, HEAD, HeadForm, opened_of

MOST_ROWS = 1000
MORE_ROWS = 3
MOST_PICKED = 100
LEFT = "lines"
NOUNS = {
    "attendees": gettext_lazy("Attendee"),
    "key_points": gettext_lazy("Key point"),
    "sections": gettext_lazy("Section"),
    "decisions": gettext_lazy("Decision"),
    "actions": gettext_lazy("Action"),
    "links": gettext_lazy("Document or link"),
}
MORE = {
    "attendees": gettext_lazy("Add a person"),
    "key_points": gettext_lazy("Add a key point"),
    "sections": gettext_lazy("Add a section"),
    "decisions": gettext_lazy("Add a decision"),
    "actions": gettext_lazy("Add an action"),
    "links": gettext_lazy("Add a document or link"),
}
TITLES = {
    "attendees": gettext_lazy("Who was there"),
    "key_points": gettext_lazy("Key points"),
    "sections": gettext_lazy("What was said"),
    "decisions": gettext_lazy("Decisions"),
    "actions": gettext_lazy("Actions"),
    "links": gettext_lazy("Documents and links"),
}
UNLISTED = gettext_lazy(
    "There is no organisation of this name. Write it beside the person’s name, or add it first."
)
NOBODY = gettext_lazy(
    "No name was found in what is left here. Write one person a line: name, organisation (role)."
)


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
        self.correction = ErratumForm(data)
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
                "more": MORE[name],
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
                    form.add_error("shown", _("This person has asked not to be named at all."))
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
                called = self._called(name, number)
                for field in row:
                    label = _("%(row)s, “%(field)s”:") % {"row": called, "field": field.label}
                    for message in field.errors:
                        yield field.auto_id, label, message
                for message in row.non_field_errors():
                    yield f"row-{row.key}", f"{called}:", message
        if message := self.data and self.data.get(LEFT) and NOBODY:
            yield "lines", _("Add several people:"), message

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
        who = kept.by or _("Somebody else")
        if HEAD in kept.clashes:
            self.theirs = self.manuscript.head["written_by"]
            self.head.add_error(
                "written_by",
                _("%(editor)s wrote “%(words)s” here. Save again to have yours.")
                % {"editor": who, "words": self.theirs},
            )
        for key, names in kept.clashes.items():
            if form := self.by_key.get(key):
                form.theirs = {name: self.saved[form.list_name][key][name] for name in names}
                if form.is_removed:
                    words = _("%(editor)s has changed this meanwhile. Save again to remove it all the same.")
                    form.add_error(None, words % {"editor": who})
                    continue
                for name in names:
                    words = _(
                        "%(editor)s wrote something else here. Bring the two together, then save again."
                    )
                    form.add_error(name, words % {"editor": who})
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
                    return self._called(name, number)
        return _("Who writes this note")

    @staticmethod
    def _called(name, number):
        return _("%(noun)s %(number)d") % {"noun": NOUNS[name], "number": number}

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
