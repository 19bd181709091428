"""What stands above the note proper: its title, when it was and where."""

from .dates import day_after, ends_next_day, find_date, find_times
from .labels import NOTE_WORDS
from .lines import key_of, unmarked

LONGEST_TITLE = 200
_REMOTE_ENDINGS = (
    *(
        " and remotely",
        " or remotely",
        " and online",
        " or online",
        " and by phone",
        " and remote",
        " & remotely",
    ),
    *(" & online", " / remotely", " / online", ", remotely", ", online", " (and remotely)", " (and online)"),
    *(" and by skype", " and via skype", " and by zoom", " and via zoom", " and by video", " + online"),
)
_ONLY_REMOTE = frozenset(
    ("remotely", "online", "by phone", "via zoom", "by zoom", "zoom", "via skype", "remote")
)
_TITLE_SIGNS = (
    " meeting",
    "minutes",
    " workshop",
    "roundtable",
    "steering",
    " forum",
    "hustings",
    " group ",
    "notes of",
)
_NO_PLACE = frozenset(("at", "from", "on", "and", "date", "time"))


class Head:
    """The headings above a note, and the facts `found` so far, named as `structure.Note` names them."""

    def __init__(self):
        self.found = {}
        self.headings = []
        self.doubts = []

    @property
    def held_on(self):
        return self.found.get("held_on")

    @property
    def has_when(self):
        return bool(self.found.get("when"))

    @property
    def has_where(self):
        return "where" in self.found

    def take_title(self, text):
        """Whether the text, labelled as the title, is taken as such."""
        if "title" in self.found or len(text) > LONGEST_TITLE:
            return False
        self.found["title"] = text
        return True

    def take_when(self, text):
        """Whether the line is about when it was; what else it says is the venue, or is kept as a doubt."""
        found, times = find_date(text), find_times(text)
        if not self._tells_when(text, found, times):
            return False
        rest = text
        for part in sorted(filter(None, (found, times)), key=lambda part: -part.start):
            rest = f"{rest[: part.start]}\n{rest[part.end :]}"
        pieces = [piece.strip(" ,;–—-@|.()\t\xa0") for piece in rest.split("\n")]
        pieces = [
            piece for piece in pieces if any(map(str.isalnum, piece)) and key_of(piece) not in _NO_PLACE
        ]
        if sum(map(len, pieces)) > 120:
            return False
        self._set_when(text, found, times)
        if pieces and not self.has_where:
            self.take_where(", ".join(pieces).removeprefix("at ").removeprefix("in "))
        return True

    def _tells_when(self, text, found, times):
        is_known = "held_on" in self.found or self.has_when
        if text.endswith((".", "?", "!")) or (found and found.start > 12 and not times):
            return False
        if (found and is_known and self.held_on) or (times and "starts_at" in self.found):
            return False
        return bool(found) or bool(times and times.start == 0 and (is_known or self.headings))

    def _set_when(self, text, found, times):
        self.found["when"] = f"{self.found['when']}\n{text}" if self.has_when else text
        if found:
            if found.value is None:
                self.doubts.append(f"“{found.text}” is no day of the calendar.")
            else:
                self.found["held_on"] = found.value
            if found.last:
                self.found["ends_on"] = found.last
            if found.is_wrong_weekday:
                self.doubts.append(f"“{found.text}”: the day of the week and the date don’t agree.")
        if times:
            self.found |= {"starts_at": times.starts_at, "ends_at": times.ends_at}
            self._check_times(times)

    def _check_times(self, times):
        if times.ends_at is None or times.ends_at > times.starts_at:
            return
        if ends_next_day(times.starts_at, times.ends_at) and self.held_on:
            self.found.setdefault("ends_on", day_after(self.held_on))
        else:
            self.doubts.append(f"“{times.text}”: the end is not later than the start.")

    def take_where(self, text):
        self.found["where"] = text
        venue = text
        for ending in _REMOTE_ENDINGS:
            if venue.casefold().endswith(ending):
                venue = venue[: -len(ending)].strip(" ,")
                self.found["has_remote_access"] = True
                break
        if venue.casefold() in _ONLY_REMOTE:
            venue, self.found["has_remote_access"] = "", True
        self.found["venue"] = venue

    def name(self):
        """Take the heading that tells of a meeting as the title, else the first; give those that are neither."""
        texts = [(passage, unmarked(passage.text.strip().lstrip("#"))) for passage in self.headings]
        title = _title_among(texts)
        left = []
        for passage, text in texts:
            if passage is title and "title" not in self.found:
                self._entitle(text)
            elif passage is not title and key_of(text) in NOTE_WORDS and "title_rest" not in self.found:
                self.found["title_rest"] = text
            else:
                left.append(passage)
        return left

    def _entitle(self, text):
        title, bar, rest = text.partition(" | ")
        self.found["title"], title_rest = title.strip(), rest.strip()
        if len(self.found["title"]) > LONGEST_TITLE:
            self.doubts.append("The title is longer than a title may be.")
        if bar:
            found = find_date(title_rest)
            if found and not self.held_on:
                self._set_when(title_rest, found, find_times(title_rest))
            self.found["title_rest"] = title_rest


def says_remote(words: str) -> bool:
    """Whether a line that names a place says that one could join from elsewhere."""
    lower = words.casefold()
    return lower in _ONLY_REMOTE or lower.endswith(_REMOTE_ENDINGS)


def reads_as_place(line) -> bool:
    """Whether a line below the date reads as an address or the name of a place."""
    if line.gap > 1 or line.words[-1] in ".?!:;":
        return False
    has_number = any(map(str.isdigit, line.words))
    return has_number or "," in line.words or (not line.gap and len(line.words.split()) <= 8)


def _title_among(texts):
    real = [(passage, text) for passage, text in texts if key_of(text) not in NOTE_WORDS]
    with_bar = [passage for passage, text in real if " | " in text]
    telling = [
        passage for passage, text in real if any(sign in f" {text.casefold()} " for sign in _TITLE_SIGNS)
    ]
    return next((passage for passage in (*with_bar, *telling, *(pair[0] for pair in (*real, *texts)))), None)
