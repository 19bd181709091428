"""Who is told what when something happens to a promise. Called by the verbs, in their transactions."""

from collections import defaultdict

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format

from profiles.models import Member, Notification

from .news import LISTED, in_language_of_the_site


@in_language_of_the_site
def statuses_reported(reports, *, now):
    """Tell of new reports about promises that are public, once for each commitment however many there are."""
    by_commitment = defaultdict(list)
    for report in reports:
        if report.of_commitment.is_public:
            by_commitment[report.of_commitment].append(report)
    for commitment, theirs in by_commitment.items():
        lines = [f"- {_said(report)}" for report in theirs[:LISTED]]
        if len(theirs) > LISTED:
            lines.append(f"- and {len(theirs) - LISTED} more")
        _tell_of_promise(
            commitment,
            key=f"commitment-{commitment.pk}-report-{theirs[0].pk}",
            subject="News of a promise in an action plan",
            words="\n".join([f"“{commitment}” has a new status:", "", *lines]),
            now=now,
        )


@in_language_of_the_site
def milestone_became_late(milestone, *, now):
    """Tell once that the day it was due is over."""
    _tell_of_promise(
        milestone.commitment,
        key=f"milestone-{milestone.pk}-late-{milestone.due_on}",
        subject="A milestone is late",
        words=f"Milestone {milestone.reference} of “{milestone.commitment}” was due on "
        f"{date_format(milestone.due_on, 'j F Y')}, and no source says that it is done: {milestone.output}",
        now=now,
    )


@in_language_of_the_site
def checks_due(milestones, *, today, now):
    """Tell editors once a day what they wanted to look at again by now, what is overdue first."""
    lines = [
        f"- {'overdue since' if milestone.next_check_on < today else 'today,'} "
        f"{date_format(milestone.next_check_on, 'j F Y')}: {milestone.reference} {milestone.output} "
        f"({milestone.commitment.plan})"
        for milestone in milestones[:LISTED]
    ]
    if len(milestones) > LISTED:
        lines.append(f"- and {len(milestones) - LISTED} more")
    Notification.objects.tell(
        Member.objects.who_may("manifesto.change_actionplan"),
        key=f"milestone-checks-{today}",
        subject="Milestones to check",
        words="\n".join(["You wanted to look at these milestones again:", "", *lines]),
        address=reverse("admin:manifesto_actionplan_checks"),
        now=now,
    )


def _said(report):
    about = f"milestone {report.milestone.reference}" if report.milestone else "the commitment as a whole"
    corrected = " (a correction)" if report.corrects_id else ""
    return (
        f"{about}: {report.get_status_display().lower()}, says {report.source_title} "
        f"({report.get_source_display().lower()}, {date_format(report.reported_on, 'j F Y')}){corrected}"
    )


def _tell_of_promise(commitment, *, words, **content):
    """Tell who follows it, and who wrote, supports or follows an idea that what was asked for draws on.

    The words are the same for all, so that an e-mail doesn't say which of them its reader is.
    """
    Notification.objects.tell(
        Member.objects.filter(Q(pk__in=commitment.follows.values("member")) | _built_on(commitment)),
        words=f"{words}\n\nYou hear of it because you follow this promise, or wrote, support or follow an idea it goes "
        "back to.",
        address=commitment.get_absolute_url(),
        **content,
    )


def _built_on(commitment):
    """Members concerned by ideas that the network drew on when it asked for what was adopted here."""
    ideas = list(commitment.ideas_behind())
    if not ideas:
        return Q(pk=None)
    votes = ideas[0].votes.model.objects.not_withdrawn().in_trees_of(ideas)
    written, followed = ideas[0].authorships.model.objects, ideas[0].follows.model.objects
    return (
        Q(pk__in=written.filter(idea__in=ideas).values("member"))
        | Q(pk__in=followed.filter(idea__in=ideas).values("member"))
        | Q(pk__in=votes.values("member"))
    )
