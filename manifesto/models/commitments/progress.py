"""How the promises of a plan stand: what each source last said of them and of their milestones, and what is late."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from ... import lateness
from ...lateness import Standing, State
from .commitment import Commitment
from .milestone import Milestone
from .status_report import StatusReport

SOURCES = list(StatusReport.Source)
BEST_FIRST = [
    StatusReport.Status(code)
    for code in (
        "completed", "complete", "ahead_of_schedule", "on_track", "substantial", "behind_schedule", "limited",
        "not_started", "no_evidence", "closed", "withdrawn",
    )
]  # fmt: skip


@dataclass
class Progress:
    """How one thing stands: a commitment or a milestone, with the last report of each source that has one."""

    subject: Commitment | Milestone
    reports: list[StatusReport]
    standing: Standing
    steps: list["Progress"] = field(default_factory=list)

    @property
    def latest(self):
        """The last report of each source that has one, the government's first."""
        last = {report.source: report for report in self.reports}
        return [last[source] for source in SOURCES if source in last]

    @property
    def late(self):
        """Its milestones that are late, the latest first."""
        late = [step for step in self.steps if step.standing.state == State.LATE]
        return sorted(late, key=lambda step: (-step.standing.days, step.subject.pk))

    @property
    def put_off(self):
        """Its milestones that aren't late, or weren't, only because their day was moved."""
        return [step for step in self.steps if step.standing.days_after_first and not step.standing.days]

    @property
    def is_late(self):
        return self.standing.state == State.LATE or bool(self.late)


def progress_of(commitments, today) -> list[Progress]:
    """How `commitments` stand, in their order, with three queries however many there are."""
    commitments = list(commitments)
    own = {commitment.pk: commitment for commitment in commitments}
    milestones = Milestone.objects.filter(commitment__in=own).prefetch_related("date_changes").by_reference()
    steps, said = defaultdict(list), defaultdict(list)
    for report in StatusReport.objects.standing().about(list(own)).defer("words").by_day():
        said[report.milestone_id, report.commitment_id].append(report)
    for milestone in milestones:
        milestone.commitment = own[milestone.commitment_id]
        steps[milestone.commitment_id].append(_of(milestone, said[milestone.pk, None], today))
    return [
        _of(commitment, said[None, commitment.pk], today, steps[commitment.pk]) for commitment in commitments
    ]


def _of(subject, reports, today, steps=()):
    is_step = isinstance(subject, Milestone)
    for report in reports:
        # Known already: a page names it once for each report.
        setattr(report, "milestone" if is_step else "commitment", subject)
    due_on, first = (subject.due_on, subject.first_due_on) if is_step else (subject.ends_on, None)
    standing = lateness.standing(due_on, [report.said for report in reports], today, first_due_on=first)
    return Progress(subject, reports, standing, list(steps))


@dataclass(frozen=True)
class Count:
    """How many things one kind of source says are in which status, by its last reports."""

    source: StatusReport.Source
    rows: list[tuple[StatusReport.Status, int]]
    titles: list[str]
    from_day: object
    to_day: object

    @property
    def total(self):
        return sum(number for _status, number in self.rows)

    @property
    def labelled(self):
        return [(str(status.label), number) for status, number in self.rows]

    @property
    def completed(self):
        return sum(number for status, number in self.rows if status in lateness.DONE)


def counts_of(progress) -> list[Count]:
    """A count for each source that has said anything of these things: never one of several sources together."""
    counts = []
    for source in SOURCES:
        said = [report for each in progress for report in each.latest if report.source == source]
        if said:
            number = Counter(report.status for report in said)
            days = [report.reported_on for report in said]
            rows = [(status, number[status]) for status in BEST_FIRST if number[status]]
            titles = sorted({report.source_title for report in said})
            counts.append(Count(source, rows, titles, min(days), max(days)))
    return counts
