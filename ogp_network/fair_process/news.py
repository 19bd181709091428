"""Who is told that a round's process is about to fall short, or has."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from manifesto.models import Round
from profiles.models import Member, Notification

from .gathering import case_of
from .report import warnings
from .words import REQUIREMENTS


def warn(*, now) -> int:
    """Tell the editors of each warning once, however often it is run; give how many warnings stand now."""
    today, number = timezone.localdate(now), 0
    with override(settings.LANGUAGE_CODE):
        for round in Round.objects.announced().by_newest():
            case = case_of(round, today=today)
            if case.facts.is_over:
                continue
            with transaction.atomic():
                for finding, words in warnings(case):
                    _tell(round, finding, words, now)
                    number += 1
    return number


def _tell(round, finding, words, now):
    Notification.objects.tell(
        Member.objects.who_may("manifesto.publish_shortlist"),
        key=f"round-{round.pk}-fair-process-{finding.key}",
        subject=f"{round}: {str(REQUIREMENTS[finding.requirement][0]).lower()}",
        words=f"{words}\n\nThe standards of the Open Government Partnership ask for it. The public page on the process "
        f"of {round} says how it stands.",
        address=reverse("fair_process", args=[round.slug]),
        now=now,
    )
