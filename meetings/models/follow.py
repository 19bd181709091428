from django.db import models
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from profiles.models import Member

from .meeting import Meeting


class MeetingFollowQuerySet(models.QuerySet):
    def begin(self, member, kind, *, now):
        """Let `member` hear of the notes of one kind of meeting, or of all of them; asking twice changes nothing."""
        self.bulk_create([self.model(member=member, kind=kind, began_at=now)], ignore_conflicts=True)

    def end(self, member, kind):
        self.filter(member=member, kind=kind).delete()

    def covering(self, meeting):
        """Those by which somebody hears of it."""
        return self.filter(kind__in=["", meeting.kind])

    def of(self, user):
        return self.filter(member=user) if user.is_authenticated else self.none()

    def for_list(self):
        return self.order_by("-began_at", "-pk")


class MeetingFollow(models.Model):
    """A member's wish to hear of new notes: of all meetings, or of one kind. Nobody else sees who follows what."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="meeting_follows")
    kind = models.CharField(max_length=20, choices=Meeting.Kind, blank=True)
    began_at = models.DateTimeField()

    objects = MeetingFollowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "kind"], name="meeting_follow_once_per_kind"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["", *Meeting.Kind.values]), name="meeting_follow_of_a_known_kind"
            ),
        ]

    def __str__(self):
        return notes_of(self.kind)

    def get_absolute_url(self):
        query = f"?{urlencode({'kind': self.kind})}" if self.kind else ""
        return f"{reverse('meetings:meeting_list')}{query}"


def notes_of(kind):
    """What somebody hears of who follows a kind."""
    if not kind:
        return _("Notes of all meetings")
    return _("Notes of meetings: %(kind)s") % {"kind": Meeting.Kind(kind).label}
