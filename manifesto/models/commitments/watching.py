"""What is told of milestones when a day comes: that they are late, and that an editor wanted to look at them again."""

from datetime import timedelta

from django.utils import timezone

from ... import promise_news
from .commitment import Commitment
from .milestone import Milestone
from .progress import progress_of

# So long after the day a milestone becoming late is news: a plan of years ago that is typed in now isn't.
NEWS_FOR = timedelta(days=14)


def watch_promises(now):
    """Tell who wants to know what is late since a few days, and editors what they are to check; each once.

    Give how many milestones are late, and how many are to be checked.
    """
    today = timezone.localdate(now)
    late = _newly_late(today)
    for milestone in late:
        promise_news.milestone_became_late(milestone, now=now)
    to_check = list(Milestone.objects.to_check(today).select_related("commitment__plan"))
    if to_check:
        promise_news.checks_due(to_check, today=today, now=now)
    return len(late), len(to_check)


def _newly_late(today):
    due = Milestone.objects.public().filter(due_on__lt=today, due_on__gte=today - NEWS_FOR)
    commitments = Commitment.objects.filter(milestones__in=due).select_related("plan").distinct().by_number()
    return [
        step.subject
        for progress in progress_of(commitments, today)
        for step in progress.late
        if step.subject.due_on >= today - NEWS_FOR
    ]
