"""The note of one block of text, part by part; what isn't understood stays as it stood."""

from collections import Counter
from datetime import date

from .actions import action_of, action_of_row, columns_of
from .attendees import (
    MODES,
    is_person_like,
    names_a_body,
    side_of,
)
from .dates import find_date, find_times
from .head import Head, reads_as_place, says_remote
from .labels import (
    ACTIONS,
    AUTHORS,
    CHAIRS,
    DATES,
    DECISIONS,
    KEY_POINTS,
    PRESENT,
    SUMMARIES,
    TIMES,
    TITLES,
    VENUES,
    kind_of,
)
from .layout import opens_people, people_below, plain_heading, stands_alone
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
from .people import People, reads_as_people
from .structure import Block, Note, Passage, Section

LONGEST_SUMMARY = 1000


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
        self.head, self.people = Head(), People()
        self.summary, self.sections = [], []
        self.key_points, self.decisions, self.actions = [], [], []
        self.written_by = ""
        self.unparsed, self.doubts = [], []
        # Whether the items of this part have bullets; unknown until the first.
        self.is_listed = None

    def read(self):
        place = 0
        while place < len(self.lines):
            place = self._take(place)
        self.unparsed += [*self.people.unparsed, *self.head.name()]
        summary = "\n".join(self.summary).strip()
        if len(summary) > LONGEST_SUMMARY:
            self.sections.insert(0, ("", [summary], self.lines[0].number))
            summary = ""
        facts = {"title": "", **self.head.found}
        return Note(
            **facts,
            kind=kind_of(facts["title"], summary),
            summary=summary,
            written_by=self.written_by or self.people.note_taker,
            attendees=tuple(self.people.found),
            key_points=tuple(map(" ".join, self.key_points)),
            sections=tuple(
                Section(heading, "\n".join(body).strip("\n"), line)
                for heading, body, line in self.sections
                if heading or body
            ),
            decisions=tuple(map(" ".join, self.decisions)),
            actions=tuple(map(self._action, self.actions)),
            repeated=tuple(self.people.repeated),
            unparsed=tuple(sorted(self.unparsed, key=lambda passage: passage.line)),
            doubts=(*self.head.doubts, *self.doubts),
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
                action = action_of_row(cells_of(line.text), columns, held_on=self.head.held_on)
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
        elif label in AUTHORS and len(value) <= 150 and not self.written_by:
            self.written_by = value
        elif len(value) > SHORT and label not in PRESENT | MODES.keys():
            return False
        elif label in PRESENT:
            self._begin_attendees()
            self.people.take(line, value, is_only_line=True)
        elif label in MODES and (in_head or reads_as_people(value)):
            self._begin_attendees(mode=MODES[label])
            self.people.take(line, value, is_only_line=True)
            self.people.mode = ""
        elif label in CHAIRS and reads_as_people(value):
            self._begin_attendees(role=CHAIRS[label], is_aside=True)
            self.people.take(line, value, is_only_line=True)
            self.people.role = ""
        elif in_head:
            return self._take_head_label(line, label, value)
        else:
            return False
        return True

    def _take_head_label(self, line, label, value):
        if label in DATES | TIMES:
            return self.head.take_when(value)
        if label in VENUES and not self.head.has_where:
            self.head.take_where(value)
            return True
        if label in TITLES and self.head.take_title(value):
            return True
        if label in SUMMARIES and not self.summary:
            self.summary.append(value)
            return True
        if self.part == "attendees" and (side_of(label) or reads_as_people(value)):
            self.people.group = line.words[: line.words.index(":")].strip("*# ")
            self.people.take(line, value, is_only_line=True)
            return True
        return False

    def _take_heading(self, place):
        line = self.lines[place]
        heading = marked_heading(line.text)
        heading = heading and (numbered_heading(heading) or heading)
        key = key_of(heading or line.text) if len(line.text) <= SHORT else ""
        if key in PRESENT or (key in MODES and people_below(self.lines, place)):
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
            heading = plain_heading(self.lines, place, is_among_people=self.part == "attendees")
        if heading is None:
            return False
        if self.part == "head" and not self.summary and not self.head.has_when and self._is_title(line):
            self.head.headings.append(Passage(line.number, line.text))
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
        if found and found.start <= 2 and self.head.take_when(line.words):
            return True
        return self._takes_venue(place)

    def _takes_venue(self, place):
        if self.head.has_when and not self.head.has_where and self._reads_as_venue(place):
            self.head.take_where(self.lines[place].words)
            return True
        return False

    def _is_title(self, line):
        """The first headings are titles, whatever their marks, until there is a date or a text."""
        return not self.people and not self.key_points and len(self.head.headings) < 4

    # People

    def _begin_attendees(self, *, mode="", role="", is_aside=False):
        if not is_aside or self.part == "head":
            self.part = "attendees"
        if not is_aside:
            self.people.group = ""
        self.people.mode, self.people.role, self.is_listed = mode, role, None

    def _opens_people(self, place):
        return self.head.has_when and opens_people(self.lines, place)

    def _reads_as_venue(self, place):
        line = self.lines[place]
        return says_remote(line.words) or (
            not self.people and not self._opens_people(place) and reads_as_place(line)
        )

    def _takes_group(self, place, heading):
        """A heading over people: “Civil society”, “Cabinet Office”."""
        line = self.lines[place]
        text = heading or unmarked(line.words).rstrip(":").strip()
        if len(text) > 100 or any(mark in text for mark in ",;(|") or unbulleted(line.text) is not None:
            return False
        if key_of(text) in MODES or not looks_like_heading(text) or self.key_points or self.sections:
            return False
        run = people_below(self.lines, place)
        is_known = bool(side_of(text)) and (self.part == "attendees" or names_a_body(text) or run >= 2)
        stands_above = (place == 0 or line.gap) and place + 1 < len(self.lines) and self.lines[place + 1].gap
        if not run or (self.part == "head" and run < 2):
            return False
        if is_known or heading or line.words.endswith(":") or (stands_above and run >= 2):
            if self.part == "head" and not (is_known or (stands_above and self.head.has_when)):
                return False
            self.part, self.people.group, self.is_listed = "attendees", text, None
            return True
        return False

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
            alone = bulleted is None and stands_alone(self.lines, place)
            self.people.take(line, bulleted if bulleted is not None else line.words, is_only_line=alone)

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
        if self.head.take_when(line.words) or self._takes_venue(place):
            return True
        is_short = len(line.words) <= 120 and line.words[-1] not in ".?!;"
        if place == 0 or (is_short and not self.head.has_when and not self.summary):
            self.head.headings.append(Passage(line.number, line.text))
            return True
        return False

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

    def _action(self, found):
        """What a row of a table gave, or the words of an item, read when the day of the meeting is known."""
        is_row = not isinstance(found, list)
        action = found if is_row else action_of(" ".join(found), held_on=self.head.held_on)
        if action.due_text and action.due_on is None and find_date(action.due_text, not_before=date.min):
            self.doubts.append(
                f"“{action.due_text}” isn’t a day of a calendar we can tell: choose the day it is due."
            )
        return action

    def _keep(self, line):
        self.unparsed.append(Passage(line.number, line.text))


def _as_markdown(text):
    """With the bullet that Markdown knows instead of a typographer's."""
    stripped = text.lstrip()
    if stripped[:1] in "•‣▪◦●·" and stripped[1:2].isspace():
        return f"- {stripped[1:].strip()}"
    return text.rstrip("\r")
