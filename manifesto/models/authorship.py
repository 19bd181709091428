from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from profiles.models import Member


class Authorship(models.Model):
    """Who put an idea forward: a member, or people without an account under the name they are credited by."""

    class Role(models.TextChoices):
        AUTHOR = "author", _("Author")
        CO_AUTHOR = "co_author", _("Co-author")

    idea = models.ForeignKey("Idea", on_delete=models.CASCADE, related_name="authorships")
    member = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="authorships"
    )
    credited_as = models.CharField(
        max_length=150,
        blank=True,
        help_text="For ideas without an account behind them: “Participants of the … workshop”.",
    )
    role = models.CharField(max_length=20, choices=Role, default=Role.AUTHOR)
    accepted_at = models.DateTimeField(null=True, blank=True)
    is_by_merge = models.BooleanField(
        default=False,
        editable=False,
        help_text="Author of an idea that was merged into this one, and only so.",
    )

    class Meta:
        ordering = ["role", "pk"]
        constraints = [models.UniqueConstraint(fields=["idea", "member"], name="authorship_once_per_idea")]

    def __str__(self):
        return self.public_name

    @property
    def public_name(self):
        if self.member:
            return self.member.public_name
        return self.credited_as or gettext("Withdrawn author")
