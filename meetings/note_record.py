"""What a note says, as one text, so that two moments of it can be compared."""

import re

from .note_text.structure import Action, Section
from .note_text.structure import Note as Written
from .note_text.writing import write

UNNAMED = "a member"


def text_of(note) -> str:
    """All that a note says in public but for who was there, and for what became of its actions since."""
    written = Written(
        title=str(note.meeting),
        key_points=tuple(note.points.key_points().values_list("text", flat=True)),
        sections=tuple(Section(section.heading, section.body) for section in note.sections.all()),
        decisions=tuple(note.points.decisions().values_list("text", flat=True)),
        actions=tuple(_action(action) for action in note.actions.select_related("owner_organisation")),
        written_by=note.written_by,
    )
    links = "\n".join(f"- {link.title}: {link.url}" for link in note.links.all())
    return write(written) + (f"\n## Documents and links\n\n{links}\n" if links else "")


def _action(action):
    owner = ", ".join(filter(None, [action.owner_name, str(action.owner_organisation or "")]))
    due = f"{action.due_on.day} {action.due_on:%B %Y}" if action.due_on else action.due_text
    return Action(action.text, owner=owner, due_text=due)


def without_names(text: str, names) -> str:
    """The text with each of the names left out, however its words are spaced and written large or small."""
    for name in sorted(filter(str.strip, names), key=len, reverse=True):
        words = r"\s+".join(map(re.escape, name.split()))
        text = re.sub(rf"(?<!\w){words}(?!\w)", UNNAMED, text, flags=re.IGNORECASE)
    return text
