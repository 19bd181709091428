"""The note of one block of text, part by part; what isn't understood stays as it stood."""

from collections import Counter
from dataclasses import replace
from datetime import date

from .actions import action_of, action_of_row, columns_of
from .attendees import (
    MODES,
    attendee_of,
    is_person_like,
    names_a_body,
    side_of,
    split_people,
)
from .dates import day_after, ends_next_day, find_date, find_times
from .labels import (
    ACTIONS,
    AUTHORS,
    CHAIRS,
    DATES,
    DECISIONS,
    KEY_POINTS,
    NOTE_WORDS,
    PRESENT,
    SUMMARIES,
    TIMES,
    TITLES,
    VENUES,
    kind_of,
)
from .lines import (
    SHORT,
    cells_of,
    has_hashes,
    is_rule,
    key_of,
    lines_of,
    looks_like_heading,
    marked_heading,
    numbered_heading,
    split_label,
    unbulleted,
    unmarked,
)
from .structure import Block, Note, Passage, Section

LONGEST_SUMMARY = 1000
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


def read(block: Block) -> Note:
    """Everything in the block: in the parts of the note, or in its `unparsed` passages."""
    return _Reader(block).read()


class _Reader:
    """Goes through the lines once. `part` says what the lines it meets belong to."""

    def __init__(self, block):
        self.lines = lines_of(block.text, block.first_line)
        self.has_hashes = sum(1 for line in self.lines if has_hashes(line.text)) >= 2
        gaps = Counter(min(line.gap, 2) for line in self.lines[1:])
        # Where one blank line is the rule, more of them stand where a heading was.
        self.has_telling_gaps = gaps[1] > gaps[2]
        self.part = "head"
        self.group = self.mode = self.role = ""
        self.found = {}
        self.head, self.summary, self.sections = [], [], []
        self.people, self.places_by_name = [], {}
        self.key_points, self.decisions, self.actions = [], [], []
        self.repeated, self.unparsed, self.doubts = [], [], []
        # Whether the items of this part have bullets; unknown until the first.
        self.is_listed = None

    def read(self):
        place = 0
        while place < len(self.lines):
            place = self._take(place)
        self._name_it()
        summary = "\n".join(self.summary).strip()
        if len(summary) > LONGEST_SUMMARY:
            self.sections.insert(0, ("", [summary], self.lines[0].number))
            summary = ""
        title = self.found.get("title", "")
        return Note(
            **{"title": "", **self.found},
            kind=kind_of(title, summary),
            summary=summary,
            attendees=tuple(person for person in self.people if person),
            key_points=tuple(map(" ".join, self.key_points)),
            sections=tuple(
                Section(heading, "\n".join(body).strip("\n"), line)
                for heading, body, line in self.sections
                if heading or body
            ),
            decisions=tuple(map(" ".join, self.decisions)),
            actions=tuple(map(self._action, self.actions)),
            repeated=tuple(self.repeated),
            unparsed=tuple(sorted(self.unparsed, key=lambda passage: passage.line)),
            doubts=tuple(self.doubts),
        )

    # One line, or a table: give the place after it

    def _take(self, place):
        line = self.lines[place]
        if is_rule(line.text):
            # A rule in the words of a section may be one of Markdown's, or part of a table.
            if self.part == "section" and "|" in line.text:
                self._add_text(line)
            elif any(letter.isalnum() for letter in line.text):
                self._keep(line)
            return place + 1
        columns = columns_of(line.text) if len(line.text) <= SHORT else None
        if columns:
            return self._take_table(place, columns)
        for take in (self._take_label, self._take_heading):
            if take(place):
                return place + 1
        getattr(self, f"_in_{self.part}")(place)
        return place + 1

    def _take_table(self, place, columns):
        place += 1
        while place < len(self.lines):
            line = self.lines[place]
            if line.gap > 1 or not (is_rule(line.text) or cells_of(line.text)):
                break
            if not is_rule(line.text):
                action = action_of_row(cells_of(line.text), columns, held_on=self.found.get("held_on"))
                if action is None:
                    self._keep(line)
                else:
                    self.actions.append(action)
            place += 1
        self.part = "after_table"
        return place

    def _take_label(self, place):
        """“Date: …”, “Attendees: A; B”, “ACTION: …”."""
        line = self.lines[place]
        text = unbulleted(line.text) or line.words
        label, value = split_label(marked_heading(text) or text)
        if not label or not value:
            return False
        in_head = self.part in ("head", "attendees") and not self.sections
        if label in ACTIONS:
            self.actions.append([value])
        elif label in DECISIONS:
            self.decisions.append([value])
        elif label in AUTHORS and len(value) <= 150 and "written_by" not in self.found:
            self.found["written_by"] = value
        elif len(value) > SHORT and label not in PRESENT | MODES.keys():
            return False
        elif label in PRESENT:
            self._begin_attendees()
            self._people(line, value, is_only_line=True)
        elif label in MODES and (in_head or self._reads_as_people(value)):
            self._begin_attendees(mode=MODES[label])
            self._people(line, value, is_only_line=True)
            self.mode = ""
        elif label in CHAIRS and self._reads_as_people(value):
            self._begin_attendees(role=CHAIRS[label], is_aside=True)
            self._people(line, value, is_only_line=True)
            self.role = ""
        elif in_head:
            return self._take_head_label(line, label, value)
        else:
            return False
        return True

    def _take_head_label(self, line, label, value):
        if label in DATES | TIMES:
            return self._when(value)
        if label in VENUES and "where" not in self.found:
            self._where(value)
            return True
        if label in TITLES and "title" not in self.found and len(value) <= LONGEST_TITLE:
            self.found["title"] = value
            return True
        if label in SUMMARIES and not self.summary:
            self.summary.append(value)
            return True
        if self.part == "attendees" and (side_of(label) or self._reads_as_people(value)):
            self.group = line.words[: line.words.index(":")].strip("*# ")
            self._people(line, value, is_only_line=True)
            return True
        return False

    def _take_heading(self, place):
        line = self.lines[place]
        heading = marked_heading(line.text)
        heading = heading and (numbered_heading(heading) or heading)
        key = key_of(heading or line.text) if len(line.text) <= SHORT else ""
        if key in PRESENT or (key in MODES and self._before_people(place)):
            self._begin_attendees(mode=MODES.get(key, ""))
            return True
        for names, part in (
            (KEY_POINTS, "key_points"),
            (DECISIONS, "decisions"),
            (ACTIONS, "actions"),
        ):
            if key in names and not (unbulleted(line.text) and numbered_heading(line.text) is None):
                self.part, self.is_listed = part, None
                return True
        if self.part in ("head", "attendees") and self._takes_group(place, heading):
            return True
        if self.part == "head" and heading is None and self._takes_fact(place):
            return True
        if heading is None and not self.has_hashes:
            heading = self._plain_heading(place)
        if heading is None:
            return False
        if self.part == "head" and not self.summary and not self.found.get("when") and self._is_title(line):
            self.head.append(Passage(line.number, line.text))
            return True
        if len(heading) > SHORT:
            return False
        self.part = "section"
        self.sections.append((heading, [], line.number))
        return True

    def _takes_fact(self, place):
        """A date, or a place right below it, in a line that stands alone as a heading would."""
        line = self.lines[place]
        if len(line.words) > SHORT:
            return False
        found = find_date(line.words) or find_times(line.words)
        if found and found.start <= 2 and self._when(line.words):
            return True
        if self.found.get("when") and "where" not in self.found and self._reads_as_venue(place):
            self._where(line.words)
            return True
        return False

    def _is_title(self, line):
        """The first headings are titles, whatever their marks, until there is a date or a text."""
        return not self.people and not self.key_points and len(self.head) < 4

    def _plain_heading(self, place):
        line, below = self.lines[place], self.lines[place + 1] if place + 1 < len(self.lines) else None
        if place and not line.gap:
            return None
        if below is None or (self.part == "attendees" and self._is_one_more(line, below)):
            return None
        numbered = numbered_heading(line.text)
        if numbered:
            alone = below.gap or unbulleted(below.text) is None or numbered_heading(below.text) is None
            return numbered if alone and not self._in_numbered_list(place) else None
        text = unmarked(line.text)
        if not looks_like_heading(text.rstrip(":")):
            return None
        begins_text = len(below.words) > 60 or unbulleted(below.text) or below.words.endswith(".")
        if not below.gap and not (len(text) <= 60 and begins_text):
            return None
        return text.rstrip(": ")

    def _is_one_more(self, line, below):
        """Whether a line apart is one more person of a list with blank lines in it, rather than a heading."""
        is_followed = is_person_like(below.text) or (below.gap and looks_like_heading(below.text))
        return is_person_like(line.text) and ("," in line.text or is_followed)

    def _in_numbered_list(self, place):
        """A numbered line right below or above another is an item of a list."""
        return any(
            0 <= other < len(self.lines)
            and not self.lines[max(other, place)].gap
            and unbulleted(self.lines[other].text) is not None
            and self.lines[other].words[:1].isdigit()
            for other in (place - 1, place + 1)
        )

    # People

    def _begin_attendees(self, *, mode="", role="", is_aside=False):
        if not is_aside or self.part == "head":
            self.part = "attendees"
        if not is_aside:
            self.group = ""
        self.mode, self.role, self.is_listed = mode, role, None

    def _takes_group(self, place, heading):
        """A heading over people: “Civil society”, “Cabinet Office”."""
        line = self.lines[place]
        text = heading or unmarked(line.words).rstrip(":").strip()
        if len(text) > 100 or any(mark in text for mark in ",;(|") or unbulleted(line.text) is not None:
            return False
        if key_of(text) in MODES or not looks_like_heading(text) or self.key_points or self.sections:
            return False
        run = self._people_below(place)
        is_known = bool(side_of(text)) and (self.part == "attendees" or names_a_body(text) or run >= 2)
        stands_above = (place == 0 or line.gap) and place + 1 < len(self.lines) and self.lines[place + 1].gap
        if not run or (self.part == "head" and run < 2):
            return False
        if is_known or heading or line.words.endswith(":") or (stands_above and run >= 2):
            if self.part == "head" and not (is_known or (stands_above and self.found.get("when"))):
                return False
            self.part, self.group, self.is_listed = "attendees", text, None
            return True
        return False

    def _people_below(self, place):
        """How many lines in one stretch just below name people."""
        count = 0
        for line in self.lines[place + 1 : place + 4]:
            if (count and line.gap) or line.gap > 2 or not is_person_like(line.text):
                break
            count += 1
        return count

    def _before_people(self, place):
        return self._people_below(place) > 0

    def _reads_as_people(self, value):
        return all(is_person_like(part) for part in split_people(value[:2000], is_only_line=True)[:3])

    def _people(self, line, text, *, is_only_line):
        for item in split_people(text, is_only_line=is_only_line):
            person = attendee_of(item, group=self.group, mode=self.mode, role=self.role)
            if person is None:
                self.unparsed.append(Passage(line.number, item))
            else:
                self._add_person(line, item, person)

    def _add_person(self, line, item, person):
        if person.role == "note_taker" and "written_by" not in self.found:
            self.found["written_by"] = ""
        place = self.places_by_name.get(person.name)
        other = self.people[place] if place is not None else None
        is_same = other and "" in (person.organisation, other.organisation)
        if is_same and self.role:
            # “Chair: A B”, of somebody who is on the list too.
            self.people[place] = replace(other, role=self.role)
            self.repeated.append(Passage(line.number, item))
        elif is_same and other.role and not other.organisation and not other.group and not other.mode:
            self.people[place] = replace(person, role=person.role or other.role)
            self.repeated.append(Passage(line.number, other.name))
        else:
            self.places_by_name[person.name] = len(self.people)
            self.people.append(person)

    def _in_attendees(self, place):
        line = self.lines[place]
        bulleted = unbulleted(line.text)
        has_ended = bulleted is not None and self.is_listed is False
        words = line.words
        is_sentence = words.endswith((".", "?", "!")) and len(words.split()) > 8 and words.count(";") < 2
        is_prose = len(words) > SHORT * 2 and ";" not in words and "," not in words
        is_other_list = bulleted is not None and not is_person_like(line.text)
        if has_ended or is_sentence or is_prose or is_other_list:
            self._leave_attendees(place)
        else:
            self.is_listed = bulleted is not None
            alone = bulleted is None and self._stands_alone(place)
            self._people(line, bulleted if bulleted is not None else line.words, is_only_line=alone)

    def _stands_alone(self, place):
        """Whether no other line of a list is right above or below."""
        below = self.lines[place + 1] if place + 1 < len(self.lines) else None
        return bool(place == 0 or self.lines[place].gap or self._is_heading_above(place)) and (
            below is None or bool(below.gap)
        )

    def _is_heading_above(self, place):
        above = self.lines[place - 1].text
        return key_of(above) in PRESENT | MODES.keys() or marked_heading(above) is not None

    def _leave_attendees(self, place):
        line = self.lines[place]
        if unbulleted(line.text) is not None and not self.key_points:
            self.part, self.is_listed = "key_points", True
            self._in_key_points(place)
        else:
            self._begin_untitled(line)

    # The other parts

    def _in_head(self, place):
        line = self.lines[place]
        if len(line.words) <= SHORT and self._takes_head_line(place):
            return
        if unbulleted(line.text) is not None and not self.summary:
            self.part, self.is_listed = "key_points", True
            self._in_key_points(place)
        elif self._opens_people(place):
            self.part = "attendees"
            self._in_attendees(place)
        else:
            self.summary.extend(["", line.words] if line.gap and self.summary else [line.words])

    def _takes_head_line(self, place):
        line = self.lines[place]
        if self._when(line.words):
            return True
        if self.found.get("when") and "where" not in self.found and self._reads_as_venue(place):
            self._where(line.words)
            return True
        is_short = len(line.words) <= 120 and line.words[-1] not in ".?!;"
        if place == 0 or (is_short and not self.found.get("when") and not self.summary):
            self.head.append(Passage(line.number, line.text))
            return True
        return False

    def _opens_people(self, place):
        line = self.lines[place]
        below = self.lines[place + 1] if place + 1 < len(self.lines) else None
        return (
            below is not None
            and not below.gap
            and bool(self.found.get("when"))
            and is_person_like(line.text)
            and is_person_like(below.text)
        )

    def _reads_as_venue(self, place):
        line = self.lines[place]
        lower = line.words.casefold()
        if lower in _ONLY_REMOTE or lower.endswith(_REMOTE_ENDINGS):
            return True
        if self.people or line.gap > 1 or line.words[-1] in ".?!:;" or self._opens_people(place):
            return False
        has_number = any(letter.isdigit() for letter in lower)
        return has_number or "," in lower or (not line.gap and len(lower.split()) <= 8)

    def _begin_untitled(self, line):
        self.part = "section"
        self.sections.append(("", [], line.number))
        self._add_text(line)

    def _in_key_points(self, place):
        line = self.lines[place]
        if not self._add_item(place, self.key_points):
            self._begin_untitled(line)

    def _in_decisions(self, place):
        if not self._add_item(place, self.decisions):
            self._begin_untitled(self.lines[place])

    def _in_actions(self, place):
        if not self._add_item(place, self.actions):
            self._begin_untitled(self.lines[place])

    def _in_after_table(self, place):
        self._begin_untitled(self.lines[place])

    def _in_section(self, place):
        line = self.lines[place]
        if line.gap > 1 and self.has_telling_gaps and self.sections[-1][1] and not self.has_hashes:
            self._begin_untitled(line)
        else:
            self._add_text(line)

    def _add_item(self, place, items):
        """Whether the line is one of a list: bulleted, the rest of such a one, or, without bullets, a paragraph."""
        line = self.lines[place]
        item = unbulleted(line.text)
        if item is not None:
            self.is_listed = True
            items.append([item])
        elif self.is_listed and items and not line.gap and isinstance(items[-1], list):
            items[-1].append(line.words)
        elif self.is_listed:
            return False
        else:
            items.append([line.words])
        return True

    def _add_text(self, line):
        body = self.sections[-1][1]
        if body:
            body.extend([""] * min(line.gap, 1))
        body.append(_as_markdown(line.text))

    # Title, date, place

    def _when(self, text):
        """Whether the line is about when it was; what else it says is the venue, or is kept as a doubt."""
        found, times = find_date(text), find_times(text)
        known = "held_on" in self.found or self.found.get("when")
        if text.endswith((".", "?", "!")) or (found and found.start > 12 and not times):
            return False
        if found and known and self.found.get("held_on"):
            return False
        if times and "starts_at" in self.found:
            return False
        if not found and not (times and times.start == 0 and (known or self.head)):
            return False
        rest = text
        for part in sorted(filter(None, (found, times)), key=lambda part: -part.start):
            rest = f"{rest[: part.start]}\n{rest[part.end :]}"
        pieces = [piece.strip(" ,;–—-@|.()\t\xa0") for piece in rest.split("\n")]
        pieces = [
            piece
            for piece in pieces
            if any(map(str.isalnum, piece))
            and key_of(piece) not in {"at", "from", "on", "and", "date", "time"}
        ]
        if sum(map(len, pieces)) > 120:
            return False
        self._set_when(text, found, times)
        if pieces and "where" not in self.found:
            self._where(", ".join(pieces).removeprefix("at ").removeprefix("in "))
        return True

    def _set_when(self, text, found, times):
        self.found["when"] = f"{self.found['when']}\n{text}" if self.found.get("when") else text
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
        if ends_next_day(times.starts_at, times.ends_at) and self.found.get("held_on"):
            self.found.setdefault("ends_on", day_after(self.found["held_on"]))
        else:
            self.doubts.append(f"“{times.text}”: the end is not later than the start.")

    def _where(self, text):
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

    def _name_it(self):
        """The title is the heading that tells of a meeting, else the first; the others stay unparsed."""
        if self.found.get("written_by") == "":
            taker = next((a.name for a in self.people if a.role == "note_taker"), "")
            self.found["written_by"] = taker
        texts = [(passage, unmarked(passage.text.strip().lstrip("#"))) for passage in self.head]
        real = [pair for pair in texts if key_of(pair[1]) not in NOTE_WORDS]
        pick = next((pair for pair in real if " | " in pair[1]), None) or next(
            (pair for pair in real if any(word in f" {pair[1].casefold()} " for word in _TITLE_SIGNS)), None
        )
        pick = pick or (real[0] if real else texts[0] if texts else None)
        for passage, text in texts:
            if pick and passage is pick[0] and "title" not in self.found:
                self._entitle(text)
            elif (
                passage is not (pick and pick[0])
                and key_of(text) in NOTE_WORDS
                and "title_rest" not in self.found
            ):
                self.found["title_rest"] = text
            else:
                self.unparsed.append(passage)

    def _entitle(self, text):
        title, bar, rest = text.partition(" | ")
        self.found["title"], title_rest = title.strip(), rest.strip()
        if len(self.found["title"]) > LONGEST_TITLE:
            self.doubts.append("The title is longer than a title may be.")
        if bar:
            found = find_date(title_rest)
            if found and not self.found.get("held_on"):
                self._set_when(title_rest, found, find_times(title_rest))
            self.found["title_rest"] = title_rest

    def _action(self, found):
        """What a row of a table gave, or the words of an item, read when the day of the meeting is known."""
        held_on = self.found.get("held_on")
        action = action_of(" ".join(found), held_on=held_on) if isinstance(found, list) else found
        if action.due_text and action.due_on is None and find_date(action.due_text, not_before=date.min):
            self.doubts.append(
                f"“{action.due_text}” isn’t a day of a calendar we can tell: choose the day it is due."
            )
        return action

    def _keep(self, line):
        self.unparsed.append(Passage(line.number, line.text))


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


def _as_markdown(text):
    """With the bullet that Markdown knows instead of a typographer's."""
    stripped = text.lstrip()
    if stripped[:1] in "•‣▪◦●·" and stripped[1:2].isspace():
        return f"- {stripped[1:].strip()}"
    return text.rstrip("\r")
