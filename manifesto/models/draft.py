from django.db import models, transaction
from django.urls import reverse

from profiles.models import Member

from ..errors import ConsentNeeded, EditedMeanwhile, EmailUnverified, SubmissionClosed
from ..vocabularies import Source
from .idea import Idea, IdeaContent
from .round import Action, Round, Theme


class DraftQuerySet(models.QuerySet):
    def for_author(self, member):
        return self.filter(author=member)

    def by_latest(self):
        return self.order_by("-updated_at", "-pk")


class Draft(IdeaContent):
    """An idea that its author is still writing and nobody else can see."""

    theme = models.ForeignKey(Theme, on_delete=models.SET_NULL, null=True, blank=True, related_name="drafts")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="drafts")
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = DraftQuerySet.as_manager()

    def __str__(self):
        return self.title or "Untitled idea"

    def get_absolute_url(self):
        return reverse("manifesto:draft_edit", args=[self.pk])

    def refusal_to_submit(self, now):
        """Why the draft can't be submitted now, or None if it can."""
        if not self.round.allows(Action.SUBMIT, now):
            return SubmissionClosed(self.round.why_no_ideas(now))
        if not self.author.has_verified_email:
            return EmailUnverified("Please confirm your e-mail address before you submit an idea.")
        if not self.author.has_current_consent:
            return ConsentNeeded(
                "An idea shows a political opinion, so we need your agreement before we take it in."
            )
        return None

    def keep(self, *, version, now):
        """Save what the author typed over the `version` they opened. Raise EditedMeanwhile if there is a later one."""
        with transaction.atomic():
            if self.pk:
                current = Draft.objects.select_for_update().get(pk=self.pk)
                if current.version != version:
                    raise EditedMeanwhile(
                        "You saved this draft in another window after opening it here. What you typed here is below: "
                        "save again to keep this version instead."
                    )
            self.version, self.updated_at = version + 1, now
            self.save()

    def submit(self, *, now):
        """Make it an idea awaiting moderation and return that. Raise a Refused, or Draft.DoesNotExist if it was submitted."""
        if refusal := self.refusal_to_submit(now):
            raise refusal
        with transaction.atomic():
            locked = Draft.objects.select_for_update().get(pk=self.pk)
            idea = Idea.receive(
                round=self.round, now=now, author=self.author, source=Source.WEBSITE, **locked.content()
            )
            locked.delete()
        return idea
