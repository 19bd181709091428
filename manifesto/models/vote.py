import secrets

import pgtrigger
from django.db import models

from profiles.models import Member

from .idea import Idea, Revision


def new_receipt():
    """80 random bits, written in 16 letters and digits that are hard to mistake for one another."""
    return "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(16))


class VoteQuerySet(models.QuerySet):
    def with_ideas(self):
        return self.select_related("idea__round", "idea__tally").defer("idea__search")

    def by_latest(self):
        return self.order_by("-cast_at", "-pk")


class Vote(models.Model):
    """A member's support for an idea, in the wording it had at the time. Who supports what is shown to nobody else."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="votes")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="votes")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="votes")
    receipt = models.CharField(max_length=16, unique=True, default=new_receipt, editable=False)
    cast_at = models.DateTimeField()

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "idea"], name="vote_once_per_member_and_idea")
        ]
        triggers = [
            pgtrigger.ReadOnly(name="votes_never_move", fields=["idea", "receipt"]),
            pgtrigger.Trigger(
                name="count_vote",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    INSERT INTO manifesto_tally (idea_id, supporters, withdrawn) VALUES (NEW.idea_id, 1, 0)
                    ON CONFLICT (idea_id) DO UPDATE SET supporters = manifesto_tally.supporters + 1;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="count_withdrawal",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                func="""
                    UPDATE manifesto_tally SET supporters = supporters - 1, withdrawn = withdrawn + 1
                    WHERE idea_id = OLD.idea_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self):
        return "A vote"


class Tally(models.Model):
    """How many members support an idea; kept by triggers on votes, so it is exact under any concurrency."""

    idea = models.OneToOneField(Idea, on_delete=models.CASCADE, primary_key=True, related_name="tally")
    supporters = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-supporters", "idea"], name="tally_by_support")]

    def __str__(self):
        return f"{self.supporters} supporters"
