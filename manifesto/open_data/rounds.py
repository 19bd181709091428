from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind
from profiles.open_data import AREAS, address

from ..models import Phase, Round, Theme


def of_round(path="round"):
    """The column that says which round a row is of, which an object has at the end of `path`."""
    return Column(
        "round", _("The end of the address of the round’s page."), of=f"{path}.slug", is_required=True
    )


def of_idea(path="idea"):
    """Columns that say which idea a row is of, which an object has at the end of `path`."""
    return (
        of_round(f"{path}.round"),
        Column(
            "idea", _("The idea’s number in its round."), Kind.INTEGER, of=f"{path}.number", is_required=True
        ),
    )


def _moment(name, words, *, is_required=False):
    return Column(name, words, Kind.MOMENT, is_required=is_required)


ROUNDS = Dataset(
    name="rounds",
    title=_("Rounds"),
    words=_("Every round that was announced: from the first idea to what was given to government."),
    public=lambda now: Round.objects.announced().for_data(now).by_newest(),
    key=("slug",),
    columns=(
        Column("slug", _("The end of its page’s address, and what the API calls it."), is_required=True),
        Column("address", _("Where its page is."), Kind.ADDRESS, of=address, is_required=True),
        Column("title", _("Its title."), is_required=True),
        Column("summary", _("What it is for, in a sentence."), is_required=True),
        Column(
            "language",
            _("The language it is written in, as BCP 47 has it."),
            of="language_tag",
            is_required=True,
        ),
        Column("introduction", _("What it is for and how it works, in Markdown."), is_required=True),
        Column(
            "area",
            _(
                "The nation or region it is about, by its code of the Office for National Statistics; empty for all "
                "of the UK."
            ),
            choices=AREAS,
        ),
        Column(
            "phase",
            _("Where it stands."),
            of=lambda round: round.phase_at(round.read_at),
            choices=tuple(Phase.values),
            is_required=True,
        ),
        _moment("announced_at", _("When it was made public."), is_required=True),
        _moment("ideas_open_at", _("From when ideas are collected."), is_required=True),
        _moment("ideas_close_at", _("Until when ideas are collected."), is_required=True),
        _moment("votes_open_at", _("From when ideas can be supported."), is_required=True),
        _moment("votes_close_at", _("Until when ideas can be supported."), is_required=True),
        _moment("scoring_open_at", _("From when the experts score ideas."), is_required=True),
        _moment("scoring_close_at", _("Until when the experts score ideas."), is_required=True),
        Column(
            "shortlist_target",
            _("How many ideas the experts aim to shortlist."),
            Kind.INTEGER,
            is_required=True,
        ),
        _moment("shortlist_published_at", _("When the shortlist was published.")),
        _moment("presented_at", _("When the shortlist was given to government.")),
        Column(
            "ideas",
            _("How many ideas are public and not merged into another."),
            Kind.INTEGER,
            of="idea_count",
            is_required=True,
        ),
        Column(
            "support",
            _("How often members support one of them."),
            Kind.INTEGER,
            of="support_count",
            is_required=True,
        ),
    ),
)

THEMES = Dataset(
    name="themes",
    title=_("Themes"),
    words=_("The headings that rounds group their ideas under."),
    public=lambda now: Theme.objects.for_data(),
    key=("round", "slug"),
    columns=(
        of_round(),
        Column("slug", _("What ideas call it."), is_required=True),
        Column("name", _("Its name."), is_required=True),
        Column("description", _("What it is about.")),
        Column(
            "position",
            _("Where it stands among the round’s themes."),
            Kind.INTEGER,
            is_required=True,
        ),
        Column(
            "ideas",
            _("How many ideas under it are public and not merged into another."),
            Kind.INTEGER,
            of="idea_count",
            is_required=True,
        ),
    ),
)
