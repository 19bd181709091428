"""Who will do what by when, from tables and from sentences."""

import re
from datetime import date

from .dates import find_date
from .lines import SHORT, cells_of, key_of, unmarked
from .structure import Action

_COLUMNS = {
    **dict.fromkeys(
        (
            "action",
            "actions",
            "action point",
            "action points",
            "action item",
            "what",
            "task",
            "agreed action",
        ),
        "text",
    ),
    **dict.fromkeys(
        (
            *("owner", "who", "responsibility", "responsible", "lead", "by whom", "person", "owner(s)"),
            *("person responsible", "assigned to", "responsible person", "action owner"),
        ),
        "owner",
    ),
    **dict.fromkeys(
        ("due", "due date", "deadline", "by when", "when", "date", "by", "timescale", "timing", "due by"),
        "due",
    ),
}
_NUMBERING = {"", "#", "no", "no.", "number", "ref"}
_TO = re.compile(r"\s+to\s+")
_BY = re.compile(r"\s*[,(]?\s*\b(?:by|due|before|deadline:?)\s+(?:the\s)?", re.IGNORECASE)
_OWNER_WORD = re.compile(r"[^\W\d_][\w’'.-]*,?|&|and|of|for|the|von|van|de")
_LONGEST_OWNER = 150


def columns_of(text: str) -> list[str] | None:
    """What the columns are of a table whose heading this is, or None where it is no table of actions."""
    cells = [key_of(cell) for cell in cells_of(text)]
    if len(cells) < 2 or len(cells) > 6:
        return None
    names = [_COLUMNS.get(cell, "" if cell in _NUMBERING else None) for cell in cells]
    if None in names or names.count("text") != 1 or any(names.count(name) > 1 for name in ("owner", "due")):
        return None
    return names


def action_of_row(cells: list[str], columns: list[str], *, held_on: date | None) -> Action | None:
    """None where the row doesn't fit its table."""
    if len(cells) != len(columns):
        return None
    row = dict(zip(columns, map(unmarked, cells), strict=True))
    if not row["text"] or len(row.get("owner", "")) > _LONGEST_OWNER:
        return None
    # A number of the row, for want of a field, stays with the words.
    number = " ".join(cell for name, cell in zip(columns, cells, strict=True) if not name and cell)
    due = row.get("due", "")
    return Action(
        text=f"{number} {row['text']}".strip(),
        owner=row.get("owner", ""),
        due_on=_whole_date(due, held_on),
        due_text=due,
    )


def action_of(text: str, *, held_on: date | None) -> Action:
    """“X to do Y by 1 December” by its parts; what has no such form is the text of an action nobody owns yet."""
    words, due_text, due_on = text.strip(), "", None
    place = _last_by(words)
    if place is not None:
        start, end = place
        tail = words[end:].rstrip(" .)")
        found = find_date(tail, not_before=held_on or date.min)
        if found and found.start == 0 and found.end >= len(tail.rstrip(" ,")):
            words, due_text = words[:start].rstrip(" ,("), tail
            due_on = _whole_date(tail, held_on)
    owner, words = _owner(words)
    return Action(text=words, owner=owner, due_on=due_on, due_text=due_text)


def _last_by(words):
    # A due date stands at the end, so only the end is looked at.
    offset = max(len(words) - SHORT, 0)
    places = [match.span() for match in _BY.finditer(words[offset:])]
    return (places[-1][0] + offset, places[-1][1] + offset) if places else None


def _owner(words):
    match = _TO.search(words[: _LONGEST_OWNER + 4])
    if match:
        head = words[: match.start()]
        if head[:1].isupper() and len(head.split()) <= 8 and all(map(_OWNER_WORD.fullmatch, head.split())):
            named = [
                word
                for word in head.split()
                if word not in ("and", "of", "for", "the", "&", "von", "van", "de")
            ]
            if all(word[0].isupper() for word in named) and words[match.end() :].strip():
                return head.strip(), words[match.end() :].strip()
    return "", words


def _whole_date(text, held_on):
    found = find_date(text, not_before=held_on)
    return found.value if found else None
