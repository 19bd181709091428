"""What happened to a promise, in order of days: from its publication to the last report."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

# What stands first where several things happened on a day.
KINDS = ["published", "reworded", "adopted", "moved", "due", "completed", "report", "corrected", "withdrawn"]


@dataclass(frozen=True)
class Event:
    """Something that happened on a day: what of it there is to show depends on its kind."""

    day: date
    kind: str
    of: Any

    @property
    def key(self):
        return self.day, KINDS.index(self.kind), self.of.pk


def timeline_of(progress, reports, adoptions, today) -> list[Event]:
    """Everything dated about a promise that is public, the latest first.

    `reports` are all there ever were about it, `adoptions` those that say it was adopted for something asked.
    """
    commitment = progress.subject
    events = [
        Event(_day(commitment.published_at), "published", commitment),
        *_wordings(commitment),
        *(Event(_day(adoption.recorded_at), "adopted", adoption) for adoption in adoptions),
        *(event for report in reports for event in _of_report(report)),
        *(
            Event(_day(change.changed_at), "moved", change)
            for step in progress.steps
            for change in step.subject.date_changes.all()
        ),
        *(
            Event(step.subject.due_on, "due", step.subject)
            for step in progress.steps
            if step.subject.due_on and step.subject.due_on < today
        ),
    ]
    return sorted(events, key=lambda event: event.key, reverse=True)


def _wordings(commitment):
    for revision in commitment.revisions.published():
        if revision.edited_at > commitment.published_at:
            yield Event(_day(revision.edited_at), "reworded", revision)


def _of_report(report):
    yield Event(report.reported_on, "report", report)
    if report.is_standing and report.completed_on:
        yield Event(report.completed_on, "completed", report)
    if not report.is_standing:
        yield Event(_day(report.ended_at), "corrected" if report.was_corrected else "withdrawn", report)


def _day(moment):
    return timezone.localdate(moment)
