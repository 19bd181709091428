"""What buttons of a note's page do to what was typed, before any of it is saved: move a row, take people in."""

import uuid

from ..models.manuscript import PARTS
from ..note_text.attendees import MODES, attendee_of, split_people
from ..note_text.lines import key_of

LINES, PICKED = "lines", "pick"


def arranged(post, pickable):
    """What was sent, as the button that was pressed would have it. `pickable` are earlier attendees by number."""
    data = post.copy()
    action, _, rest = data.get("do", "").partition(":")
    name, _, key = rest.partition(":")
    if action in ("up", "down") and name in PARTS:
        data.setlist(name, _moved(data.getlist(name), key, -1 if action == "up" else 1))
    elif action == "more" and rest in PARTS:
        data.appendlist(rest, str(uuid.uuid4()))
    elif action == "take":
        key, _, body = rest.partition(":")
        data[f"attendees-{key}-organisation"] = body
    for key in data.getlist("attendees"):
        _split_name(data, key)
    _take_lines(data)
    _take_picked(data, pickable)
    return data


def _moved(keys, key, step):
    if key not in keys:
        return keys
    place = keys.index(key)
    other = place + step
    if 0 <= other < len(keys):
        keys[place], keys[other] = keys[other], keys[place]
    return keys


def _split_name(data, key):
    """“Name, Organisation (Chair)” typed into the field for the name, as the fields it belongs into."""
    name = data.get(f"attendees-{key}-name", "")
    if not any(mark in name for mark in ",(") or data.get(f"attendees-{key}-organisation", "").strip():
        return
    if person := attendee_of(name.strip()):
        _fill(data, key, person)


def _fill(data, key, person):
    values = {"name": person.name, "organisation": person.organisation}
    values |= {name: getattr(person, name) for name in ("side", "role", "mode") if getattr(person, name)}
    for name, text in values.items():
        data[f"attendees-{key}-{name}"] = text


def _take_lines(data):
    """People written one a line, under headings or not, as rows; what names nobody stays where it was."""
    lines = data.pop(LINES, [""])[0].splitlines()
    left, group, mode = [], "", ""
    for line in lines:
        text = line.strip()
        if text.endswith(":") or key_of(text) in MODES:
            group = text.rstrip(": ")
            mode = MODES.get(key_of(group), "")
            continue
        people = [
            attendee_of(part, group=group, mode=mode)
            for part in split_people(text, is_only_line=len(lines) == 1)
        ]
        if text and all(people):
            for person in people:
                _add(data, person)
        elif text:
            left.append(line)
    data[LINES] = "\n".join(left)


def _add(data, person):
    key = str(uuid.uuid4())
    data.appendlist("attendees", key)
    data.update({f"attendees-{key}-side": "civil_society", f"attendees-{key}-shown": "name"})
    _fill(data, key, person)


def _take_picked(data, pickable):
    for number in data.pop(PICKED, []):
        if words := pickable.get(number):
            key = str(uuid.uuid4())
            data.appendlist("attendees", key)
            for name, text in words.items():
                data[f"attendees-{key}-{name}"] = text
