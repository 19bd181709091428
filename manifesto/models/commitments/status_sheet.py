"""A plan's statuses as a spreadsheet: what one kind of source said, out and in again."""

from collections import Counter, defaultdict
from itertools import groupby

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from ... import status_sheets
from ...importing import key_of
from ...status_sheets import Thing
from .milestone import Milestone
from .status_report import StatusReport


def things_of(plan, *, public=False) -> list[Thing]:
    """The plan's commitments, each followed by its milestones."""
    commitments = plan.commitments.by_number()
    commitments = list(commitments.published() if public else commitments)
    milestones = defaultdict(list)
    for milestone in Milestone.objects.filter(commitment__in=commitments).by_reference():
        milestones[milestone.commitment_id].append(milestone)
    named = Counter(key_of(commitment.title) for commitment in commitments)
    things = []
    for commitment in commitments:
        is_only = named[key_of(commitment.title)] == 1
        title = commitment.title if is_only else f"{commitment.number}. {commitment.title}"
        things.append(Thing(("commitment", commitment.pk), commitment.number, title))
        things += [
            Thing(("milestone", each.pk), commitment.number, title, each.reference, each.output)
            for each in milestones[commitment.pk]
        ]
    return things


def in_pages(things, most):
    """The things in lists of `most` at most; a commitment stays together with its milestones, however many it has."""
    pages = [[]]
    for _number, group in groupby(things, key=lambda thing: thing.number):
        group = list(group)
        if pages[-1] and len(pages[-1]) + len(group) > most:
            pages.append([])
        pages[-1] += group
    return pages


def said_by(source, plan):
    """What that kind of source says: statuses by day, by the things' keys."""
    said = defaultdict(dict)
    reports = StatusReport.objects.standing().about(plan.commitments.all()).filter(source=source)
    for report in reports.only("commitment", "milestone", "status", "reported_on"):
        said[report.key][report.reported_on] = report.status
    return said


def sheet_of(plan, source):
    """Lines of cells with what that kind of source says of everything in the plan that is public."""
    labels = statuses_as_written()
    said = {
        key: {day: labels[status] for day, status in statuses.items()}
        for key, statuses in said_by(source, plan).items()
    }
    things = things_of(plan, public=True)
    return status_sheets.written(things, {thing.key: said.get(thing.key, {}) for thing in things})


def statuses_as_written():
    """The names of statuses, in the language of all files, by their codes."""
    with override(settings.LANGUAGE_CODE):
        return {status.value: str(status.label) for status in StatusReport.Status}


def read_sheet(sheet, plan, source, *, now):
    """What a sheet says about the plan, with what contradicts a report there is among its problems.

    Give the reading and the reports that are new, which are not kept yet.
    """
    statuses = {key_of(name): code for code, label in statuses_as_written().items() for name in (code, label)}
    today = timezone.localdate(now)
    reading = status_sheets.read(sheet.headers, sheet.rows, things_of(plan), statuses, today)
    labels, there, new = statuses_as_written(), said_by(source, plan), []
    for row in reading.rows:
        for day, status in row.statuses.items():
            before = there.get(row.thing.key, {}).get(day) if row.thing else None
            if before is None and row.thing:
                new.append((row.thing.key, day, status))
            elif before not in (None, status):
                row.problems.append(
                    f"{day.isoformat()}: the report of that day says “{labels[before]}”. Correct it there."
                )
    return reading, new


def take_in(new, plan, *, source, source_title, source_url="", by, now):
    """Keep what `read_sheet` found new, all or nothing."""
    subjects = {("commitment", each.pk): each for each in plan.commitments.select_related("plan")}
    for milestone in Milestone.objects.filter(commitment__plan=plan).select_related("commitment__plan"):
        subjects["milestone", milestone.pk] = milestone
    reports = [
        StatusReport(
            **{key[0]: subjects[key]},
            source=source,
            source_title=source_title,
            source_url=source_url,
            reported_on=day,
            status=status,
        )
        for key, day, status in new
    ]
    return StatusReport.objects.record(reports, by=by, now=now)
