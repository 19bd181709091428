"""What a note says, as one text, so that two moments of it can be compared."""

import re

from .note_text.structure import Note as Written
from .note_text.structure import Section
from .note_text.writing import write

UNNAMED = "a member"


def text_of(note) -> str:
    """All that a note says in public but for who was there, and for what became of its actions since."""
    written = Written(
        title=str(note.meeting),
        key_points=tuple(note.points.key_points().values_list("text", flat=True)),
        sections=tuple(Section(section.heading, section.body) for section in note.sections.all()),
        decisions=tuple(note.points.decisions().values_list("text", flat=True)),
    )
    rest = {
        "Actions": [_line(action) for action in note.actions.select_related("owner_organisation")],
        "Documents and links": [f"- {link.title}: {link.url}" for link in note.links.all()],
        "Written by": [note.written_by],
    }
    parts = ["\n\n".join([f"## {heading}", "\n".join(lines)]) for heading, lines in rest.items() if lines]
    return "\n\n".join([write(written).rstrip(), *parts])


def _line(action):
    due = f"{action.due_on.day} {action.due_on:%B %Y}" if action.due_on else action.due_text
    facts = [action.owner_name, str(action.owner_organisation or ""), due]
    return f"- {action.text}" + "".join(f" · {fact}" for fact in facts if fact)


def parts_of(text: str) -> dict[str, str]:
    """The text of each heading, and under "" what stands before the first."""
    first, *others = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    parts = {"": first.removeprefix("# ").strip()}
    for heading, part in zip(others[::2], others[1::2], strict=True):
        parts[heading] = "\n\n".join(filter(None, [parts.get(heading), part.strip()]))
    return parts


def without_names(text: str, names) -> str:
    """The text with each of the names left out, however its words are spaced and written large or small."""
    for name in sorted(filter(str.strip, names), key=len, reverse=True):
        words = r"\s+".join(map(re.escape, name.split()))
        text = re.sub(rf"(?<!\w){words}(?!\w)", UNNAMED, text, flags=re.IGNORECASE)
    return text
