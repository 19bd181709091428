"""A note as text that reads back as the same note."""

from .attendees import names_a_body
from .structure import Attendee, Note

_ROLES = {"chair": "Chair", "co_chair": "Co-chair", "note_taker": "Note taker"}
_MODES = {"remote": "remotely", "in_person": "in person"}


def write(note: Note) -> str:
    """Markdown. What the parser said about the text itself, its doubts and what it didn't understand, isn't written."""
    parts = [f"# {note.title}", *_facts(note), note.summary, *_people(note)]
    if note.key_points:
        parts += ["## Key points", _list(note.key_points)]
    for section in note.sections:
        parts += [f"## {section.heading}", section.body]
    if note.decisions:
        parts += ["## Decisions", _list(note.decisions)]
    if note.actions:
        parts += ["## Actions", _table(note.actions)]
    if note.written_by:
        parts.append(f"Written by: {note.written_by}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(note):
    if note.held_on:
        day = f"{note.held_on.day} {note.held_on:%B %Y}"
        yield f"Date: {day}"
    if note.starts_at:
        end = f" to {note.ends_at:%H:%M}" if note.ends_at else ""
        yield f"Time: {note.starts_at:%H:%M}{end}"
    if note.venue or note.has_remote_access:
        remotely = "remotely" if note.has_remote_access else ""
        yield f"Venue: {' and '.join(part for part in (note.venue, remotely) if part)}"


def _people(note):
    groups = {}
    for person in note.attendees:
        groups.setdefault((person.mode == "apologies", person.group), []).append(person)
    for heading, is_absent in (("## Attendees", False), ("## Apologies", True)):
        there = {group: people for (absent, group), people in groups.items() if absent == is_absent}
        if there:
            yield heading
        for group in sorted(there, key=bool):
            if group:
                yield f"### {group}"
            yield _list(_line(person) for person in there[group])


def _line(person: Attendee):
    remarks = [text for text in (_ROLES.get(person.role), _MODES.get(person.mode)) if text]
    organisation = f", {person.organisation}" if person.organisation else ""
    if not organisation and person.group and names_a_body(person.group):
        organisation = ","
    return f"{person.name}{organisation}" + (f" ({', '.join(remarks)})" if remarks else "")


def _list(items):
    return "\n".join(f"- {item}" for item in items)


def _table(actions):
    rows = [(action.text, action.owner, action.due_text) for action in actions]
    return "\n".join(
        f"| {' | '.join(row)} |" for row in [("Action", "Owner", "Due"), ("---", "---", "---"), *rows]
    )
