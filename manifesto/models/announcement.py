from datetime import timedelta

from django.db import models, transaction

from .. import news
from .phase import Phase
from .round import Round

# What began longer ago, before there was anybody to tell or while the job stood still, is no news.
FRESH = timedelta(days=7)
# Publishing the shortlist tells of itself.
UNTOLD = {Phase.UPCOMING, Phase.SHORTLISTED}


class PhaseAnnouncementManager(models.Manager):
    def announce_current(self, now):
        """Tell of every phase that has begun and wasn't announced; give how many were. Safe to run again."""
        known = set(self.values_list("round", "phase"))
        rounds = [(round, round.phase_at(now)) for round in Round.objects.announced().by_newest()]
        new = [(round, phase) for round, phase in rounds if (round.pk, phase) not in known]
        return sum(self._announce(round, phase, now) for round, phase in new if phase not in UNTOLD)

    def _announce(self, round, phase, now):
        with transaction.atomic():
            _, is_first = self.get_or_create(round=round, phase=phase, defaults={"announced_at": now})
            if not is_first:
                return 0
            began_at = next(step.starts_at for step in round.timeline_at(now) if step.is_current)
            if now - began_at < FRESH:
                news.phase_begun(round, phase, now=now)
        return 1


class PhaseAnnouncement(models.Model):
    """That those concerned were told of a round's phase, once."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="phase_announcements")
    phase = models.CharField(max_length=20, choices=Phase)
    announced_at = models.DateTimeField()

    objects = PhaseAnnouncementManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "phase"], name="phase_announcement_once_per_round")
        ]

    def __str__(self):
        return f"{self.get_phase_display()}: {self.round}"
