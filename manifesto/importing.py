"""What the columns of a spreadsheet mean, and what a row of it says about an idea."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

FIELDS = {
    "reference": "Its reference or number there",
    "title": "The idea in one line",
    "why": "Why it is important, or the whole text",
    "how": "How it would work",
    "difference": "What difference it would make",
    "theme": "Theme",
    "level": "Level of government",
    "areas": "Nations and regions",
    "ogp_values": "Open government values",
    "policy_areas": "Policy areas",
    "evidence_links": "Links that support it",
    "credited_as": "Credited to",
}
NEEDED = ("title", "why")
MAX_LENGTHS = {"title": 120, "why": 5000, "how": 5000, "difference": 5000, "credited_as": 150}
MAX_REFERENCE = 100
MAX_LINKS, MAX_LINK = 10, 500
LISTS = ("areas", "ogp_values", "policy_areas")

# Headings by field, the more telling first, with those of Decidim's and Consul's exports. No author's name is proposed.
ALIASES = {
    "reference": ("external reference", "reference", "ref", "id", "idea id", "proposal id", "number", "no", "nr"),
    "title": (
        "title", "idea", "what is your idea", "idea title", "proposal title", "headline", "heading", "name", "proposal",
    ),
    "why": (
        "why", "why is it important", "importance", "problem", "body", "description", "proposal text", "text",
        "details", "summary",
    ),
    "how": ("how", "how would it work", "solution", "implementation", "what should government do", "action"),
    "difference": (
        "difference", "what difference would it make to citizens", "what difference would it make", "impact",
        "benefit", "benefits", "outcome",
    ),
    "theme": ("theme", "category name", "category", "taxonomy name", "topic", "heading name", "group"),
    "level": ("level", "level of government", "government level", "tier"),
    "areas": ("areas", "area", "nations and regions", "nation", "region", "scope name", "scope", "geozone", "location"),
    "ogp_values": ("ogp values", "open government values", "values"),
    "policy_areas": ("policy areas", "policy area", "policies"),
    "evidence_links": ("evidence links", "links that support it", "evidence", "links", "link"),
    "credited_as": ("credited as", "credited to", "put forward by"),
}  # fmt: skip
LEVEL_SYNONYMS = {
    "national": "uk", "national government": "uk", "central": "uk", "central government": "uk", "uk": "uk",
    "council": "local", "councils": "local", "local authority": "local", "local council": "local",
    "devolved administration": "devolved", "assembly": "parliament",
}  # fmt: skip
WHOLE_COUNTRY = {"uk", "united kingdom", "whole uk", "uk wide"}
FORMULA_ERRORS = {"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"}
UNREADABLE_CHARACTER = "\N{REPLACEMENT CHARACTER}"
_LANGUAGE = re.compile(r"\s*(/|\(|\[)\s*[a-z]{2}(-[a-z]{2})?\s*[)\]]?$", re.IGNORECASE)
_TAG = re.compile(r"</?(p|br|div|ul|ol|li|strong|em|b|i|a|span|h[1-6])\b[^>]*>", re.IGNORECASE)


def key_of(text: str) -> str:
    """What of a heading or a label counts when two are compared: its words."""
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())


def signature_of(headers: Sequence[str]) -> str:
    """The same for all files with the same columns in the same order."""
    return hashlib.sha256(json.dumps([key_of(header) for header in headers]).encode()).hexdigest()


def propose_columns(headers: Sequence[str]) -> list[str]:
    """A field, or nothing, for each heading; each field once, English before other languages."""
    keys = [key_of(_LANGUAGE.sub("", header)) for header in headers]
    english_first = sorted(range(len(headers)), key=lambda index: _is_other_language(headers[index]))
    columns = [""] * len(headers)
    for name, aliases in ALIASES.items():
        matches = [
            index
            for alias in aliases
            for index in english_first
            if keys[index] == alias and not columns[index]
        ]
        if matches:
            columns[matches[0]] = name
    return columns


def _is_other_language(header):
    language = _LANGUAGE.search(header)
    return bool(language) and "en" not in language[0].casefold()


@dataclass(frozen=True)
class Vocabulary:
    """The codes of a round by the key of their names and of themselves."""

    themes: Mapping[str, int]
    levels: Mapping[str, str]
    areas: Mapping[str, str]
    ogp_values: Mapping[str, str]
    policy_areas: Mapping[str, str]


@dataclass(frozen=True)
class Defaults:
    """What a row that doesn't say gets; without a theme or level here it is refused instead."""

    origin: str
    theme: int | None = None
    level: str = ""
    credited_as: str = ""


@dataclass
class Reading:
    """What a row says, why it can't be taken in, and what the editor should know."""

    values: dict = field(default_factory=dict)
    reference: str = ""
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def fingerprint(self):
        """The same if and only if the row says the same."""
        return hashlib.sha256(json.dumps(self.values, sort_keys=True).encode()).hexdigest()


def read_row(
    cells: Sequence[str], columns: Sequence[str], vocabulary: Vocabulary, defaults: Defaults
) -> Reading:
    """The row's idea, `columns` naming the field of each cell or nothing."""
    reading = Reading()
    given = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
    if len(cells) > len(columns):
        reading.problems.append("It has more cells than there are headings.")
    if any(UNREADABLE_CHARACTER in cell for cell in given.values()):
        reading.problems.append("It holds a character that can't be read.")
    if broken := FORMULA_ERRORS.intersection(given.values()):
        reading.problems.append(f"A formula in it has no result: {min(broken)}")
    _read_texts(given, reading, defaults)
    _read_place(given, reading, vocabulary, defaults)
    _read_lists(given, reading, vocabulary)
    _read_links(given, reading)
    _read_reference(given, reading, defaults)
    return reading


def _read_texts(given, reading, defaults):
    for name, limit in MAX_LENGTHS.items():
        text = plain_text(given.get(name, ""))
        if name in ("title", "credited_as"):
            text = " ".join(text.split())
        if len(text) > limit:
            reading.problems.append(
                f"{FIELDS[name]}: {len(text):,} characters, and there is room for {limit:,}."
            )
        elif name in NEEDED and not text:
            reading.problems.append(f"{FIELDS[name]}: empty.")
        elif name in ("how", "difference") and not text:
            reading.notes.append(f"{FIELDS[name]}: empty.")
        reading.values[name] = text
    reading.values["credited_as"] = reading.values["credited_as"] or defaults.credited_as


def _read_place(given, reading, vocabulary, defaults):
    levels = {**LEVEL_SYNONYMS, **vocabulary.levels}
    for name, known, default in (
        ("theme", vocabulary.themes, defaults.theme),
        ("level", levels, defaults.level),
    ):
        said = given.get(name, "")
        value = known.get(key_of(said)) if said else None
        if value is None and default:
            value = default
            if said:
                reading.notes.append(f"{FIELDS[name]}: “{shorten(said)}” isn't known here, so yours is used.")
        if value is None:
            why = f"“{shorten(said)}” isn't one of this round's." if said and name == "theme" else "empty."
            if said and name == "level":
                why = f"“{shorten(said)}” isn't a level."
            reading.problems.append(f"{FIELDS[name]}: {why}")
        reading.values[name] = value


def _read_lists(given, reading, vocabulary):
    for name in LISTS:
        known, codes = getattr(vocabulary, name), set()
        for said in filter(None, map(str.strip, re.split(r"[;,|\n]", given.get(name, "")))):
            if name == "areas" and key_of(said) in WHOLE_COUNTRY:
                continue
            if key_of(said) in known:
                codes.add(known[key_of(said)])
            else:
                reading.problems.append(f"{FIELDS[name]}: “{shorten(said)}” isn't known.")
        reading.values[name] = sorted(codes)
    if reading.values["ogp_values"] == ["technology_and_innovation"]:
        reading.problems.append(
            "Technology and innovation counts only together with another open government value."
        )


def _read_links(given, reading):
    links = []
    for link in re.split(r"[\s;|]+", given.get("evidence_links", "")):
        if link and _is_web_address(link):
            links.append(link)
        elif link:
            reading.notes.append(f"{FIELDS['evidence_links']}: “{shorten(link)}” is left out.")
    if len(links) > MAX_LINKS:
        reading.notes.append(f"{FIELDS['evidence_links']}: only the first {MAX_LINKS} are taken.")
    reading.values["evidence_links"] = links[:MAX_LINKS]


def _is_web_address(link):
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and len(link) <= MAX_LINK
    except ValueError:
        return False


def _read_reference(given, reading, defaults):
    """The row's own reference, or one made of its words, so that the same row is known again."""
    own = " ".join(given.get("reference", "").split())
    if not own:
        words = json.dumps([key_of(reading.values[name]) for name in ("title", "why", "how", "difference")])
        own = f"text {hashlib.sha256(words.encode()).hexdigest()[:24]}"
    reading.reference = f"{defaults.origin}: {own}"
    if len(reading.reference) > MAX_REFERENCE:
        reading.problems.append(f"{FIELDS['reference']}: “{shorten(own)}” is too long.")
        reading.reference = ""


def shorten(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


class _Words(HTMLParser):
    """The text of a piece of HTML, with a line for each block."""

    BLOCKS = frozenset({"p", "br", "div", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6"})

    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_starttag(self, tag, attrs):
        if tag in self.BLOCKS:
            self.parts.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag):
        if tag == "p":
            self.parts.append("\n")

    def handle_data(self, data):
        self.parts.append(data)


def plain_text(text: str) -> str:
    """Without the tags that other platforms' exports carry; text that has none stays as it is."""
    if not _TAG.search(text):
        return text.replace("\r\n", "\n").strip()
    words = _Words()
    words.feed(text)
    words.close()
    lines = [" ".join(line.split()) for line in "".join(words.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
