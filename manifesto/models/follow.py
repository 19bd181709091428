from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from profiles.models import Member

from .commitments import Commitment
from .idea import Idea
from .round import Round
from .theme import Theme

KINDS = {Idea: "idea", Theme: "theme", Round: "round", Commitment: "commitment"}


class FollowQuerySet(models.QuerySet):
    def begin(self, member, subject, *, now):
        """Let `member` hear about an idea, a theme, a round or a commitment; asking twice changes nothing."""
        follow = self.model(member=member, began_at=now, **{KINDS[type(subject)]: subject})
        self.bulk_create([follow], ignore_conflicts=True)

    def end(self, member, subject):
        self.filter(member=member, **{KINDS[type(subject)]: subject}).delete()

    def for_list(self):
        """Everything a member's own list shows, latest first."""
        return self.select_related(
            "idea__round", "theme__round", "round", "commitment__plan", "commitment__round"
        ).order_by("-began_at", "-pk")


class Follow(models.Model):
    """A member's wish to hear about an idea, a theme, a round or a commitment. Nobody else sees who follows what."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="follows")
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, null=True, blank=True, related_name="follows")
    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, null=True, blank=True, related_name="follows")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, null=True, blank=True, related_name="follows")
    commitment = models.ForeignKey(
        Commitment, on_delete=models.CASCADE, null=True, blank=True, related_name="follows"
    )
    began_at = models.DateTimeField()

    objects = FollowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(idea__isnull=False, theme=None, round=None, commitment=None)
                | Q(idea=None, theme__isnull=False, round=None, commitment=None)
                | Q(idea=None, theme=None, round__isnull=False, commitment=None)
                | Q(idea=None, theme=None, round=None, commitment__isnull=False),
                name="follow_of_one_thing",
            ),
            models.UniqueConstraint(fields=["member", "idea"], name="follow_once_per_idea"),
            models.UniqueConstraint(fields=["member", "theme"], name="follow_once_per_theme"),
            models.UniqueConstraint(fields=["member", "round"], name="follow_once_per_round"),
            models.UniqueConstraint(
                fields=["member", "commitment"],
                condition=Q(commitment__isnull=False),
                name="follow_once_per_commitment",
            ),
        ]

    def __str__(self):
        return str(self.subject)

    def get_absolute_url(self):
        if self.theme:
            query = urlencode({"theme": self.theme.slug})
            return f"{reverse('manifesto:idea_list', args=[self.theme.round.slug])}?{query}"
        return self.subject.get_absolute_url()

    @property
    def subject(self):
        return self.idea or self.theme or self.round or self.commitment

    @property
    def kind(self):
        """“idea”, “theme”, “round” or “commitment”: the name of the field that says what is followed."""
        return KINDS[type(self.subject)]

    @classmethod
    def followed_among(cls, subjects, user) -> set:
        """Which of `subjects`, ideas, themes, rounds or commitments, the person at the page follows."""
        if not user.is_authenticated:
            return set()
        wanted = Q(pk=None)
        for model, kind in KINDS.items():
            pks = [subject.pk for subject in subjects if isinstance(subject, model)]
            wanted |= Q(**{f"{kind}__in": pks})
        followed = {
            pair for row in user.follows.filter(wanted).values(*KINDS.values()) for pair in row.items()
        }
        return {subject for subject in subjects if (KINDS[type(subject)], subject.pk) in followed}
