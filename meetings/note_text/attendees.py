"""Who was there, as notes list them: one a line, several on one, with organisations and roles in any usual form."""

import re

from .lines import SHORT, key_of, unbulleted, unmarked, words_of
from .structure import Attendee

ROLES = {
    **dict.fromkeys(
        ("chair", "chairing", "chairs", "chairperson", "chairman", "chairwoman", "in the chair"), "chair"
    ),
    **dict.fromkeys(
        ("co-chair", "cochair", "co chair", "co-chairs", "co-chairing", "joint chair"), "co_chair"
    ),
    **dict.fromkeys(
        (
            *("note taker", "note-taker", "notetaker", "notes", "note", "taking notes", "minutes"),
            *("minute taker", "minute-taker", "minute-taking", "taking minutes"),
        ),
        "note_taker",
    ),
}
MODES = {
    **dict.fromkeys(
        (
            *(
                "remote",
                "remotely",
                "online",
                "by phone",
                "phone",
                "on the phone",
                "by telephone",
                "via phone",
            ),
            *(
                "by video",
                "video",
                "via skype",
                "skype",
                "by skype",
                "via zoom",
                "zoom",
                "on zoom",
                "by zoom",
            ),
            *("dialled in", "dialling in", "dial in", "dial-in", "dialed in", "via teams", "teams"),
            *("joined remotely", "joining remotely", "attended remotely", "remote attendees", "virtually"),
            *("via hangout", "by hangout", "via google hangout", "teleconference", "on the call"),
        ),
        "remote",
    ),
    **dict.fromkeys(("in person", "in the room"), "in_person"),
    **dict.fromkeys(
        (
            *("apologies", "apologies for absence", "apologies received", "apologies from", "absent"),
            *("sent apologies", "not present", "apologies were received from", "apologies sent"),
        ),
        "apologies",
    ),
}
_SIDES = [
    (
        "civil_society",
        re.compile(
            r"\bcivil society\b|\bngos?\b|\bcsos?\b|\bcharit(?:y|ies)\b|^network\b|\bnetwork members?\b"
        ),
    ),
    ("observer", re.compile(r"\bobservers?\b|\bobserving\b")),
    (
        "government",
        re.compile(
            r"\bgovernment$|^government\b|\bcabinet office\b|\bministr(?:y|ies)\b|\bministers?\b|\bofficials\b"
            r"|^departments?\b|\bdept\b|\bcivil serv(?:ice|ants)\b|^hm\b|^hmg\b"
            r"|\bexecutive office\b|^office of\b|^dcms$|^defra$|^gds$"
        ),
    ),
]
_GENERIC = words_of(
    "civil society network networks government governments the of and from for uk observers observer officials "
    "members member organisations organisation representatives reps attendees present other others guests side "
    "ministers minister departments department central local national civil service ngos csos charities open"
)
_ORGANISATIONAL = words_of(
    "partnership society institute institution trust foundation network council office department international data "
    "centre center university group association campaign democracy democratic transparency government ministry "
    "commission fund union watch project projects alliance agency committee parliament charity ltd limited cic media "
    "action rights citizens national research college school federation forum party initiative services service "
    "development policy community unlock the of for and uk england wales scotland ireland british scottish welsh "
    "global public hm treasury"
)
_PARTICLES = words_of("von van der den de da di du del la le el al bin ibn ap ab ferch dos ter zu y e")
_NAME_WORD = re.compile(r"[^\W\d_][\w’'.-]*")
_DASH = re.compile(r"\s[-–—]+\s")
LONGEST = 150


def side_of(text: str) -> str:
    key = key_of(text)
    return next((side for side, pattern in _SIDES if pattern.search(key)), "")


def side_of_organisation(text: str) -> str:
    """Only government is told by its name."""
    return "government" if side_of(text) == "government" else ""


def names_a_body(group: str) -> bool:
    """Whether a heading over people is an organisation, not only a side."""
    return not set(re.findall(r"[\w'-]+", key_of(group))) <= _GENERIC


def is_person_like(text: str) -> bool:
    """Whether a line could be one attendee: a name, perhaps followed by an organisation; no sentence."""
    stripped = (unbulleted(text) or text).strip()
    if not stripped or len(stripped) > LONGEST or stripped.endswith((".", "?", "!", ":")):
        return False
    name = re.split(r"[,(;]|\s[-–—]+\s", stripped, maxsplit=1)[0].split()
    if not 1 <= len(name) <= 6 or (len(name) == 1 and "," not in stripped and "(" not in stripped):
        return False
    return (
        all(_NAME_WORD.fullmatch(word) and (not word[0].islower() or word in _PARTICLES) for word in name)
        and name[-1].casefold() not in _ORGANISATIONAL
    )


def split_people(text: str, *, is_only_line: bool) -> list[str]:
    """The people on one line; commas part them only where they don't part a name from its organisation."""
    parts = _outside_brackets(text, ";")
    if len(parts) > 1:
        return [part for part in map(str.strip, parts) if part]
    parts = _outside_brackets(text, ",")
    if is_only_line:
        parts = _and_split(parts)
    bracketed = sum(1 for part in parts if part.strip().endswith(")") and not _is_remark(part))
    if len(parts) < 2 or not (is_only_line or (bracketed >= 2 and bracketed >= len(parts) - 1)):
        return [text]
    if bracketed or any(_DASH.search(part) for part in parts):
        return [part.strip() for part in parts if part.strip()]
    return _paired([part.strip() for part in parts])


def _is_remark(part):
    inner = part[part.rfind("(") + 1 :].rstrip(") ")
    return all(key_of(word) in ROLES or key_of(word) in MODES for word in inner.split(","))


def _outside_brackets(text, mark):
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        if letter in "([":
            depth += 1
        elif letter in ")]":
            depth = max(depth - 1, 0)
        elif letter == mark and not depth:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _paired(parts):
    """“A B, Body, C D” as “A B, Body” and “C D”: a part that reads as an organisation goes with the name before it."""
    people, has_organisation = [], True
    for part in parts:
        if not part:
            if people:
                people[-1] += ","
                has_organisation = True
        elif people and not has_organisation and _reads_as_organisation(part):
            people[-1] += f", {part}"
            has_organisation = True
        else:
            people.append(part)
            has_organisation = False
    return people


def _reads_as_organisation(part):
    words = part.split()
    return (
        len(words) == 1
        or key_of(part) in ROLES
        or any(word.isupper() and len(word) > 1 for word in words)
        or any(word.casefold().strip("()") in _ORGANISATIONAL for word in words)
    )


def _and_split(people):
    """The last of a list, after its “and”: “A, B and C”."""
    if people and people[-1].lstrip().startswith("and "):
        return [*people[:-1], people[-1].lstrip()[4:].strip()]
    if people and len(people[-1]) <= 2 * LONGEST:
        head, word, tail = people[-1].rpartition(" and ")
        if word and is_person_like(head) and is_person_like(tail) and " " in head and " " in tail:
            return [*people[:-1], head.strip(), tail.strip()]
    return people


def attendee_of(text: str, *, group: str = "", mode: str = "", role: str = "") -> Attendee | None:
    """The person an item of a list names, or None if it names none. A comma at its end says: no organisation."""
    item = unmarked(unbulleted(text) or text)
    if not item or len(item) > LONGEST + SHORT or item[0].islower() or item.endswith((".", "?", "!", ":")):
        return None
    item, organisation, found = _without_remarks(item.rstrip(" ;"))
    ends_bare, item = item.endswith(","), item.rstrip(" ,")
    name, organisation = _name_and_organisation(item, organisation)
    organisation = _without_role(organisation, found)
    if not name or len(name) > LONGEST or len(organisation) > SHORT or len(name.split()) > 8:
        return None
    if not any(letter.isalpha() for letter in name):
        return None
    own_side = side_of(group) or side_of_organisation(organisation)
    if not organisation and group and names_a_body(group) and not ends_bare:
        organisation = group
    return Attendee(
        name=name,
        organisation=organisation,
        role=found.get("role") or role,
        side=own_side,
        group=group,
        mode=found.get("mode") or mode,
    )


def _without_role(organisation, found):
    """“Body, Chair” and “Body – Chair” as the body, the role noted."""
    for mark in (",", " – ", " - ", " — "):
        parts = [part.strip() for part in organisation.split(mark)]
        kept = [part for part in parts if part and not _note_remark(part, found)]
        if len(kept) < len(parts):
            organisation = (mark if mark != "," else ", ").join(kept)
    return organisation


def _without_remarks(item):
    """The item without the brackets at its end, the organisation they gave, and the role and mode they gave."""
    organisation, found = "", {}
    while item.endswith(")") and "(" in item[1:]:
        start = item.rindex("(")
        before, inner = item[:start].strip(), item[start + 1 : -1]
        trial = dict(found)
        rest = [part.strip() for part in re.split(r"[,;]", inner) if not _note_remark(part, trial)]
        if not before or ")" in inner:
            break
        if any(rest):
            if organisation or "," in before.rstrip(",") or _DASH.search(before):
                break
            organisation = ", ".join(part for part in rest if part)
        item, found = before, trial
    return item, organisation, found


def _note_remark(part, found):
    key = key_of(part)
    for name, codes in (("role", ROLES), ("mode", MODES)):
        if key in codes and name not in found:
            found[name] = codes[key]
            return True
    return False


def _name_and_organisation(item, organisation):
    comma, dash = item.find(","), _DASH.search(item)
    if comma > 0 and not (dash and dash.start() < comma):
        name, rest = item[:comma], item[comma + 1 :]
    elif dash:
        name, rest = item[: dash.start()], item[dash.end() :]
    else:
        return item.strip(), organisation
    return name.strip(), ", ".join(part for part in (rest.strip(), organisation) if part)
