"""What becomes of a member's part in manifestos when their account goes.

What others built on stays, without a name: votes that were counted, ideas that were decided, scores.
"""

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest, Least, Lower
from django.utils import timezone
from django.utils.translation import override

from meetings.note_record import without_names
from profiles.models import Member, Notification

from .. import news
from ..errors import MergedAway, NotAllowedInPhase, NotTheirs, Refused
from ..vocabularies import DeclineReason
from .conflict import Conflict
from .idea import Idea
from .invitation import Invitation
from .moderation import Moderation
from .published import PublishedWorking
from .revision import WORDING, Revision
from .vote import Vote

TAKEN_AWAY = "Taken away by its author"


def part_with(member, *, names, takes_ideas, takes_comments, now):
    """Let go of all that ties the member to ideas, votes, scores and signatures. The caller deletes the account.

    `names` are all that the member went by.
    """
    with transaction.atomic():
        Vote.objects.filter(member=member).before_scoring(now).take_back(now=now)
        Vote.objects.leave_nameless(member)
        _let_go_of_terms(member, now)
        _let_go_of_comments(member, takes_comments, now)
        if takes_ideas:
            for idea in Idea.objects.for_author(member).select_related("round").defer("search").by_number():
                if not refusal_to_take_away(idea, member, now):
                    take_away(idea, now=now)
        _let_go_of_invitations(member)
        _let_go_of_signatures(member, names)
        member.reports.update(words="")


def refusal_to_take_away(idea, author, now) -> Refused | None:
    """Why the idea has to stay, without the author's name, when they leave; or None if it can go with them."""
    if any(
        authorship.member_id != author.pk and not authorship.is_by_merge
        for authorship in idea.authorships.all()
    ):
        return NotTheirs("Others wrote it too.")
    if idea.survivor_id or idea.merged_ideas.exists():
        return MergedAway("It counts together with other ideas.")
    if idea.is_published and idea.round.has_begun_scoring(now):
        return NotAllowedInPhase("The experts have begun to work on it.")
    return None


def take_away(idea, *, now):
    """Have the idea go as if it hadn't been sent; where it was public its number stays, and supporters are told."""
    with transaction.atomic():
        locked = (
            Idea.objects.select_for_update(of=["self"])
            .select_related("round")
            .defer("search")
            .get(pk=idea.pk)
        )
        if not locked.is_published and not locked.register_entries.exists():
            locked.delete()
            return
        _tell_of_it(locked, now)
        locked.votes.all().delete()
        locked.comments.all().delete()
        for related in (
            locked.follows,
            locked.invitations,
            locked.moderations,
            locked.authorships,
            locked.revisions,
        ):
            related.all().delete()
        for name in WORDING:
            setattr(locked, name, TAKEN_AWAY)
        locked.organisation = locked.raised_at = locked.from_answer = locked.published_at = None
        locked.evidence_links, locked.areas, locked.policy_areas, locked.declined_at = [], [], [], now
        locked.external_reference = ""
        locked.save()
        Revision.objects.create(idea=locked, number=1, wording=1, edited_at=now, **locked.text)
        Moderation.objects.create(
            idea=locked, reason=DeclineReason.OTHER, words=f"{TAKEN_AWAY}.", moderated_at=now
        )


def _tell_of_it(idea, now):
    concerned = Q(votes__idea=idea) | Q(follows__idea=idea) | Q(comments__idea=idea)
    with override(settings.LANGUAGE_CODE):
        Notification.objects.tell(
            Member.objects.filter(concerned).exclude(authorships__idea=idea).distinct(),
            key=f"idea-{idea.pk}-taken-away",
            subject="An idea was taken away",
            words=f"The author of “{idea}” has left and taken the idea with them, before the experts began. You get "
            "this once, because you supported it, followed it or took part in its discussion.",
            address=idea.round.get_absolute_url(),
            now=now,
        )


def _let_go_of_terms(member, now):
    terms = member.expert_terms.select_related("round")
    for term in terms:
        if term.round.has_begun_scoring(now) and not term.round.is_shortlist_published:
            # What they wrote and where they belong can't be looked up later, and must go on to count.
            Conflict.objects.record_found(term.round, now=now)
        for working in PublishedWorking.objects.filter(round=term.round):
            working.take_name_out(term)
        term.affiliations.clear()
    Conflict.objects.filter(term__in=terms).update(explanation="")
    today = timezone.localdate(now)
    terms.update(
        interests="",
        agreed_to_be_named_at=None,
        ends_on=Greatest(F("starts_on"), Least(Coalesce(F("ends_on"), today), today)),
    )


def _let_go_of_comments(member, takes_comments, now):
    """First comments that nobody has published yet go in any case."""
    keys = [f"comment-{pk}" for pk in member.comments.values_list("pk", flat=True)]
    Notification.objects.unsent().filter(key__in=keys).delete()
    member.comments.waiting().delete()
    if takes_comments:
        member.comments.filter(deleted_at=None).update(text="", deleted_at=now)


def _let_go_of_invitations(member):
    """Those to the member's addresses, and those that they sent and nobody has answered."""
    addresses = member.emailaddress_set.values(own=Lower("email"))
    Invitation.objects.filter(Q(email__in=addresses) | Q(email=member.email)).delete()
    for invitation in Invitation.objects.open().filter(invited_by=member):
        news.forget_invitation(invitation)
        invitation.delete()


def _let_go_of_signatures(member, names):
    """The office somebody signed in stays only where it is read beside the signature and doesn't name them."""
    signatures = member.signatures.exclude(role="")
    signatures.exclude(is_role_public=True, withdrawn_at=None).update(role="")
    naming = [row.pk for row in signatures.all() if without_names(row.role, names) != row.role]
    signatures.filter(pk__in=naming).update(role="", is_role_public=False)
