"""What members report of comments, and what editors decided about them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from profiles.models import Member

from ..vocabularies import CommentFault


class ReportQuerySet(models.QuerySet):
    def undealt(self):
        return self.filter(dealt_with_at=None)

    def by_latest(self):
        return self.order_by("-reported_at", "-pk")


class Report(models.Model):
    """A member's wish that an editor read a comment. Nobody is shown whose wish it is."""

    comment = models.ForeignKey("Comment", on_delete=models.CASCADE, related_name="reports")
    member = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports"
    )
    reason = models.CharField(gettext_lazy("What is wrong with it?"), max_length=20, choices=CommentFault)
    words = models.TextField(gettext_lazy("Anything the editors should know"), max_length=1000, blank=True)
    reported_at = models.DateTimeField()
    dealt_with_at = models.DateTimeField(null=True, blank=True)
    dealt_with_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="dealt_with_reports"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "member"], name="report_once_per_member_and_comment"),
            models.CheckConstraint(
                condition=Q(dealt_with_by=None) | Q(dealt_with_at__isnull=False),
                name="report_dealt_with_by_with_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["comment", "reported_at"], condition=Q(dealt_with_at=None), name="report_undealt"
            )
        ]

    def __str__(self):
        return self.get_reason_display()


class CommentModeration(models.Model):
    """What an editor decided about a comment, kept for good."""

    class Answer(models.TextChoices):
        APPROVE = "approve", "Published"
        KEEP = "keep", "Kept"
        HIDE = "hide", "Hidden"
        UNHIDE = "unhide", "Shown again"

    comment = models.ForeignKey("Comment", on_delete=models.CASCADE, related_name="moderations")
    answer = models.CharField(max_length=10, choices=Answer)
    reason = models.CharField(max_length=20, choices=CommentFault, blank=True)
    moderated_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="comment_moderations"
    )
    moderated_at = models.DateTimeField()

    class Meta:
        ordering = ["-moderated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(answer="hide") & ~Q(reason="")) | (~Q(answer="hide") & Q(reason="")),
                name="comment_moderation_hides_with_reason",
            )
        ]

    def __str__(self):
        words = self.get_answer_display()
        return f"{words}: {self.get_reason_display().lower()}" if self.reason else words
