from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind
from profiles.open_data import address

from ..models import Adoption, Commitment
from .rounds import of_round

STATES = ("asked", "withdrawn")


def _withdrawal(commitment):
    """The withdrawal in force, as its queryset for open data has it."""
    return next(iter(commitment.withdrawals.all()), None)


COMMITMENTS = Dataset(
    name="commitments",
    title=_("Commitments asked for"),
    words=_(
        "What each round asks of government, in the fields of an action plan, with the ideas it was drawn from and "
        "what became of it."
    ),
    public=lambda now: Commitment.objects.asked().public().for_data(),
    key=("round", "number"),
    columns=(
        of_round(),
        Column("number", _("Its number in its round."), Kind.INTEGER, is_required=True),
        Column("address", _("Where its page is."), Kind.ADDRESS, of=address, is_required=True),
        Column("title", _("Its title."), is_required=True),
        Column("summary", _("What it says in short.")),
        Column(
            "language",
            _("The language it is written in, as BCP 47 has it."),
            of="language_tag",
            is_required=True,
        ),
        Column(
            "theme",
            _("The theme it stands under, as the file of themes calls it."),
            of=lambda commitment: commitment.theme and commitment.theme.slug,
        ),
        Column("problem", _("The public problem and its causes.")),
        Column("done_so_far", _("What has been done so far.")),
        Column("solution", _("What is called for, one point a line.")),
        Column("results", _("The results sought.")),
        Column("relevance", _("How it promotes transparency, accountability and participation.")),
        Column("lead_institution", _("The lead institution.")),
        Column("supporting_government", _("Supporting government bodies.")),
        Column("supporting_civil_society", _("Supporting civil society organisations.")),
        Column("supporting_others", _("Other supporting stakeholders.")),
        Column("starts_on", _("When it is to begin."), Kind.DATE),
        Column("ends_on", _("When it is to be done."), Kind.DATE),
        Column(
            "newness", _("Whether it is new or goes on already."), choices=tuple(Commitment.Newness.values)
        ),
        Column(
            "ideas",
            _("The numbers of the ideas it was drawn from."),
            of=lambda commitment: [idea.number for idea in commitment.drawn_ideas],
            is_list=True,
        ),
        Column("published_at", _("When it was published."), Kind.MOMENT, is_required=True),
        Column(
            "state",
            _("Whether it is still asked for."),
            of=lambda commitment: STATES[commitment.is_withdrawn],
            choices=STATES,
            is_required=True,
        ),
        Column(
            "withdrawal_reason",
            _("Why it isn’t asked for any more."),
            of=lambda commitment: _withdrawal(commitment) and _withdrawal(commitment).reason,
        ),
        Column(
            "verdicts",
            _("What became of it, for each plan on record."),
            of=lambda commitment: [adoption.verdict for adoption in commitment.public_adoptions],
            choices=tuple(Adoption.Verdict.values),
            is_list=True,
        ),
    ),
)
