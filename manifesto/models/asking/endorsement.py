"""Organisations that stand behind an idea or a commitment in public: no votes, and counted apart from them."""

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from profiles.errors import NotAuthorised
from profiles.models import Member, Organisation

from ...errors import NotAllowedInPhase, NotPublished, Refused
from ..commitments import Commitment
from ..idea import Idea
from ..phase import Action


class EndorsementQuerySet(models.QuerySet):
    def live(self):
        return self.filter(withdrawn_at=None)

    def public(self):
        """Not withdrawn, of what everybody can read."""
        ideas = Idea.objects.public().values("pk")
        commitments = Commitment.objects.public().values("pk")
        return self.live().filter(Q(idea__in=ideas) | Q(commitment__in=commitments))

    def of(self, thing):
        """Those of an idea or a commitment; of an idea also those of what was merged into it."""
        return self.of_idea(thing) if isinstance(thing, Idea) else self.filter(commitment=thing)

    def of_idea(self, idea):
        return self.filter(Q(idea=idea) | Q(idea__survivor=idea))

    def for_list(self):
        rows = self.select_related(
            "organisation__logo", "idea__round", "commitment__round", "commitment__plan"
        )
        return rows.defer("organisation__logo__large", "organisation__logo__small", "idea__search")

    def by_name(self):
        return self.order_by(Lower("organisation__name"), "pk")

    def endorse(self, thing, organisation, *, by, now):
        """Have the organisation stand behind it; give whether that changed anything. Raise a Refused."""
        with transaction.atomic():
            organisation = (
                Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).first()
            )
            if organisation is None:
                raise NotAuthorised(_("This organisation was merged into another one."))
            if refusal := refusal_to_endorse(thing, now) or organisation.refusal_to_speak(by):
                raise refusal
            place = {"idea" if isinstance(thing, Idea) else "commitment": thing, "organisation": organisation}
            if self.live().filter(**place).exists():
                return False
            self.create(**place, endorsed_by=by, endorsed_at=now)
        return True


def refusal_to_endorse(thing, now) -> Refused | None:
    """Why nobody can endorse the idea or the commitment now, or None."""
    if not thing.is_public:
        return NotPublished(_("This isn’t public, so it can’t be endorsed."))
    if isinstance(thing, Idea):
        if thing.survivor:
            return NotPublished(_("This idea was merged into another one. Endorse that one instead."))
        if not thing.round.allows(Action.ENDORSE, now):
            return NotAllowedInPhase(_("Ideas can be endorsed while they are collected and improved."))
    elif thing.is_withdrawn:
        return NotPublished(_("This commitment is no longer asked for."))
    elif thing.round and not thing.round.allows(Action.ENDORSE_COMMITMENT, now):
        return NotAllowedInPhase(_("Commitments of this round can’t be endorsed yet."))
    return None


class Endorsement(models.Model):
    """An organisation's public support of an idea or a commitment, given by somebody who may speak for it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="endorsements")
    idea = models.ForeignKey(
        Idea, on_delete=models.CASCADE, null=True, blank=True, related_name="endorsements"
    )
    commitment = models.ForeignKey(
        Commitment, on_delete=models.CASCADE, null=True, blank=True, related_name="endorsements"
    )
    endorsed_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="endorsements"
    )
    endorsed_at = models.DateTimeField(editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="withdrawn_endorsements"
    )

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(idea=None, commitment__isnull=False) | Q(idea__isnull=False, commitment=None),
                name="endorsement_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["organisation", "idea"],
                condition=Q(withdrawn_at=None),
                name="endorsement_of_idea_live_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "commitment"],
                condition=Q(withdrawn_at=None),
                name="endorsement_of_commitment_live_once",
            ),
        ]

    def __str__(self):
        return f"{self.organisation}: {self.thing}"

    @property
    def thing(self):
        """The idea or the commitment."""
        return self.idea or self.commitment

    def withdraw(self, *, by, now):
        """Take it back, at any time; a second time changes nothing. Raise NotAuthorised."""
        is_editor = by.has_perm("manifesto.change_statement")
        if not is_editor and (refusal := self.organisation.refusal_to_speak(by)):
            raise refusal
        type(self).objects.live().filter(pk=self.pk).update(withdrawn_at=now, withdrawn_by=by)

    @classmethod
    def settle_merge(cls, source, target, *, by, now):
        """Where both endorsed the same, the earlier endorsement stays; the other is kept as withdrawn."""
        theirs = {
            (row.idea_id, row.commitment_id): row for row in cls.objects.live().filter(organisation=target)
        }
        for row in cls.objects.live().filter(organisation=source):
            if other := theirs.get((row.idea_id, row.commitment_id)):
                over = max(row, other, key=lambda endorsement: (endorsement.endorsed_at, endorsement.pk))
                cls.objects.filter(pk=over.pk).update(withdrawn_at=now, withdrawn_by=by)
