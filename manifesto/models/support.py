"""Support for ideas: given once, for the wording that was read, and taken back."""

from datetime import date
from typing import NamedTuple

from django.db.models import Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.models import Consent
from profiles.models.member import inbox_and_consent

from ..errors import (
    ConsentNeeded,
    EmailUnverified,
    InboxTaken,
    MergedAway,
    NotPublished,
    Refused,
    VotingClosed,
)
from .phase import Action
from .revision import key_of_seen
from .trace import NetworkKey


class BeforeAVote(NamedTuple):
    """What a vote depends on beside its idea: of its member whether they have an inbox and agreed; the key of the
    revision that was seen; and what marks of networks are made with that day, if anything is yet.
    """

    has_inbox: bool
    has_consent: bool
    revision: int
    network_key: bytes | None

    @classmethod
    def expressions(cls, member, version, idea, number, day):
        key = NetworkKey.objects.filter(day=day).values("key")
        return cls(*inbox_and_consent(member, version), key_of_seen(idea, number), Subquery(key))._asdict()

    @staticmethod
    def asked(member, idea, *, seen, now):
        """By the names of the expressions' values: of the member and the idea of these keys."""
        day = timezone.localdate(now)
        return {
            "member": member,
            "version": Consent.version_in_force(),
            "idea": idea,
            "number": seen or 0,
            "day": day,
        }


# What `asked` gives.
ASKED = {"member": int, "version": str, "idea": int, "number": int, "day": date}


class Supported:
    """What an idea can do about its supporters."""

    @classmethod
    def supported_among(cls, ideas, user) -> set[int]:
        """Which of `ideas`, by primary key, the person at the page supports, if through a merged idea."""
        if not user.is_authenticated:
            return set()
        roots = user.votes.not_withdrawn().with_root().filter(root__in=[idea.root_pk for idea in ideas])
        supported = set(roots.values_list("root", flat=True))
        return {idea.pk for idea in ideas if idea.root_pk in supported}

    def supported_through(self, user):
        """The merged ideas whose support by the person at the page counts for this one, unless they support it too."""
        if not user.is_authenticated:
            return []
        ideas = [vote.idea for vote in user.votes.not_withdrawn().in_tree_of(self).with_ideas().by_latest()]
        return [] if self in ideas else ideas

    def refusal_to_support(self, member, now) -> Refused | None:
        """Why this member can't support the idea now, or None if they can."""
        return self._why_no_support(now) or self._why_not_by(member, *member.inbox_and_consent)

    def _why_no_support(self, now):
        if not self.is_published:
            return NotPublished(_("This idea isn’t public, so it can’t be supported."))
        if self.survivor:
            return MergedAway(
                _("This idea was merged into “%(survivor)s”. You can support that one instead.")
                % {"survivor": self.survivor}
            )
        if not self.round.allows(Action.SUPPORT, now):
            return VotingClosed(self.round.why_no_votes(now))
        return None

    def _why_not_by(self, member, has_inbox, has_consent):
        if not has_inbox:
            return self._why_no_inbox(member)
        if not has_consent:
            return ConsentNeeded(
                _("Support shows a political opinion, so we need your agreement before we record it.")
            )
        return None

    def _why_no_inbox(self, member):
        if member.has_verified_email:
            return InboxTaken(
                _(
                    "Another account has the same mailbox, and each mailbox counts once. "
                    "Use that account, or add an e-mail address that leads to a mailbox of its own."
                )
            )
        return EmailUnverified(_("Please confirm your e-mail address before you support an idea."))

    def support(self, member, *, now, seen=None, network="", before=None):
        """Count the member's support once, however often or however many at once ask. Raise a Refused.

        It stands for the revision of the number that the member has `seen`, or else for the latest. Of the `network`
        it came from a mark is kept for a while. It depends on what was so `before`, which is asked unless it is given.
        """
        if refusal := self._why_no_support(now):
            raise refusal
        before = before or self._before_a_vote(member, seen=seen, now=now)
        if refusal := self._why_not_by(member, before.has_inbox, before.has_consent):
            raise refusal
        mark = NetworkKey.objects.mark(network, now=now, key=before.network_key) if network else ""
        self.votes.model.objects.give(member, self, before.revision, now=now, mark=mark)

    def _before_a_vote(self, member, *, seen, now):
        asked = BeforeAVote.asked(member.pk, self.pk, seen=seen, now=now)
        own = type(self).objects.filter(pk=self.pk)
        return BeforeAVote(*own.values_list(*BeforeAVote.expressions(**asked).values()).get())

    def withdraw_support(self, member, *, now):
        """Take the member's support back, also from ideas that count for the same one by a merge.

        Without any support nothing changes. Raise VotingClosed.
        """
        if not self.round.allows(Action.SUPPORT, now):
            raise VotingClosed(self.round.why_no_votes(now))
        member.votes.in_tree_of(self).take_back(now=now)

    def invalidation_for(self, user):
        """Why the support of the person at the page doesn't count here, or None if it does or there is none."""
        votes = user.votes.not_withdrawn().in_tree_of(self).invalidated().select_related("invalidation")
        vote = votes.by_latest().first()
        return vote and vote.invalidation
