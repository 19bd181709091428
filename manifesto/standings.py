"""The table of a panel's ranking: its columns, and what it can be ordered by."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .ranking import Result


@dataclass(frozen=True)
class Column:
    """`value` gives what a row is ordered by, None last; `descends` where the highest comes first unless asked."""

    code: str
    name: str
    value: Callable
    descends: bool = True
    weight: int | None = None


@dataclass(frozen=True)
class Head:
    """A column's heading: `order` is what its link asks for, `sort` how the table is ordered by it now, if it is."""

    name: str
    weight: int | None
    order: str
    sort: str
    is_text: bool


class Table:
    """The standings of a report in the order asked for, a column's code or that with a minus; rank if unknown."""

    def __init__(self, report, order=""):
        self.columns = {column.code: column for column in _columns(report.criteria)}
        wanted = order.removeprefix("-")
        self.by = self.columns.get(wanted, self.columns["rank"])
        self.is_turned = order.startswith("-") and wanted in self.columns
        self.rows = self._ordered(report.standings)

    @property
    def order(self):
        return f"-{self.by.code}" if self.is_turned else self.by.code

    @property
    def heads(self):
        return [self._head(column) for column in self.columns.values()]

    def _head(self, column):
        is_by = column is self.by
        descends = column.descends != self.is_turned
        return Head(
            name=column.name,
            weight=column.weight,
            order=f"-{column.code}" if is_by and not self.is_turned else column.code,
            sort=("descending" if descends else "ascending") if is_by else "",
            is_text=column.code == "title",
        )

    def _ordered(self, standings):
        known = [standing for standing in standings if self.by.value(standing) is not None]
        unknown = [standing for standing in standings if self.by.value(standing) is None]
        return sorted(known, key=self.by.value, reverse=self.by.descends != self.is_turned) + unknown


def _columns(criteria):
    return [
        Column("rank", _("Rank"), lambda row: row.result.rank, descends=False),
        Column("title", _("Idea"), lambda row: row.idea.title.casefold(), descends=False),
        Column("score", _("Score"), lambda row: row.result.score),
        Column("agreement", _("Agreement"), lambda row: row.result.agreement),
        Column("interval", _("Rank interval"), lambda row: row.certainty.low_rank, descends=False),
        Column("probability", _("Chance of a place"), lambda row: row.certainty.probability),
        *(
            Column(
                f"criterion-{c.slug}",
                c.name,
                lambda row, slug=c.slug: _mean(row.result, slug),
                weight=c.weight,
            )
            for c in criteria
        ),
        Column("scorers", _("Experts"), lambda row: row.result.scorers),
        Column("excluded", _("Excluded"), lambda row: row.excluded),
        Column("supporters", _("Supporters"), lambda row: row.supporters),
    ]


def _mean(result: Result, slug):
    return result.means.get(slug)
