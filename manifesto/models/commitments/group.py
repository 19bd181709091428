"""Who works on the commitments of a theme: its leads on either side, and the members of its working group."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profiles.models import Member, Organisation

from ..theme import Theme

# What editors have, and nobody else.
EDIT = "manifesto.change_commitment"


class ThemeLead(models.Model):
    """Who leads the talks about a theme, for civil society or for government."""

    class Side(models.TextChoices):
        CIVIL_SOCIETY = "civil_society", _("Civil society")
        GOVERNMENT = "government", _("Government")

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="leads")
    side = models.CharField(max_length=20, choices=Side)
    name = models.CharField(max_length=120, help_text="Public: a person’s name, or that of an office.")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="theme_leads"
    )
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, null=True, blank=True, related_name="theme_leads"
    )

    class Meta:
        ordering = ["theme", "side", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["theme", "side"],
                name="theme_lead_once_per_side",
                violation_error_message="The theme has a lead on this side already.",
            )
        ]

    def __str__(self):
        return f"{self.name}, {self.get_side_display()}"


class WorkingGroupQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None)

    def ended(self):
        return self.exclude(ended_at=None)

    def for_member(self, member):
        return self.filter(member=member)


class WorkingGroupMember(models.Model):
    """That a member words commitments under a theme together with others, from when to when."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="working_group")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="working_groups")
    added_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="added_to_working_groups"
    )
    added_at = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = WorkingGroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["theme", "member"],
                condition=Q(ended_at=None),
                name="working_group_member_once_at_a_time",
                violation_error_message="This member is in the working group already.",
            )
        ]

    def __str__(self):
        return f"{self.member} on {self.theme}"

    @property
    def is_current(self):
        return self.ended_at is None

    def end(self, *, now):
        """Take the member out of the group; a second time changes nothing."""
        type(self).objects.current().filter(pk=self.pk).update(ended_at=now)
        self.refresh_from_db()


def may_draw(user):
    """Whether the person at the page may draw commitments under any theme."""
    return user.is_staff and user.has_perm(EDIT)


def may_word(member, theme):
    """Whether the member may word drafts under the theme: editors may anywhere, others in its working group."""
    return member.has_perm(EDIT) or theme.working_group.current().for_member(member).exists()


def may_word_in(member, round):
    return member.has_perm(EDIT) or themes_to_word(member, round).exists()


def themes_to_word(member, round):
    """The round's themes under which the member may draw commitments."""
    if member.has_perm(EDIT):
        return round.themes.all()
    groups = WorkingGroupMember.objects.current().for_member(member)
    return round.themes.filter(pk__in=groups.values("theme"))
