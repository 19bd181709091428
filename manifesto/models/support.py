"""Support for ideas: given once, for the wording that was read, and taken back."""

from datetime import date

from django.db.models import Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.models import Consent, Member
from profiles.written_once import WrittenOnce

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

    def support(self, member, *, now, seen=None, network=""):
        """Count the member's support once, however often or however many at once ask. Raise a Refused.

        It stands for the revision of the number that the member has `seen`, or else for the latest. Of the `network`
        it came from a mark is kept for a while.
        """
        if refusal := self._why_no_support(now):
            raise refusal
        has_inbox, has_consent, revision, network_key = BEFORE_A_VOTE.first(
            member=member.pk,
            version=Consent.version_in_force(),
            idea=self.pk,
            number=seen or 0,
            day=timezone.localdate(now),
        )
        if refusal := self._why_not_by(member, has_inbox, has_consent):
            raise refusal
        mark = NetworkKey.objects.mark(network, now=now, key=network_key) if network else ""
        self.votes.model.objects.give(member, self, revision, now=now, mark=mark)

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


def _before_a_vote(member, version, idea, number, day):
    """Of one member: whether they have an inbox and agreed; the key of the revision that was seen; and what marks of
    networks are made with that day, if anything is yet.
    """
    return Member.objects.inbox_and_consent(member, version).annotate(
        revision=key_of_seen(idea, number),
        network_key=Subquery(NetworkKey.objects.filter(day=day).values("key")),
    )


BEFORE_A_VOTE = WrittenOnce(_before_a_vote, member=int, version=str, idea=int, number=int, day=date)
