import uuid

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.models import Member

from .. import news
from ..errors import (
    AlreadyInvited,
    ConsentNeeded,
    MergedAway,
    NotAllowedInPhase,
    NotAnAuthor,
    NotInvited,
    NotPublished,
    Refused,
)
from .authorship import Authorship
from .idea import Idea
from .phase import Action

# Enough for any group of authors, and too few to write to strangers with.
MOST_PER_IDEA = 20


class InvitationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(accepted_at=None, declined_at=None, taken_back_at=None)

    def for_member(self, member):
        """Those to an address that the member has shown to be theirs."""
        own = member.emailaddress_set.filter(verified=True).values(own=Lower("email"))
        return self.filter(email__in=own)

    def standing(self):
        """Not taken back."""
        return self.filter(taken_back_at=None)

    def with_idea(self):
        return self.select_related("idea__round", "idea__survivor", "invited_by").defer(
            "idea__search", "idea__survivor__search"
        )

    def by_latest(self):
        return self.order_by("-invited_at", "-pk")

    def send(self, idea, email, *, by, now):
        """Invite whoever owns the address to be a co-author; they are written to once, whether a member or not.

        Give the invitation; one that was taken back is given out again. Raise a Refused.
        """
        email = email.strip().lower()
        with transaction.atomic():
            idea = (
                Idea.objects.select_for_update(of=["self"])
                .select_related("round")
                .defer("search")
                .get(pk=idea.pk)
            )
            if refusal := refusal_to_invite(idea, by, now):
                raise refusal
            earlier = self.filter(idea=idea, email=email).first()
            if earlier and not earlier.taken_back_at:
                raise AlreadyInvited(_("You, or another author, have invited this address already."))
            if not earlier and idea.invitations.count() >= MOST_PER_IDEA:
                raise AlreadyInvited(
                    _("Up to %(number)s people can be invited to one idea.") % {"number": MOST_PER_IDEA}
                )
            invitation = earlier or self.model(idea=idea, email=email)
            invitation.invited_by, invitation.invited_at, invitation.taken_back_at = by, now, None
            invitation.save()
            news.co_author_invited(invitation, invitation.addressee(), now=now)
        return invitation


def refusal_to_invite(idea, member, now) -> Refused | None:
    """Why the member can't invite co-authors to the idea now, or None if they can."""
    if not idea.is_published:
        return NotPublished(_("Co-authors can be invited once the idea is published."))
    if not idea.is_author(member):
        return NotAnAuthor(_("Only its authors can invite others to an idea."))
    if idea.survivor_id:
        return MergedAway(_("This idea was merged into another and stays as it was."))
    if not idea.round.allows(Action.INVITE, now):
        return NotAllowedInPhase(_("Co-authors can be invited while the round improves its ideas."))
    return None


class Invitation(models.Model):
    """An author's asking somebody, by e-mail address, to be a co-author. Only the owner of the address can answer."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField("e-mail address")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    invited_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    invited_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["idea", "email"], name="invitation_once_per_idea_and_address"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(accepted_at=None, declined_at=None)
                | Q(accepted_at=None, taken_back_at=None)
                | Q(declined_at=None, taken_back_at=None),
                name="invitation_ends_in_one_way",
            ),
        ]

    def __str__(self):
        return f"Invitation {self.pk}"

    def get_absolute_url(self):
        return reverse("manifesto:invitation_detail", args=[self.key])

    @property
    def is_open(self):
        return not (self.accepted_at or self.declined_at or self.taken_back_at)

    def addressee(self):
        """The member who has shown that the address is theirs, or None."""
        proven = Member.objects.filter(emailaddress__email__iexact=self.email, emailaddress__verified=True)
        return proven.first()

    def is_for(self, member):
        return Invitation.objects.filter(pk=self.pk).for_member(member).exists()

    def refusal_to_accept(self, member, now) -> Refused | None:
        """Why the member can't accept now, or None if they can."""
        if not self.is_for(member) or self.taken_back_at:
            return NotInvited(_("This invitation isn’t for you, or was taken back."))
        if not self.is_open:
            return NotInvited(_("This invitation has been answered already."))
        if self.idea.survivor_id:
            return MergedAway(_("This idea was merged into another and stays as it was."))
        if not self.idea.round.allows(Action.INVITE, now):
            return NotAllowedInPhase(
                _("This round no longer improves its ideas, so the invitation has ended.")
            )
        if not member.has_current_consent:
            return ConsentNeeded(
                _("An idea shows a political opinion, so we need your agreement before you join.")
            )
        return None

    def accept(self, member, *, now):
        """Make the member a co-author and tell who invited them. Raise a Refused."""
        with transaction.atomic():
            # In the order of all that changes an idea: its row first.
            Idea.objects.select_for_update(of=["self"]).defer("search").get(pk=self.idea_id)
            locked = Invitation.objects.with_idea().select_for_update(of=["self"]).get(pk=self.pk)
            if refusal := locked.refusal_to_accept(member, now):
                raise refusal
            Authorship.objects.update_or_create(
                idea=locked.idea,
                member=member,
                defaults={"accepted_at": now, "is_by_merge": False},
                create_defaults={"accepted_at": now, "role": Authorship.Role.CO_AUTHOR},
            )
            locked._end(accepted_at=now)
            news.co_author_joined(locked, member, now=now)

    def decline(self, member, *, now):
        """Record that the owner of the address doesn't want to. Raise NotInvited."""
        with transaction.atomic():
            locked = Invitation.objects.select_for_update().get(pk=self.pk)
            if not (locked.is_open and locked.is_for(member)):
                raise NotInvited(_("This invitation isn’t for you, or was answered or taken back."))
            locked._end(declined_at=now)

    def take_back(self, *, by, now):
        """End the invitation; if it hasn't gone out, it won't. Raise NotAnAuthor or NotInvited."""
        with transaction.atomic():
            locked = Invitation.objects.with_idea().select_for_update(of=["self"]).get(pk=self.pk)
            if not locked.idea.is_author(by):
                raise NotAnAuthor(_("Only the authors of an idea can take its invitations back."))
            if not locked.is_open:
                raise NotInvited(_("This invitation has been answered already."))
            locked._end(taken_back_at=now)
            news.forget_invitation(locked)

    def _end(self, **how):
        for name, moment in how.items():
            setattr(self, name, moment)
        self.save(update_fields=how)
