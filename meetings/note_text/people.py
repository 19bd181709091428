"""The people a note names, gathered from lists, lines and labels."""

from dataclasses import replace

from .attendees import attendee_of, is_person_like, split_people
from .structure import Passage


class People:
    """Those found so far, and under which heading, mode and role the next ones stand."""

    def __init__(self):
        self.found = []
        self.repeated, self.unparsed = [], []
        self.group = self.mode = self.role = ""
        self._places_by_name = {}

    def __bool__(self):
        return bool(self.found)

    @property
    def note_taker(self):
        return next((person.name for person in self.found if person.role == "note_taker"), "")

    def take(self, line, text, *, is_only_line):
        """Add everybody the text names; what names nobody is kept as unparsed."""
        for item in split_people(text, is_only_line=is_only_line):
            person = attendee_of(item, group=self.group, mode=self.mode, role=self.role)
            if person is None:
                self.unparsed.append(Passage(line.number, item))
            else:
                self._add(line, item, person)

    def _add(self, line, item, person):
        place = self._places_by_name.get(person.name)
        other = self.found[place] if place is not None else None
        is_same = other and "" in (person.organisation, other.organisation)
        if is_same and self.role:
            # “Chair: A B”, of somebody who is on the list too.
            self.found[place] = replace(other, role=self.role)
            self.repeated.append(Passage(line.number, item))
        elif is_same and other.role and not other.organisation and not other.group and not other.mode:
            self.found[place] = replace(person, role=person.role or other.role)
            self.repeated.append(Passage(line.number, other.name))
        else:
            self._places_by_name[person.name] = len(self.found)
            self.found.append(person)


def reads_as_people(text: str) -> bool:
    return all(is_person_like(part) for part in split_people(text[:2000], is_only_line=True)[:3])
