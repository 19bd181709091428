from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind
from profiles.open_data import AREA_CODES, AREAS, address

from ..models import Idea, Revision
from ..vocabularies import Level, OGPValue, Outcome, PolicyArea, Source
from .rounds import of_idea, of_round

STATUSES = ("undecided", "shortlisted", "not_shortlisted", "merged")
TEXTS = (
    Column("title", _("What the idea is, in one line."), is_required=True),
    Column("why", _("Why it is important."), is_required=True),
    Column("how", _("How it would work."), is_required=True),
    Column("difference", _("What difference it would make to citizens."), is_required=True),
    Column(
        "language", _("The language it is written in, as BCP 47 has it."), of="language_tag", is_required=True
    ),
)


def _number(name, words, of=""):
    return Column(name, words, Kind.INTEGER, of=of, is_required=True)


COUNTS = (
    _number(
        "supporters",
        _(
            "How many members support it or an idea merged into it, each once; those of a merged idea count there."
        ),
    ),
    _number("for_wording", _("How many of them voted for it as it is worded now.")),
    _number(
        "for_earlier_wordings", _("How many voted for an earlier wording and haven’t confirmed this one.")
    ),
    _number(
        "for_merged_ideas",
        _("How many support it only through ideas that were merged into it."),
        of=lambda idea: idea.for_merged_ideas if idea.is_live else 0,
    ),
)


def _status(idea):
    if not idea.is_live:
        return "merged"
    if idea.is_undecided:
        return "undecided"
    return "shortlisted" if idea.is_shortlisted else "not_shortlisted"


def _raised_at(idea):
    return address(idea.raised_at) if idea.raised_at and idea.raised_at.is_announced else None


def _story(idea):
    story = idea.from_answer and idea.from_answer.profile
    return address(story) if story and story.is_published else None


IDEAS = Dataset(
    name="ideas",
    title=_("Ideas"),
    words=_(
        "Every public idea as it is worded now, with how many support it. Who supports what is shown to nobody. "
        "Ideas that were merged into another are among them."
    ),
    public=lambda now: Idea.objects.public().for_page().by_round(),
    key=("round", "number"),
    columns=(
        of_round(),
        _number("number", _("Its number in its round.")),
        Column("address", _("Where its page is."), Kind.ADDRESS, of=address, is_required=True),
        *TEXTS,
        Column(
            "theme",
            _("The theme it stands under, as the file of themes calls it."),
            of="theme.slug",
            is_required=True,
        ),
        Column(
            "policy_areas",
            _("What it is about, as the Open Government Partnership says it."),
            choices=tuple(PolicyArea.values),
            is_list=True,
        ),
        Column(
            "ogp_values",
            _("The open government values it serves."),
            choices=tuple(OGPValue.values),
            is_list=True,
        ),
        Column("areas", AREA_CODES, choices=AREAS, is_list=True),
        Column(
            "level",
            _("The level of government it asks something of."),
            choices=tuple(Level.values),
            is_required=True,
        ),
        Column("evidence_links", _("Pages that support it."), Kind.ADDRESS, is_list=True),
        Column("authors", _("Who put it forward."), of="author_names", is_list=True, is_personal=True),
        Column("organisation", _("The organisation it is put forward for.")),
        Column(
            "organisation_address",
            _("Where that organisation’s page is."),
            Kind.ADDRESS,
            of=lambda idea: address(idea.organisation),
        ),
        Column("source", _("How it reached the network."), choices=tuple(Source.values), is_required=True),
        Column("raised_at", _("The meeting it was raised at."), Kind.ADDRESS, of=_raised_at),
        Column("from_story", _("The story whose reform it grew from."), Kind.ADDRESS, of=_story),
        Column("published_at", _("When it was published."), Kind.MOMENT, is_required=True),
        _number("revision", _("Which of its revisions this is."), of="revision_number"),
        Column("worded_at", _("Since when it is worded so."), Kind.MOMENT, is_required=True),
        *COUNTS,
        _number("comments", _("How many comments on it everybody can read."), of="comment_count"),
        Column(
            "merged_into",
            _("The number of the idea that it was merged into."),
            Kind.INTEGER,
            of=lambda idea: idea.survivor and idea.survivor.number,
        ),
        Column(
            "status",
            _("How it stands; decisions are public with the round’s shortlist, all at once."),
            of=_status,
            choices=STATUSES,
            is_required=True,
        ),
        Column(
            "outcome",
            _("How the round ended for it."),
            of=lambda idea: idea.public_decision and idea.public_decision.outcome,
            choices=tuple(Outcome.values),
        ),
    ),
)

IDEA_REVISIONS = Dataset(
    name="idea-revisions",
    title=_("Revisions of ideas"),
    words=_(
        "Every wording that a public idea was published under. The wording counts up where the substance changed."
    ),
    public=lambda now: Revision.objects.public().for_data(),
    key=("round", "idea", "number"),
    columns=(
        *of_idea(),
        _number("number", _("Its number among the idea’s revisions.")),
        _number("wording", _("Its wording; a minor change leaves it as it was.")),
        *TEXTS,
        Column("note", _("What its author said of the change.")),
        Column("is_by_editor", _("Whether an editor made it."), Kind.BOOLEAN, is_required=True),
        Column("is_minor", _("Whether it left the substance as it was."), Kind.BOOLEAN, is_required=True),
        Column("edited_at", _("When it was made."), Kind.MOMENT, is_required=True),
        _number("supporters", _("How many votes for this very idea are for this wording.")),
    ),
)

TALLIES = Dataset(
    name="tallies",
    title=_("Tallies of votes"),
    words=_("How many support each public idea, exactly, and in which wording. Nobody is told who."),
    public=lambda now: Idea.objects.public().for_tallies().by_round(),
    key=("round", "idea"),
    columns=(of_round(), _number("idea", _("The idea’s number in its round."), of="number"), *COUNTS),
)
