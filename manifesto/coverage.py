"""What a selection of ideas covers, against all of them."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from .ranking import fixed


@dataclass(frozen=True)
class Share:
    """How many of all ideas, and of those selected, bear a label; an idea may bear several."""

    label: str
    ideas: int
    selected: int
    of_ideas: int
    of_selected: int

    @property
    def ideas_text(self):
        return f"{self.ideas} ({_percent(self.ideas, self.of_ideas)})"

    @property
    def selected_text(self):
        return f"{self.selected} ({_percent(self.selected, self.of_selected)})"


def coverage(labels, selected) -> dict[str, list[Share]]:
    """By aspect its labels, the commonest first, from `labels`: {idea's number: {aspect: its labels}}.

    `selected` holds the numbers of the ideas selected.
    """
    selected = labels.keys() & set(selected)
    found = {}
    for number, aspects in labels.items():
        for aspect, borne in aspects.items():
            everywhere, within = found.setdefault(aspect, (Counter(), Counter()))
            everywhere.update(borne)
            within.update(borne if number in selected else [])
    return {
        aspect: [
            Share(label, everywhere[label], within[label], len(labels), len(selected))
            for label in sorted(everywhere, key=lambda label: (-everywhere[label], label))
        ]
        for aspect, (everywhere, within) in found.items()
    }


def _percent(part, whole):
    return f"{fixed(Fraction(100 * part, whole), 0)}%" if whole else "–"
