"""What people say about ideas, and how editors look after it."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from profiles.models import Member
from profiles.vocabularies import language_field, language_tag

from .. import news
from ..errors import EmailUnverified, NotEditable, NotTheirs, Refused
from ..vocabularies import CommentFault
from .comment_moderation import Report

# What everybody may read of a comment is counted; the idea's row of the tally is the only one that is locked.
COUNT_COMMENTS = """
    IF TG_OP <> 'INSERT' THEN
        was := (OLD.approved_at IS NOT NULL AND OLD.deleted_at IS NULL AND OLD.hidden_at IS NULL)::integer;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        now_is := (NEW.approved_at IS NOT NULL AND NEW.deleted_at IS NULL AND NEW.hidden_at IS NULL)::integer;
    END IF;
    IF now_is > was THEN
        INSERT INTO manifesto_commenttally (idea_id, comments) VALUES (NEW.idea_id, 1)
        ON CONFLICT (idea_id) DO UPDATE SET comments = manifesto_commenttally.comments + 1;
    ELSIF now_is < was THEN
        UPDATE manifesto_commenttally SET comments = comments - 1 WHERE idea_id = OLD.idea_id;
    END IF;
    RETURN NULL;
"""
ONE_LEVEL = """
    IF NEW.parent_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM manifesto_comment parent
        WHERE parent.id = NEW.parent_id AND parent.parent_id IS NULL AND parent.idea_id = NEW.idea_id
    ) THEN
        RAISE EXCEPTION 'a reply answers a comment on the same idea that is no reply itself'
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class CommentQuerySet(models.QuerySet):
    def standing(self):
        """Those with words that everybody may read."""
        return self.filter(approved_at__isnull=False, deleted_at=None, hidden_at=None)

    def approved(self):
        return self.exclude(approved_at=None)

    def waiting(self):
        """First comments that no editor has read yet."""
        return self.filter(approved_at=None, deleted_at=None, hidden_at=None)

    def hidden(self):
        return self.exclude(hidden_at=None)

    def deleted(self):
        return self.exclude(deleted_at=None)

    def reported(self):
        """With a report that no editor has dealt with, unless their author has deleted them."""
        open_reports = Report.objects.undealt().filter(comment=OuterRef("pk"))
        return self.filter(Exists(open_reports), deleted_at=None)

    def to_read(self):
        """The editors' queue: reported, or waiting as somebody's first."""
        return self.reported() | self.waiting()

    def visible_to(self, user):
        """Those with a place on the page: approved ones, one's own, and to editors all but what was never public."""
        if not user.is_authenticated:
            return self.approved()
        if user.is_staff and user.has_perm("manifesto.moderate_idea"):
            return self.exclude(approved_at=None, deleted_at__isnull=False)
        return self.filter(Q(approved_at__isnull=False) | Q(author=user, deleted_at=None))

    def on_page_of(self, idea):
        """Those on the idea and on what was merged into it."""
        return self.filter(Q(idea=idea) | Q(idea__survivor=idea))

    def top_level(self):
        return self.filter(parent=None)

    def before(self, comment):
        """Those that stand above it on a page."""
        return self.filter(
            Q(created_at__lt=comment.created_at) | Q(created_at=comment.created_at, pk__lt=comment.pk)
        )

    def with_reply_place(self):
        """Annotate `place`, counting from 1 under each parent, and `siblings`, how many there are under it."""
        return self.annotate(
            place=Window(RowNumber(), partition_by=F("parent"), order_by=["created_at", "pk"]),
            siblings=Window(models.Count("pk"), partition_by=F("parent")),
        )

    def for_page(self):
        return self.select_related("author", "idea__round").defer("idea__search")

    def for_admin(self):
        """Annotate `open_reports` and `reported_at`, the latest; with everything an editor's list shows."""
        reports = Report.objects.undealt().filter(comment=OuterRef("pk")).order_by()
        per_comment = reports.values("comment")
        return self.for_page().annotate(
            open_reports=Coalesce(Subquery(per_comment.values(n=models.Count("pk"))), 0),
            reported_at=Subquery(per_comment.values(latest=models.Max("reported_at"))),
        )

    def by_oldest(self):
        return self.order_by("created_at", "pk")

    def by_latest(self):
        return self.order_by("-created_at", "-pk")

    def by_thread(self):
        """Each one followed by the replies to it, the oldest first."""
        begun_at = Coalesce("parent__created_at", "created_at")
        return self.order_by(begun_at, Coalesce("parent", "pk"), "created_at", "pk")

    def by_urgency(self):
        """The latest report first, then the latest comment. Needs for_admin()."""
        return self.order_by(F("reported_at").desc(nulls_last=True), "-created_at", "-pk")


class Comment(models.Model):
    """What a member says about an idea, or in reply to what another said."""

    EDITABLE_FOR = timedelta(minutes=15)
    LONGEST = 5000

    idea = models.ForeignKey("Idea", on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="comments"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies"
    )
    # Comes with the form, so that one form makes one comment however often it is sent.
    key = models.UUIDField(editable=False)
    text = models.TextField(gettext_lazy("your comment"), max_length=LONGEST, blank=True)
    language = language_field()
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="approved_comments"
    )
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="hidden_comments"
    )
    hidden_reason = models.CharField(max_length=20, choices=CommentFault, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "key"], name="comment_once_per_form"),
            models.CheckConstraint(
                condition=(Q(deleted_at=None) & ~Q(text="")) | Q(deleted_at__isnull=False, text=""),
                name="comment_has_text_until_deleted",
            ),
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_reason="")
                | (Q(hidden_at__isnull=False) & ~Q(hidden_reason="")),
                name="comment_hidden_with_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["idea", "created_at", "id"], condition=Q(parent=None), name="comment_by_oldest"
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(approved_at=None, deleted_at=None, hidden_at=None),
                name="comment_waiting",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="comments_never_move", fields=["idea", "parent", "key", "created_at"]),
            pgtrigger.Trigger(
                name="one_level_of_replies", when=pgtrigger.Before, operation=pgtrigger.Insert, func=ONE_LEVEL
            ),
            pgtrigger.Trigger(
                name="count_comments",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("was", "INTEGER := 0"), ("now_is", "INTEGER := 0")],
                func=COUNT_COMMENTS,
            ),
        ]

    def __str__(self):
        return f"Comment {self.pk}"

    def get_absolute_url(self):
        """Its permalink, which leads to the page of the discussion that it stands on."""
        return reverse("manifesto:comment_detail", args=[self.idea.round.slug, self.idea.number, self.pk])

    @property
    def replies_address(self):
        """The page with all its replies and the form for another."""
        return f"{self.get_absolute_url()}replies/"

    @property
    def language_tag(self):
        return language_tag(self.language)

    @property
    def author_name(self):
        return self.author.public_name if self.author else _("Somebody who has left")

    @property
    def is_deleted(self):
        return self.deleted_at is not None

    @property
    def is_hidden(self):
        return self.hidden_at is not None

    @property
    def is_approved(self):
        return self.approved_at is not None

    @property
    def is_standing(self):
        return self.is_approved and not self.is_deleted and not self.is_hidden

    @property
    def is_waiting(self):
        return not (self.is_approved or self.is_deleted or self.is_hidden)

    def is_by(self, user):
        return user.is_authenticated and self.author_id == user.pk

    def refusal_to_reply(self, member, now) -> Refused | None:
        """Why this member can't reply to it now, or None if they can."""
        if self.parent_id:
            return NotEditable(_("Please reply to the comment at the top of the conversation."))
        if not self.is_standing:
            return NotEditable(_("This comment can’t be replied to, since it isn’t shown any more."))
        return self.idea.refusal_to_comment(member, now)

    def reply(self, member, text, *, key, now, language=settings.LANGUAGE_CODE):
        """Answer the comment; the same form sent twice is one reply. Return it or raise a Refused."""
        with transaction.atomic():
            # An author who deletes it, or an editor who hides it, waits or is waited for.
            locked = Comment.objects.select_for_update(of=["self"]).for_page().get(pk=self.pk)
            if refusal := locked.refusal_to_reply(member, now):
                raise refusal
            return locked.idea.post_comment(member, text, key=key, now=now, language=language, parent=locked)

    def is_editable(self, now):
        """Whether its author could still change its words."""
        fixed = self.is_deleted or self.is_hidden or self.approved_by_id
        return not fixed and now - self.created_at < self.EDITABLE_FOR

    def refusal_to_edit(self, member, now) -> Refused | None:
        """Why this member can't change its words now, or None if they can."""
        if not self.is_by(member):
            return NotTheirs(_("You can change only your own comments."))
        if self.is_deleted or self.is_hidden:
            return NotEditable(_("This comment isn’t shown any more, so it can’t be changed."))
        if self.approved_by_id:
            return NotEditable(_("An editor has read this comment, so its words stay as they are."))
        if not self.is_editable(now):
            minutes = self.EDITABLE_FOR // timedelta(minutes=1)
            text = ngettext(
                "A comment can be changed for %(number)s minute after it was written.",
                "A comment can be changed for %(number)s minutes after it was written.",
                minutes,
            )
            return NotEditable(text % {"number": minutes})
        return self.idea.refusal_to_comment(member, now)

    def edit(self, text, *, by, now, language=None):
        """Replace its words, which the page says, or only put right what they are marked as written in.

        Raise a Refused.
        """
        with transaction.atomic():
            locked = self._locked()
            if refusal := locked.refusal_to_edit(by, now):
                raise refusal
            if text != locked.text:
                locked.text, locked.edited_at = text, now
            locked.language = language or locked.language
            locked.save(update_fields=["text", "edited_at", "language"])

    def delete_by_author(self, *, by, now):
        """Take its words away for good; its place and the replies stay. Asked twice, nothing changes."""
        with transaction.atomic():
            locked = self._locked()
            if not locked.is_by(by):
                raise NotTheirs(_("You can delete only your own comments."))
            if not locked.is_deleted:
                locked.text, locked.deleted_at = "", now
                locked.save(update_fields=["text", "deleted_at"])

    def refusal_to_report(self, member) -> Refused | None:
        """Why this member can't report it, or None if they can."""
        if self.is_by(member):
            return NotTheirs(_("This comment is your own. You can delete it instead."))
        if not self.is_standing:
            return NotEditable(_("This comment isn’t shown any more, so there is nothing to report."))
        if not member.has_verified_email:
            return EmailUnverified(_("Please confirm your e-mail address before you report a comment."))
        return None

    def report(self, member, *, reason: CommentFault, words="", now):
        """Ask the editors to read it. Whoever reports it twice is heard once. Raise a Refused."""
        if refusal := self.refusal_to_report(member):
            raise refusal
        report = Report(comment=self, member=member, reason=reason, words=words, reported_at=now)
        Report.objects.bulk_create([report], ignore_conflicts=True)

    def approve(self, *, by, now):
        """Publish somebody's first comment. Raise a Refused."""
        with transaction.atomic():
            locked = self._locked_for(by)
            if not locked.is_waiting:
                raise NotEditable("Somebody has dealt with this comment already.")
            locked.approved_at, locked.approved_by = now, by
            locked.save(update_fields=["approved_at", "approved_by"])
            locked._record("approve", by=by, now=now)
            news.comment_published(locked, now=now)

    def keep(self, *, by, now):
        """Answer the reports of it: it may stay. Raise a Refused."""
        with transaction.atomic():
            locked = self._locked_for(by)
            if not locked.reports.undealt().exists():
                raise NotEditable("Somebody has dealt with the reports of this comment already.")
            locked._record("keep", by=by, now=now)

    def hide(self, *, by, reason: CommentFault, now):
        """Show the reason in place of its words, and tell its author. Raise a Refused."""
        with transaction.atomic():
            locked = self._locked_for(by)
            if locked.is_hidden or locked.is_deleted:
                raise NotEditable("This comment isn’t shown any more already.")
            locked.hidden_at, locked.hidden_by, locked.hidden_reason = now, by, reason
            locked.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
            moderation = locked._record("hide", by=by, now=now, reason=reason)
            news.comment_hidden(locked, moderation, now=now)

    def unhide(self, *, by, now):
        """Show its words again. A first comment that was never published waits again. Raise a Refused."""
        with transaction.atomic():
            locked = self._locked_for(by)
            if not locked.is_hidden:
                raise NotEditable("This comment isn’t hidden.")
            locked.hidden_at, locked.hidden_by, locked.hidden_reason = None, None, ""
            locked.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
            locked._record("unhide", by=by, now=now)

    def _locked(self):
        return Comment.objects.select_for_update(of=["self"]).for_page().get(pk=self.pk)

    def _locked_for(self, editor):
        if self.is_by(editor):
            raise NotTheirs("This comment is your own: another editor has to decide about it.")
        return self._locked()

    def _record(self, answer, *, by, now, reason=""):
        """Keep who answered what, and be done with what was reported until now."""
        self.reports.undealt().update(dealt_with_at=now, dealt_with_by=by)
        return self.moderations.create(answer=answer, reason=reason, moderated_by=by, moderated_at=now)
