"""What editors answer to submitted ideas, and what authors can do then."""

import uuid

from django.db import models, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from profiles.models import Member

from .. import news
from ..errors import AlreadyModerated, NotAllowedInPhase, NotDeclined, Refused, SubmissionClosed
from ..vocabularies import DeclineReason
from .phase import Action


class Moderation(models.Model):
    """An editor's answer to a submitted idea: approved, or declined with a reason and words to the author."""

    idea = models.ForeignKey("Idea", on_delete=models.CASCADE, related_name="moderations")
    reason = models.CharField(max_length=30, choices=DeclineReason, blank=True)
    words = models.TextField("words to the author", max_length=2000, blank=True)
    moderated_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="moderations"
    )
    moderated_at = models.DateTimeField()

    class Meta:
        ordering = ["-moderated_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason="") | ~Q(words=""),
                name="moderation_declines_with_words",
                violation_error_message="Tell the author why.",
            )
        ]

    def __str__(self):
        return self.get_reason_display() or "Approved"

    @property
    def is_approval(self):
        return not self.reason


class Moderated:
    """What editors, and authors after them, can do about an idea that was submitted."""

    def approve(self, *, by, now, words=""):
        """Publish the idea. Raise NotAllowedInPhase or AlreadyModerated."""
        if not self.round.allows(Action.MODERATE, now):
            raise NotAllowedInPhase("Ideas can be published only while the round collects or improves them.")
        self._moderate(by=by, now=now, words=words, published_at=now)

    def decline(self, *, by, now, reason: DeclineReason, words):
        """Tell the author, with a reason, that the idea will not be published. Raise AlreadyModerated."""
        self._moderate(by=by, now=now, reason=reason, words=words, declined_at=now)

    def _moderate(self, *, by, now, reason="", words, **state):
        with transaction.atomic():
            if not type(self).objects.pending().filter(pk=self.pk).update(**state):
                raise AlreadyModerated("Somebody has dealt with this idea already.")
            moderation = Moderation.objects.create(
                idea=self, reason=reason, words=words, moderated_by=by, moderated_at=now
            )
            news.idea_answered(self, moderation, now=now)
            if moderation.is_approval:
                news.idea_published(self, now=now)
        self.refresh_from_db(fields=["published_at", "declined_at"])

    @property
    def next_key(self):
        """The key of the one draft that a declined idea is changed in; nobody can take it by guessing it."""
        return uuid.UUID(salted_hmac("manifesto.redraft", str(self.pk)).hexdigest()[:32])

    def refusal_to_redraft(self, member, now) -> Refused | None:
        """Why this member can't change the idea and send it again, or None if they can."""
        if not self.is_declined or not self.is_by(member):
            return NotDeclined(_("Only an idea of yours that was not published can be sent again."))
        if not self.round.allows(Action.SUBMIT, now):
            return SubmissionClosed(self.round.why_no_ideas(now))
        if self.round.ideas.for_author(member).from_form(self.next_key).exists():
            return NotDeclined(_("You have sent this idea again already. It is among your ideas."))
        return None

    def redraft(self, *, by, now):
        """A draft that says what this declined idea says, for its author to change and send again.

        Asked twice, it is the same draft, with what was changed in it. Raise SubmissionClosed or NotDeclined.
        """
        if refusal := self.refusal_to_redraft(by, now):
            raise refusal
        fresh = {"round": self.round, "version": 1, "updated_at": now, **self.content()}
        draft, _ = by.drafts.get_or_create(key=self.next_key, defaults=fresh)
        return draft
