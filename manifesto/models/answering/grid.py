"""Institutions beside what is asked of them: who stands where, and where no answer has been found."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse

from ..asking import AskWording
from .institution import Institution
from .position import Position

INSTITUTIONS_PER_PAGE = 20


@dataclass(frozen=True)
class Heading:
    """What a row or a column is about."""

    key: tuple
    title: str
    address: str = ""
    language: str = ""
    number: int | None = None
    ended_on: object = None


@dataclass
class Cell:
    """Where one institution stands on one thing: `current` are the latest, several if they are of one day."""

    row: Heading
    column: Heading
    current: list = field(default_factory=list)
    earlier: list = field(default_factory=list)
    withdrawn: list = field(default_factory=list)


class Grid:
    """The positions on a statement's asks or a round's commitments, a page of institutions at a time."""

    def __init__(self, subjects, positions, *, page=1, by_institution=False):
        """`subjects` are headings, `positions` a queryset of those on them that are public."""
        self.subjects, self.by_institution = subjects, by_institution
        shown = Q(kind=Institution.Kind.PARTY, ended_on=None) | Q(pk__in=positions.values("institution"))
        rows = Institution.objects.filter(shown).by_name()
        self.page_obj = Paginator(rows, INSTITUTIONS_PER_PAGE).get_page(page)
        self.institutions = [
            Heading(("institution", each.pk), each.name, each.get_absolute_url(), "", ended_on=each.ended_on)
            for each in self.page_obj
        ]
        chosen = positions.latest().filter(institution__in=[each.pk for each in self.page_obj])
        self._said = _by_cell(chosen.with_subjects().by_day())

    @property
    def columns(self):
        return self.subjects if self.by_institution else self.institutions

    @property
    def rows(self):
        """Pairs of a heading and its cells, in the order of the columns."""
        headings = self.institutions if self.by_institution else self.subjects
        return [(row, [self._cell(row, column) for column in self.columns]) for row in headings]

    def _cell(self, row, column):
        institution, subject = (row, column) if self.by_institution else (column, row)
        said = self._said.get((institution.key[1], subject.key), [])
        standing = [position for position in said if position.is_standing]
        current = [position for position in standing if position.stated_on == standing[0].stated_on]
        withdrawn = [position for position in said if position.is_withdrawn]
        return Cell(row, column, current, standing[len(current) :], withdrawn)


def _by_cell(positions):
    said = defaultdict(list)
    for position in positions:
        said[position.institution_id, position.subject_key].append(position)
    return said


def grid_of_statement(statement, **how):
    """The asks of a statement, in the words of its latest published version, beside all parties."""
    wordings = AskWording.objects.filter(ask__statement=statement, version__published_at__isnull=False)
    latest = {
        wording.ask_id: wording for wording in wordings.select_related("ask").order_by("version__number")
    }
    asked = sorted(latest.values(), key=lambda wording: (wording.ask.number, wording.ask_id))
    subjects = [
        Heading(("ask", wording.ask_id), wording.title, "", statement.language_tag, number=wording.ask.number)
        for wording in asked
    ]
    return Grid(subjects, Position.objects.public().on_asks_of(statement), **how)


def grid_of_round(round, **how):
    """The commitments asked for in a round beside all parties."""
    subjects = [
        Heading(
            ("commitment", commitment.pk),
            commitment.title,
            reverse("manifesto:commitment_detail", args=[round.slug, commitment.number]),
            commitment.language_tag,
            number=commitment.number,
        )
        for commitment in round.commitments.standing().by_number()
    ]
    return Grid(subjects, Position.objects.public().on_commitments_of(round), **how)
