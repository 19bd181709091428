"""How many comments an idea has, and what people can say about it."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from .. import news
from ..errors import (
    CommentingClosed,
    ConsentNeeded,
    EmailUnverified,
    MergedAway,
    NotPublished,
    Refused,
    Suspended,
)
from .comment import Comment
from .phase import Action


class CommentTallyQuerySet(models.QuerySet):
    def wrong(self):
        """Pairs of an idea's key and what its tally should say; counted from all comments."""
        standing = Comment.objects.standing().order_by().values_list("idea").annotate(n=models.Count("pk"))
        counted, kept = dict(standing), dict(self.values_list("idea", "comments"))
        return [
            (idea, counted.get(idea, 0))
            for idea in sorted(counted.keys() | kept.keys())
            if counted.get(idea, 0) != kept.get(idea, 0)
        ]


class CommentTally(models.Model):
    """How many comments on this very idea everybody may read. A trigger on comments keeps it."""

    idea = models.OneToOneField(
        "Idea", on_delete=models.CASCADE, primary_key=True, related_name="comment_tally"
    )
    comments = models.PositiveIntegerField(default=0)

    objects = CommentTallyQuerySet.as_manager()

    def __str__(self):
        return f"{self.comments} comments"


class DiscussedQuerySet(models.QuerySet):
    def with_comment_count(self):
        """Annotate `comment_count`: comments on the idea, and on what was merged into it, that everybody may read."""
        merged = CommentTally.objects.filter(idea__survivor=OuterRef("pk")).order_by()
        total = merged.values("idea__survivor").annotate(n=models.Sum("comments"))
        return self.annotate(
            comment_count=Coalesce(F("comment_tally__comments"), 0) + Coalesce(Subquery(total.values("n")), 0)
        )


class Discussed:
    """What people can say about an idea."""

    def takes_comments(self, now):
        """Whether anybody could comment now."""
        return self.is_live and self.round.allows(Action.COMMENT, now)

    def takes_replies(self, now):
        """Whether anybody could answer a comment now; conversations go on when an idea is merged."""
        return self.is_published and self.round.allows(Action.COMMENT, now)

    def refusal_to_comment(self, member, now) -> Refused | None:
        """Why this member can neither comment nor reply here now, or None if they can."""
        if not self.is_published:
            return NotPublished(_("This idea isn’t public, so there is no discussion of it."))
        if not self.round.allows(Action.COMMENT, now):
            return CommentingClosed(self.round.why_no_comments(now))
        if member.is_suspended:
            return Suspended(_("%(why)s Until then you can’t comment.") % {"why": member.why_suspended})
        if not member.has_verified_email:
            return EmailUnverified(_("Please confirm your e-mail address before you comment."))
        if not member.has_current_consent:
            return ConsentNeeded(
                _("A comment can show a political opinion, so we need your agreement first.")
            )
        return None

    def refusal_to_discuss(self, member, now) -> Refused | None:
        """Why this member can't comment on the idea now, or None if they can."""
        if self.is_published and self.survivor:
            return MergedAway(
                _("This idea was merged into “%(survivor)s”. You can discuss it there.")
                % {"survivor": self.survivor}
            )
        return self.refusal_to_comment(member, now)

    def discuss(self, member, text, *, key, now, language=settings.LANGUAGE_CODE):
        """Say something about the idea; the same form sent twice is one comment. Return it or raise a Refused."""
        if refusal := self.refusal_to_discuss(member, now):
            raise refusal
        return self.post_comment(member, text, key=key, now=now, language=language)

    def post_comment(self, member, text, *, key, now, language, parent=None):
        """Publish at once what editors, and those who had a comment approved, say. An editor reads others' first."""
        trusted = (
            member.has_perm("manifesto.moderate_idea")
            or member.comments.approved().filter(hidden_at=None).exists()
        )
        comment = Comment(
            idea=self,
            author=member,
            parent=parent,
            key=key,
            text=text,
            language=language,
            created_at=now,
            approved_at=now if trusted else None,
        )
        with transaction.atomic():
            # Not get_or_create: a violated constraint would put the member into the server's log.
            Comment.objects.bulk_create([comment], ignore_conflicts=True)
            comment = Comment.objects.for_page().get(author=member, key=key)
            if comment.is_standing:
                news.comment_published(comment, now=now)
        return comment
