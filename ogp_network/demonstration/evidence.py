"""A bundle of evidence, as editors keep one of a round."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from manifesto.models import Round

from ..fair_process.archive import archive_of
from ..fair_process.gathering import case_of
from ..models import FairProcessBundle


def keep_evidence(slug, *, by, now):
    """Keep the round's bundle of today, unless there is one of any day."""
    round = Round.objects.get(slug=slug)
    if FairProcessBundle.objects.of_round(round).exists():
        return
    with override(settings.LANGUAGE_CODE):
        archive = archive_of(case_of(round, today=timezone.localdate(now)))
    FairProcessBundle.objects.keep(round, archive, by=by, now=now)
