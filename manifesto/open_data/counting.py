from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind

from ..models import CountRegister, RegisterEntry
from .rounds import of_round


class _Line(NamedTuple):
    entry: RegisterEntry
    idea: int
    statement: str
    code: str
    number: int | str


def _lines(entry):
    return (_Line(entry, *line) for line in entry.lines())


COUNT_REGISTER = Dataset(
    name="count-register",
    title=_("Count register"),
    words=_(
        "The latest register of each round: the receipt codes of all votes, and which of them count, for anybody to "
        "recount and for voters to look theirs up. Nothing in a code leads to a person or to another vote."
    ),
    public=lambda now: RegisterEntry.objects.latest().for_data(),
    version=CountRegister.objects.version,
    expand=_lines,
    columns=(
        of_round("entry.register.round"),
        Column(
            "made_on", _("The day of the register."), Kind.DATE, of="entry.register.made_on", is_required=True
        ),
        Column("idea", _("The idea’s number in its round."), Kind.INTEGER, is_required=True),
        Column(
            "statement",
            _(
                "What the row states: how many supporters or withdrawn votes an idea has, a code that counts, one "
                "whose owner is counted with another code since ideas were merged, or one that was invalidated."
            ),
            choices=("supporters", "withdrawn", "counted", "counted elsewhere", "not counted"),
            is_required=True,
        ),
        Column("code", _("A vote’s receipt code.")),
        Column("number", _("How many."), Kind.INTEGER),
    ),
)
