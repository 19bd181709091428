from dataclasses import dataclass

from django import forms
from django.db import models

from profiles.admin.fields import FIELDS

from ..models import Idea
from ..ranking import Result


@dataclass
class Entry:
    """An idea to choose or not, how often it was seen again, and whether it is in for good."""

    idea: Idea
    result: Result
    is_chosen: bool
    is_fixed: bool
    times_seen: int


class SecondLookForm(forms.Form):
    """Which ideas the experts look at again, and until when."""

    closes_at = forms.DateTimeField(
        label="Open until",
        widget=FIELDS[models.DateTimeField]["widget"],
        help_text="Experts are volunteers: give them some days.",
    )
    ideas = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": "Choose among the ideas below."}
    )

    def __init__(self, data=None, *, rows, opened, proposed, seen, closes_at):
        """`rows` pair an idea with its result; those of `opened` stay in, those `proposed` are ticked to begin with.

        `seen` says how many experts have seen an idea again, by its key.
        """
        self.rows, self.opened, self.seen = rows, set(opened), seen
        super().__init__(data, initial={"closes_at": closes_at, "ideas": [str(pk) for pk in proposed]})
        self.fields["ideas"].choices = [(str(idea.pk), str(idea)) for idea, _ in rows]

    @property
    def entries(self):
        wanted = set(map(str, self["ideas"].value() or []))
        return [
            Entry(
                idea,
                result,
                is_chosen=idea.pk in self.opened or str(idea.pk) in wanted,
                is_fixed=idea.pk in self.opened,
                times_seen=self.seen.get(idea.pk, 0),
            )
            for idea, result in self.rows
        ]

    @property
    def chosen(self):
        """All ideas of the second look from now on."""
        wanted = set(self.cleaned_data["ideas"])
        return [idea for idea, _ in self.rows if idea.pk in self.opened or str(idea.pk) in wanted]

    def clean(self):
        cleaned = super().clean()
        if "ideas" in cleaned and not self.chosen:
            self.add_error("ideas", "Choose at least one idea.")
        return cleaned
