"""Lines of a note, and what their form alone says: bullets, headings, labels, rows of tables."""

import re
from dataclasses import dataclass

# No heading, label, name or date is longer; the patterns never see more.
SHORT = 200
_BULLET = re.compile(r"[ \t\xa0]{0,12}(?:[-*+•‣▪◦●·–—][ \t\xa0]+|\(?(?:\d{1,3}|[a-z])[.)][ \t\xa0]+)(?=\S)")
_NUMBER = re.compile(
    r"(?:item\s|agenda item\s)?\(?\d{1,2}(?:\.\d{1,2}){0,2}[.):]?[ \t\xa0]+(?=\S)", re.IGNORECASE
)
_RULE = re.compile(r"[\s*_=~+–—|:-]{3,200}")
_WORD = re.compile(r"[\w’'.&/-]+")


def words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


_VERBS = words_of(
    "is are was were am be been has have had will would should could can cannot must may might does did do isn’t "
    "aren’t wasn’t won’t don’t doesn’t can’t isn't aren't wasn't won't don't doesn't can't needs said says agreed "
    "noted asked suggested felt it’s it's there’s there's we’re we're that’s that's let’s let's i you"
)
SPACES = " \t\xa0"


@dataclass(frozen=True)
class Line:
    """`gap` is how many blank lines stand before it."""

    number: int
    text: str
    gap: int

    @property
    def words(self):
        return self.text.strip()


def lines_of(text: str, first: int = 1) -> list[Line]:
    """The lines that aren't blank. Only line feeds end lines, so that nothing else is lost from the text."""
    lines, gap = [], 0
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=first):
        if line.strip():
            lines.append(Line(number, line, gap))
            gap = 0
        else:
            gap += 1
    return lines


def unbulleted(text: str) -> str | None:
    """What follows a bullet or a number, or None where there is no bullet."""
    match = _BULLET.match(text)
    return text[match.end() :].strip() if match else None


def is_rule(text: str) -> bool:
    return len(text) <= SHORT and bool(_RULE.fullmatch(text.strip()))


def unmarked(text: str) -> str:
    """Without the marks that make it bold."""
    return text.replace("**", "").replace("__", "").strip()


def marked_heading(text: str) -> str | None:
    """A heading that says so: `## Like this`, or a short line all in bold."""
    stripped = text.strip()
    hashes = len(stripped) - len(stripped.lstrip("#"))
    if 1 <= hashes <= 6 and stripped[hashes : hashes + 1].isspace():
        return unmarked(stripped.strip("#")) or None
    if len(stripped) <= SHORT:
        for mark in ("**", "__"):
            inner = stripped[len(mark) : -len(mark)].strip()
            if stripped.startswith(mark) and stripped.endswith(mark) and inner and mark not in inner:
                return inner
    return None


def has_hashes(text: str) -> bool:
    return text.lstrip().startswith("#") and marked_heading(text) is not None


def numbered_heading(text: str) -> str | None:
    stripped = text.strip()
    match = _NUMBER.match(stripped[:SHORT])
    if match is None or len(stripped) > 120:
        return None
    rest = unmarked(stripped[match.end() :])
    return rest if rest[:1].isupper() and not rest.endswith((".", ";", ",")) else None


def looks_like_heading(text: str) -> bool:
    """Whether a line that stands alone reads as a heading: short, no sentence, no verb that makes one."""
    stripped = unmarked(text)
    if not stripped or len(stripped) > 100 or unbulleted(text) is not None:
        return False
    words = _WORD.findall(stripped)
    return (
        0 < len(words) <= 12
        and not stripped[0].islower()
        and stripped[-1] not in ".,;!?)”\"'"
        and ". " not in stripped
        and not _VERBS & {word.casefold() for word in words}
    )


def key_of(text: str) -> str:
    """A label or heading reduced to what is compared."""
    stripped = unmarked(text.strip()[:SHORT]).strip("#*_: \t\xa0").casefold()
    return " ".join(_NUMBER.sub("", stripped, count=1).replace("’", "'").split())


def split_label(text: str) -> tuple[str, str]:
    """The label before the first colon, as `key_of` it, and what follows; an empty label where there is none."""
    plain = unmarked(text.strip().lstrip("#"))
    head, colon, value = plain.partition(":")
    if not colon or len(head) > 60 or (value and head[-1:].isdigit() and value[:1].isdigit()):
        return "", ""
    return key_of(head), value.strip()


def cells_of(text: str) -> list[str]:
    """The cells of a row of a table, drawn with bars or tabs; empty where the line is none."""
    stripped = text.strip(" \xa0")
    separator = "|" if "|" in stripped else "\t"
    if separator == "|":
        stripped = stripped.removeprefix("|").removesuffix("|")
    if separator not in text.strip():
        return []
    return [cell.strip() for cell in stripped.split(separator)]
