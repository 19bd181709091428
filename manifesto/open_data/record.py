from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind
from profiles.open_data import address

from ..models import ExpectedAnswer, GovernmentAnswer, Institution, Position

INSTITUTION = Column(
    "institution",
    _("The end of the address of the institution’s page."),
    of="institution.slug",
    is_required=True,
)
ID = Column("id", _("A number of its own."), Kind.INTEGER, of="pk", is_required=True)


def _of_round(item):
    return item.round.slug if item and item.round_id else None


def _said(what):
    """The columns of everything that is on record; `what` names the day."""
    return (
        Column(what, _("The day it was said."), Kind.DATE, of="stated_on", is_required=True),
        Column(
            "said_by",
            _("Who said it, as the institution published the name, and in which office."),
            of=lambda entry: entry.term and str(entry.term),
        ),
        Column("source", _("What the source is called."), of="source_title"),
        Column("source_address", _("Where the source is."), Kind.ADDRESS, of="source_url"),
        Column("source_page", _("The page of the source.")),
        Column(
            "language",
            _("The language it was said in, as BCP 47 has it."),
            of="language_tag",
            is_required=True,
        ),
        Column("published_at", _("When it went on record here."), Kind.MOMENT, is_required=True),
        Column(
            "corrects",
            _("The number of the entry that it puts right; that one stays as it was."),
            Kind.INTEGER,
            of="corrects_id",
        ),
        Column("explanation", _("What was wrong with that one.")),
        Column("withdrawn_on", _("The day the institution took it back."), Kind.DATE),
        Column("withdrawal_words", _("How or why it was taken back.")),
    )


INSTITUTIONS = Dataset(
    name="institutions",
    title=_("Institutions"),
    words=_(
        "Parties, departments and others that are asked for a more open government, with all their names."
    ),
    public=lambda now: Institution.objects.for_data(),
    key=("slug",),
    columns=(
        Column("slug", _("The end of its page’s address."), is_required=True),
        Column("address", _("Where its page is."), Kind.ADDRESS, of=address, is_required=True),
        Column("name", _("Its name now."), is_required=True),
        Column("kind", _("What it is."), choices=tuple(Institution.Kind.values), is_required=True),
        Column(
            "names",
            _("All names it had, the first one first, each with the day it had it from, if that is known."),
            of=lambda each: [
                f"{name.name} ({name.since_on})" if name.since_on else name.name for name in each.names.all()
            ],
            is_list=True,
        ),
        Column("website", _("Its website."), Kind.ADDRESS),
        Column("nation", _("The nation it is there for, by its code; empty for all of the UK.")),
        Column("ended_on", _("Its last day, if it has ended."), Kind.DATE),
        Column(
            "succeeded_by",
            _("The end of the address of the institution that came after it."),
            of=lambda each: each.succeeded_by and each.succeeded_by.slug,
        ),
    ),
)

POSITIONS = Dataset(
    name="positions",
    title=_("Positions"),
    words=_(
        "Where institutions stand on asks of statements and commitments asked for, each with its source. Entries that "
        "were corrected or withdrawn are among them; the latest that is neither is where an institution stands."
    ),
    public=lambda now: Position.objects.public().with_subjects().order_by("pk"),
    key=("id",),
    columns=(
        ID,
        Column("address", _("Where its page is."), Kind.ADDRESS, of=address, is_required=True),
        INSTITUTION,
        Column("name_then", _("What the institution called itself that day."), of="name_of_the_day"),
        Column(
            "statement",
            _("The end of the address of the statement whose ask it is about."),
            of=lambda position: position.ask and position.ask.statement.slug,
        ),
        Column(
            "ask",
            _("The number of that ask."),
            Kind.INTEGER,
            of=lambda position: position.ask and position.ask.number,
        ),
        Column(
            "round",
            _("The round of the commitment that it is about."),
            of=lambda position: _of_round(position.commitment),
        ),
        Column(
            "commitment",
            _("The number of that commitment."),
            Kind.INTEGER,
            of=lambda position: position.commitment and position.commitment.number,
        ),
        Column("stance", _("Where it stands."), choices=tuple(Position.Stance.values), is_required=True),
        Column("topline", _("What it says, in one line of ours."), is_required=True),
        Column("quotation", _("What it says in its own words.")),
        *_said("stated_on"),
        Column(
            "meeting",
            _("The meeting it was said at."),
            Kind.ADDRESS,
            of=lambda position: (
                address(position.meeting) if position.meeting and position.meeting.is_announced else None
            ),
        ),
    ),
)

EXPECTED_ANSWERS = Dataset(
    name="expected-answers",
    title=_("Answers that are expected"),
    words=_(
        "What government was asked to answer: shortlisted ideas and commitments, with the day each is due."
    ),
    public=lambda now: ExpectedAnswer.objects.public().with_answers().order_by("pk"),
    key=("id",),
    columns=(
        ID,
        Column(
            "round", _("The end of the address of the round’s page."), of=lambda each: _of_round(each.item)
        ),
        Column(
            "idea",
            _("The idea’s number in its round."),
            Kind.INTEGER,
            of=lambda each: each.idea and each.idea.number,
        ),
        Column(
            "commitment",
            _("The commitment’s number in its round."),
            Kind.INTEGER,
            of=lambda each: each.commitment and each.commitment.number,
        ),
        INSTITUTION,
        Column("asked_on", _("The day it was asked."), Kind.DATE, is_required=True),
        Column("due_on", _("The day the answer is due."), Kind.DATE, is_required=True),
        Column(
            "is_answered",
            _("Whether an answer stands that wasn’t withdrawn."),
            Kind.BOOLEAN,
            is_required=True,
        ),
    ),
)

ANSWERS = Dataset(
    name="answers",
    title=_("Government’s answers"),
    words=_(
        "What was answered, with reasons and document. Entries that were corrected or withdrawn are among them."
    ),
    public=lambda now: GovernmentAnswer.objects.public().with_items().order_by("pk"),
    key=("id",),
    columns=(
        ID,
        Column(
            "expected_answer",
            _("The number of what was expected."),
            Kind.INTEGER,
            of="expected_id",
            is_required=True,
        ),
        Column(
            "institution",
            _("The end of the address of the institution’s page."),
            of="expected.institution.slug",
            is_required=True,
        ),
        Column(
            "outcome",
            _("What was answered."),
            choices=tuple(GovernmentAnswer.Outcome.values),
            is_required=True,
        ),
        Column("reasons", _("Why."), is_required=True),
        *_said("answered_on"),
    ),
)
