from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ogp_network.datasets import Column, Dataset, Kind
from profiles.open_data import address

from ..lateness import State
from ..models import ActionPlan, Commitment, Milestone, StatusReport

LANGUAGE = Column(
    "language",
    _("The language it is written in, as BCP 47 has it."),
    of="language_tag",
    is_required=True,
)


def _of_promise(path):
    """Columns that say which promise a row is of, which an object has at the end of `path`."""
    start = f"{path}." if path else ""
    return (
        Column("plan", _("The end of the plan’s address."), of=f"{start}plan.slug", is_required=True),
        Column(
            "commitment",
            _("The commitment’s number in its plan."),
            Kind.INTEGER,
            of=f"{start}number",
            is_required=True,
        ),
    )


PLANS = Dataset(
    name="plans",
    title=_("Action plans"),
    words=_("Action plans of governments whose promises are followed here."),
    public=lambda now: ActionPlan.objects.public().select_related("round").by_newest(),
    key=("slug",),
    columns=(
        Column("slug", _("The end of its page’s address, and what the API calls it."), is_required=True),
        Column("address", _("Where its page is."), Kind.ADDRESS, of=address, is_required=True),
        Column("title", _("Its title."), is_required=True),
        LANGUAGE,
        Column("introduction", _("What it is and how it came about, in Markdown.")),
        Column("starts_on", _("The first day of its term."), Kind.DATE, is_required=True),
        Column("ends_on", _("The last day of its term."), Kind.DATE, is_required=True),
        Column("source_address", _("Where it is published."), Kind.ADDRESS, of="source_url"),
        Column(
            "round",
            _("The round it answers, by the end of its address."),
            of=lambda plan: plan.round.slug if plan.round and plan.round.announced_at else None,
        ),
        Column("published_at", _("When it was published here."), Kind.MOMENT, is_required=True),
    ),
)

PROMISES = Dataset(
    name="promises",
    title=_("Commitments of action plans"),
    words=_("What governments promised in their action plans."),
    public=lambda now: Commitment.objects.adopted().public().select_related("plan").by_plan(),
    key=("plan", "commitment"),
    columns=(
        *_of_promise(""),
        Column("address", _("Where its page is."), Kind.ADDRESS, of=address, is_required=True),
        Column("title", _("Its title."), is_required=True),
        LANGUAGE,
        Column("summary", _("What it says in short.")),
        Column("solution", _("What is promised, one point a line.")),
        Column("lead_institution", _("The lead institution.")),
        Column("starts_on", _("When it is to begin."), Kind.DATE),
        Column("ends_on", _("When it is to be done."), Kind.DATE),
        Column("published_at", _("When it was published here."), Kind.MOMENT, is_required=True),
    ),
)

MILESTONES = Dataset(
    name="milestones",
    title=_("Milestones"),
    words=_(
        "The steps of each promise, and whether they are late by what every source last reported. A step is done only "
        "if no source says otherwise."
    ),
    public=lambda now: Milestone.objects.public().for_data(timezone.localdate(now)),
    key=("milestone_id",),
    columns=(
        Column("milestone_id", _("A number of its own."), Kind.INTEGER, of="pk", is_required=True),
        *_of_promise("commitment"),
        Column("reference", _("Its reference in the plan."), is_required=True),
        Column("output", _("The output that is expected."), is_required=True),
        Column("lead", _("Who leads it.")),
        Column("starts_on", _("When it is to begin."), Kind.DATE),
        Column("due_on", _("The day it is due."), Kind.DATE),
        Column(
            "first_due_on",
            _("The day it was due at first, which differs from the one before where that was moved."),
            Kind.DATE,
        ),
        Column("due_text", _("When it is due, as written, where no day was named.")),
        Column(
            "state",
            _("How it stands."),
            of=lambda milestone: milestone.standing.state.value,
            choices=tuple(state.value for state in State),
            is_required=True,
        ),
        Column(
            "days_late",
            _("How many days it is late, or was late when it was done."),
            Kind.INTEGER,
            of=lambda milestone: milestone.standing.days or None,
        ),
        Column(
            "days_after_first",
            _("How many days after the first date it was done, or isn’t done yet, where that was moved."),
            Kind.INTEGER,
            of=lambda milestone: milestone.standing.days_after_first or None,
        ),
    ),
)

STATUS_REPORTS = Dataset(
    name="status-reports",
    title=_("Status reports"),
    words=_(
        "What each source said of a promise or of one of its milestones, and when. What was corrected or withdrawn "
        "stays, with the reason."
    ),
    public=lambda now: StatusReport.objects.public().for_page().order_by("pk"),
    key=("report_id",),
    columns=(
        Column("report_id", _("A number of its own."), Kind.INTEGER, of="pk", is_required=True),
        *_of_promise("of_commitment"),
        Column(
            "milestone",
            _("The milestone’s reference; empty where it is about the commitment as a whole."),
            of=lambda report: report.milestone and report.milestone.reference,
        ),
        Column(
            "address", _("Where it is on the promise’s page."), Kind.ADDRESS, of=address, is_required=True
        ),
        Column(
            "source", _("What kind of source."), choices=tuple(StatusReport.Source.values), is_required=True
        ),
        Column("source_title", _("What the source is called."), is_required=True),
        Column("source_address", _("Where the source is."), Kind.ADDRESS, of="source_url"),
        Column("source_page", _("Where in the source.")),
        Column("status", _("The status."), choices=tuple(StatusReport.Status.values), is_required=True),
        Column("reported_on", _("The day the source gives for it."), Kind.DATE, is_required=True),
        Column("completed_on", _("The day it was completed, if the source names it."), Kind.DATE),
        Column("words", _("What the source says, in short.")),
        Column("evidence_links", _("Pages that support it."), Kind.ADDRESS, is_list=True),
        Column("verifiable", _("Whether a reviewer found it verifiable."), Kind.BOOLEAN, of="is_verifiable"),
        Column(
            "open_government_lens",
            _("Whether a reviewer found it relevant to open government."),
            Kind.BOOLEAN,
            of="has_open_government_lens",
        ),
        Column(
            "potential",
            _("The potential for results, as a reviewer put it."),
            choices=tuple(StatusReport.Potential.values),
        ),
        Column("recorded_at", _("When it was recorded here."), Kind.MOMENT, is_required=True),
        Column("corrects", _("The number of the report it puts right."), Kind.INTEGER, of="corrects_id"),
        Column("ended_at", _("When it was corrected or withdrawn."), Kind.MOMENT),
        Column("ended_because", _("Why it was corrected or withdrawn.")),
    ),
)
