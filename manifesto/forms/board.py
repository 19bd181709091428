"""The shortlist board: places and reasons, one idea at a time or several at once, and their publication."""

import json
from collections import Counter

from django import forms

from ogp_network.comparison import compare

from ..models import Decision, Erratum
from ..models.board import marks_of, words_of
from ..vocabularies import Outcome

OPEN_OUTCOMES = [choice for choice in Outcome.choices if choice[0] != Outcome.MERGED]
WITHOUT_PLACE = [
    choice for choice in OPEN_OUTCOMES if choice[0] not in (Outcome.ACCEPTED, Outcome.ACCEPTED_IN_PART)
]
LONGEST_REASONS = Decision._meta.get_field("reasons").max_length


def reasons_field(label="Reasons, as they will be published", **options):
    widget = forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    return forms.CharField(label=label, max_length=LONGEST_REASONS, widget=widget, **options)


class DecisionForm(forms.Form):
    """One idea on the board, with where it stands; everything may wait. `held` are places that are not shown."""

    position = forms.IntegerField(
        label="Place",
        required=False,
        min_value=1,
        max_value=999,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    outcome = forms.ChoiceField(
        label="Outcome", required=False, choices=[("", "No decision yet"), *OPEN_OUTCOMES]
    )
    reasons = reasons_field(required=False)
    opened = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def __init__(self, data=None, *, standing, held=()):
        self.standing, self.idea = standing, standing.idea
        self.recorded = getattr(self.idea, "decision", None)
        self.words = words_of(self.recorded, held)
        self.theirs = self.place = None
        self.moved = {}
        prefix = f"idea-{self.idea.number}"
        sent = data is not None and any(f"{prefix}-{name}" in data for name in self.words)
        place = int(self.words["position"] or 0) or None
        initial = {**self.words, "position": place, "opened": json.dumps(marks_of(self.words))}
        super().__init__(data if sent else None, prefix=prefix, initial=initial)

    @property
    def result(self):
        return self.standing.result

    @property
    def decision(self):
        """The decision as typed or, where this wasn't on the page, as on record, and then moved; not saved."""
        words = {**(self.cleaned_data if self.is_bound else self.words), **self.moved}
        position = int(words["position"] or 0) or None
        return Decision(idea=self.idea, outcome=words["outcome"], reasons=words["reasons"], position=position)

    @property
    def opened_marks(self):
        """The marks of what the page began with; None where it didn't say."""
        if not self.is_bound:
            return marks_of(self.words)
        try:
            marks = json.loads(self.data.get(self.add_prefix("opened"), ""))
        except ValueError:
            return None
        return marks if isinstance(marks, dict) else None

    @property
    def typed_marks(self):
        """The marks of what was typed, for the page to go on with."""
        return marks_of(words_of(self.decision))

    @property
    def shown_place(self):
        """The place to list it at: as typed if that makes sense; otherwise None."""
        typed = str(self["position"].value() or "")
        return int(typed) if typed.isdecimal() and int(typed) else None

    def clean(self):
        cleaned = super().clean()
        # As typed: an error below takes it out of what counts as clean, but the whole board compares places.
        self.place = cleaned.get("position")
        if self.place and "outcome" in cleaned and not Decision(outcome=cleaned["outcome"]).may_have_place:
            self.add_error("position", "For a place, choose “Accepted” or “Accepted in part”.")
        return cleaned

    def begin_anew(self):
        """Set beside what was typed what somebody else has saved, where that differs, and begin with that."""
        if not self.is_bound:
            return
        typed = words_of(self.decision) if self.is_valid() else {}
        marks = self.opened_marks or {}
        self.data = self.data.copy()
        for name, saved in self.words.items():
            if typed.get(name) != saved and marks_of(typed).get(name) == marks.get(name):
                # Not touched here: what the others made of it stands.
                self.data[self.add_prefix(name)] = saved
            elif typed.get(name) != saved and marks_of(self.words)[name] != marks.get(name):
                self.theirs = Decision(**{**self.words, "position": int(self.words["position"] or 0) or None})
        self.data[self.add_prefix("opened")] = json.dumps(marks_of(self.words))

    def put(self, place):
        """Give it this place, or None; an idea on the list is accepted, and one taken off is to be decided anew."""
        decision = self.decision
        if decision.position == place:
            return
        self.moved["position"] = place
        if place and not decision.may_have_place:
            self.moved["outcome"] = Outcome.ACCEPTED
        elif not place and decision.may_have_place:
            self.moved["outcome"] = ""


class BoardForm(forms.Form):
    """The ideas on a page of the board, over the `version` that was opened."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data=None, *, standings, version, held=()):
        super().__init__(data, initial={"version": version})
        self.entries = [DecisionForm(data, standing=standing, held=held) for standing in standings]

    @property
    def decisions(self):
        """Those that were on the page or moved, as Round.record_decisions takes them."""
        return [entry.decision for entry in self.changeable]

    @property
    def changeable(self):
        return [entry for entry in self.entries if entry.is_bound or entry.moved]

    @property
    def opened(self):
        """What the page began with, as Round.record_decisions takes it; None where it doesn't say so for all."""
        marks = {entry.idea.pk: entry.opened_marks for entry in self.changeable}
        return None if None in marks.values() else marks

    @property
    def places(self):
        """Entries with a place, in that order."""
        return sorted((entry for entry in self.entries if entry.shown_place), key=lambda e: e.shown_place)

    @property
    def others(self):
        return [entry for entry in self.entries if not entry.shown_place]

    @property
    def fields_with_errors(self):
        return [(entry, field) for entry in self.entries for field in entry if field.errors]

    def clean(self):
        has_errors = any([bool(entry.errors) for entry in self.entries])
        given = Counter(entry.place for entry in self.entries if entry.place)
        for entry in self.entries:
            if given[entry.place] > 1:
                has_errors = True
                entry.add_error("position", f"Another idea has place {entry.place} too.")
        if has_errors:
            self.add_error(None, "Nothing is saved yet. Please mend what is marked below and save again.")
        return self.cleaned_data

    def move(self, step, number):
        """Put an idea one place "up" or "down", "add" it as the last, or take it "off", and close all gaps."""
        entry = next((entry for entry in self.entries if entry.idea.number == number), None)
        if entry:
            placed = sorted(
                (entry for entry in self.entries if entry.decision.position),
                key=lambda e: e.decision.position,
            )
            order = _moved(placed, entry, step)
            if entry not in order:
                entry.put(None)
            for place, other in enumerate(order, start=1):
                other.put(place)

    def begin_anew(self, version):
        """Let the next save of the page stand over what somebody else has saved, now that it is shown."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = version
        for entry in self.entries:
            entry.begin_anew()


def _moved(order, item, step):
    """The list `order` with `item` moved by the step; as it is where that makes no sense."""
    rest = [other for other in order if other is not item]
    if step == "off":
        return rest
    if step == "add":
        return order if item in order else [*order, item]
    if item not in order:
        return order
    at = max(0, order.index(item) + {"up": -1, "down": 1}[step])
    return [*rest[:at], item, *rest[at:]]


class BulkForm(forms.Form):
    """One outcome and one text for several ideas without a place; what some say already stays unless asked for."""

    ideas = forms.TypedMultipleChoiceField(
        label="Ideas", coerce=int, error_messages={"required": "Tick at least one idea."}
    )
    outcome = forms.ChoiceField(
        label="Outcome",
        choices=[("", "Choose one"), *WITHOUT_PLACE],
        error_messages={"required": "Choose an outcome."},
    )
    reasons = reasons_field(error_messages={"required": "Write the reasons."})
    replace = forms.TypedMultipleChoiceField(required=False, coerce=int)
    opened = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, standings, ticked=()):
        super().__init__(data, initial={"ideas": list(ticked)})
        self.standings = {standing.idea.number: standing for standing in standings}
        for name in ("ideas", "replace"):
            self.fields[name].choices = [(number, number) for number in self.standings]

    @property
    def ticked(self):
        return {str(number) for number in self["ideas"].value() or []}

    @property
    def chosen(self):
        """The ideas ticked, each with its decision on record or None. The form is valid."""
        ideas = [self.standings[number].idea for number in self.cleaned_data["ideas"]]
        return [(idea, getattr(idea, "decision", None)) for idea in ideas]

    @property
    def answered(self):
        """Those of them that say something already."""
        return [(idea, decision) for idea, decision in self.chosen if decision]

    @property
    def unanswered(self):
        return [idea for idea, decision in self.chosen if not decision]

    @property
    def decisions(self):
        """As Round.record_decisions takes them."""
        answer = {name: self.cleaned_data[name] for name in ("outcome", "reasons")}
        replaced = self.cleaned_data["replace"]
        return [
            Decision(idea=idea, **answer)
            for idea, decision in self.chosen
            if not decision or idea.number in replaced
        ]

    @property
    def outcome_text(self):
        return Outcome(self.cleaned_data["outcome"]).label

    @property
    def marks_now(self):
        """What the ideas ticked say now, for the page that asks to confirm."""
        return json.dumps({idea.number: marks_of(words_of(decision)) for idea, decision in self.chosen})

    @property
    def opened_marks(self):
        """What they said when that page was made, as Round.record_decisions takes it."""
        opened = self.cleaned_data["opened"] or {}
        marks = {idea.pk: opened.get(str(idea.number)) for idea, _ in self.chosen}
        return {pk: mark if isinstance(mark, dict) else {} for pk, mark in marks.items()}


class PublicationForm(forms.Form):
    """An editor's word to publish the board in the `version` they have read."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ScheduleForm(PublicationForm):
    """An editor's word to have it published by itself."""

    at = forms.DateTimeField(
        label="Day and time",
        help_text="By the clock in London.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": "Choose a day and a time.",
            "invalid": "Write a day and a time, such as 2027-05-03T09:00.",
        },
    )


class CorrectionForm(forms.Form):
    """What a published decision should have said, and what was wrong; `after` is the last erratum that was read."""

    outcome = forms.ChoiceField(label="Outcome", choices=OPEN_OUTCOMES)
    reasons = reasons_field(error_messages={"required": "Every idea needs its reasons."})
    explanation = forms.CharField(
        label="What was wrong, as it will be published",
        max_length=Erratum._meta.get_field("explanation").max_length,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        error_messages={"required": "Please say what was wrong. It is published with the correction."},
    )
    after = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data=None, *, decision):
        words = words_of(decision)
        initial = {name: words[name] for name in ("outcome", "reasons")} | {"after": decision.last_erratum_pk}
        super().__init__(data, initial=initial)
        self.decision = decision
        if decision.position:
            self.fields["outcome"].choices = [
                choice for choice in OPEN_OUTCOMES if choice not in WITHOUT_PLACE
            ]

    def clean_reasons(self):
        return self.cleaned_data["reasons"].replace("\r\n", "\n")

    @property
    def correction(self):
        """As Decision.correct takes it. The form is valid."""
        return {name: self.cleaned_data[name] for name in ("outcome", "reasons", "explanation")}

    @property
    def outcome_text(self):
        return Outcome(self.cleaned_data["outcome"]).label

    @property
    def passages(self):
        """The reasons before and after, as `compare` gives them."""
        return compare(self.decision.reasons, self.cleaned_data["reasons"])
