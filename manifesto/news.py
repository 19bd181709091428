"""Who is told what when something happens to an idea or a round. Called by the verbs, in their transactions.

What a member supports is said to that member only, in the text of the e-mail and never in its subject.
"""

from collections import defaultdict
from functools import wraps

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import override

from profiles.models import Member, Membership, Notification

# A digest is for reading; the page has them all.
LISTED = 20


def in_language_of_the_site(tell):
    """Have it told in the language of all news, whichever the page was in that brought it about."""

    @wraps(tell)
    def tell_in_it(*args, **kwargs):
        with override(settings.LANGUAGE_CODE):
            return tell(*args, **kwargs)

    return tell_in_it


@in_language_of_the_site
def idea_answered(idea, moderation, *, now):
    """Tell the authors what an editor answered."""
    if moderation.is_approval:
        subject, words = "Your idea is published", f"“{idea}” is published. Anybody can read it now."
    else:
        subject = "An answer to your idea"
        words = (
            f"An editor has read “{idea}” and did not publish it: {moderation.get_reason_display().lower()}."
        )
    if moderation.words:
        words += f"\n\nThe editor writes:\n\n{moderation.words}"
    Notification.objects.tell(
        Member.objects.filter(authorships__idea=idea),
        key=f"idea-{idea.pk}-moderation-{moderation.pk}",
        subject=subject,
        words=words,
        address=idea.get_absolute_url(),
        now=now,
    )


@in_language_of_the_site
def idea_published(idea, *, now):
    """Tell those who follow its theme or its round, but for its authors."""
    followers = Member.objects.filter(
        Q(pk__in=idea.theme.follows.values("member")) | Q(pk__in=idea.round.follows.values("member"))
    )
    Notification.objects.tell(
        followers.exclude(authorships__idea=idea),
        key=f"idea-{idea.pk}-published",
        subject="A new idea",
        words=f"“{idea}” is a new idea under {idea.theme}, in {idea.round}.",
        address=idea.get_absolute_url(),
        now=now,
    )


def _key_of_improvement(idea, revision):
    return f"idea-{idea.pk}-revision-{revision.number}"


def forget_improvement(idea, revision):
    """Tell nobody of it who hasn't been told."""
    Notification.objects.waiting().filter(key=_key_of_improvement(idea, revision)).delete()


@in_language_of_the_site
def idea_improved(idea, revision, *, now):
    """Tell its authors, those who support it or what was merged into it, and its followers, but for who did it.

    The words are the same for all, so that an e-mail doesn't say which of them its reader is.
    """
    concerned = Member.objects.filter(
        Q(pk__in=idea.authorships.values("member"))
        | Q(pk__in=idea.follows.values("member"))
        | Q(pk__in=idea.votes.model.objects.not_withdrawn().in_trees_of([idea]).values("member"))
    )
    Notification.objects.tell(
        concerned.exclude(pk=revision.edited_by_id),
        key=_key_of_improvement(idea, revision),
        subject="An idea has a new wording",
        words=f"“{idea}” has a new wording. You hear of it because you wrote, support or follow this idea. "
        "Its page shows what changed. If you support it, you can confirm that there or withdraw your support.",
        address=idea.get_absolute_url(),
        now=now,
    )


@in_language_of_the_site
def co_author_invited(invitation, member, *, now):
    """Write to the address; a member hears of it as of other news. Each address hears once of each idea."""
    idea = invitation.idea
    by = invitation.invited_by.public_name
    content = {
        "key": _key_of_invitation(invitation),
        "subject": "An invitation to improve an idea together",
        "words": f"{by} invites you to be a co-author of “{idea}”, an idea in {idea.round}. "
        "You need an account with this e-mail address to answer. You needn’t do anything if you don’t want to.",
        "address": invitation.get_absolute_url(),
        "now": now,
    }
    if member:
        Notification.objects.tell([member], **content)
    else:
        Notification.objects.tell_address(invitation.email, **content)


def forget_invitation(invitation):
    """Tell nobody of it who hasn't been told."""
    Notification.objects.waiting().filter(key=_key_of_invitation(invitation)).delete()


@in_language_of_the_site
def co_author_joined(invitation, member, *, now):
    """Tell the author who invited them."""
    Notification.objects.tell(
        [invitation.invited_by],
        key=f"{_key_of_invitation(invitation)}-accepted",
        subject="A co-author has joined",
        words=f"{member.public_name} is a co-author of “{invitation.idea}” now.",
        address=invitation.idea.get_absolute_url(),
        now=now,
    )


def _key_of_invitation(invitation):
    return f"idea-{invitation.idea_id}-invitation-{invitation.pk}"


@in_language_of_the_site
def comment_published(comment, *, now):
    """Tell the authors of the idea and whoever it replies to, but for its own author."""
    concerned = Q(authorships__idea=comment.idea)
    if comment.parent:
        concerned |= Q(pk=comment.parent.author_id)
    Notification.objects.tell(
        Member.objects.filter(concerned).exclude(pk=comment.author_id).distinct(),
        key=f"comment-{comment.pk}",
        subject="A reply in a discussion" if comment.parent else "A new comment on an idea",
        words=f"{comment.author_name} {'replied to a comment' if comment.parent else 'commented'} "
        f"on “{comment.idea}”:\n\n{Truncator(comment.text).chars(600)}",
        address=comment.get_absolute_url(),
        now=now,
    )


@in_language_of_the_site
def comment_hidden(comment, moderation, *, now):
    """Tell its author why, and nobody who asked for it."""
    Notification.objects.tell(
        [comment.author_id],
        key=f"comment-{comment.pk}-moderation-{moderation.pk}",
        subject="Your comment was hidden",
        words=f"An editor has hidden your comment on “{comment.idea}”: "
        f"{comment.get_hidden_reason_display().lower()}. Its place in the discussion stays.",
        address=comment.get_absolute_url(),
        now=now,
    )


@in_language_of_the_site
def shortlist_published(round, *, now):
    """Tell everybody concerned once, with what was decided about each one's own, supported and followed ideas."""
    outcomes = {
        decision.idea_id: _outcome(decision)
        for decision in round.decisions.filter(idea__published_at__isnull=False).select_related("idea")
    }
    own = _ideas_by_member(authorships__idea__round=round)
    others = _ideas_by_member(votes__idea__round=round)
    for member, ideas in _ideas_by_member(follows__idea__round=round).items():
        others[member] |= ideas
    opening = f"The shortlist of {round} is published, with the reasons for every decision."
    words = {
        pk: "\n\n".join(
            [
                opening,
                *_section("Your own", own.get(pk, set()), outcomes),
                *_section(
                    "Ideas you support or follow", others.get(pk, set()) - own.get(pk, set()), outcomes
                ),
            ]
        )
        for pk in _concerned_by(round)
    }
    Notification.objects.tell_each(
        words,
        key=f"round-{round.pk}-shortlist",
        subject="The shortlist is published",
        address=reverse("manifesto:shortlist", args=[round.slug]),
        now=now,
    )


@in_language_of_the_site
def scoring_opened(term, left, *, closes_at, now):
    """Tell the expert what is theirs to score."""
    _tell_expert(
        term,
        key=f"round-{term.round_id}-scoring-opened",
        subject="Ideas for you to score",
        words=f"Scoring is open in {term.round}: {_ideas(left)} to score until {_day_and_time(closes_at)}. "
        "You can stop and go on whenever you like.",
        now=now,
    )


@in_language_of_the_site
def scoring_closes(term, left, *, closes_at, now):
    """Remind an expert who isn't done. A later day of closing is worth a reminder of its own."""
    _tell_expert(
        term,
        key=f"round-{term.round_id}-scoring-closes-{closes_at:%Y-%m-%d}",
        subject="Scoring closes soon",
        words=f"You have {_ideas(left)} left in {term.round}. Scoring closes on {_day_and_time(closes_at)}.",
        now=now,
    )


@in_language_of_the_site
def second_look_opened(term, left, *, closes_at, now):
    """Tell the expert; once more when it was widened by ideas that are theirs to score."""
    _tell_expert(
        term,
        key=f"round-{term.round_id}-second-look-{term.ideas_to_see_again().count()}",
        subject="A second look at some ideas",
        words=f"Scoring is open again in {term.round} for {_ideas(left)}, until {_day_and_time(closes_at)}. You see "
        "how the group scored them and its notes, without names, and keep or change your own scores.",
        now=now,
    )


def _tell_expert(term, **content):
    address = reverse("admin:manifesto_round_scoring", args=[term.round_id])
    Notification.objects.tell([term.member_id], address=address, **content)


def _ideas(number):
    return "1 idea" if number == 1 else f"{number} ideas"


def _day_and_time(moment):
    return date_format(timezone.localtime(moment), r"j F Y \a\t H:i")


@in_language_of_the_site
def publication_failed(round, *, now):
    """Tell the editors that the shortlist is not public though its time came, once for each time that was set."""
    Notification.objects.tell(
        Member.objects.who_may("manifesto.publish_shortlist"),
        key=f"round-{round.pk}-publication-{round.shortlist_publish_at.isoformat()}-failed",
        subject="A shortlist was not published",
        words=f"The shortlist of {round} was to be published by itself and was not: {round.shortlist_failure}\n\n"
        "Nothing of it is public. Please set another time, or publish it yourself.",
        address=reverse("admin:manifesto_round_publication", args=[round.pk]),
        now=now,
    )


@in_language_of_the_site
def decision_corrected(erratum, *, now):
    """Tell the idea's authors."""
    idea = erratum.decision.idea
    Notification.objects.tell(
        Member.objects.filter(authorships__idea=idea),
        key=f"erratum-{erratum.pk}",
        subject="A correction to the shortlist",
        words=f"What was published about “{idea}” has been corrected: {erratum.explanation}",
        address=idea.get_absolute_url(),
        now=now,
    )


@in_language_of_the_site
def phase_begun(round, phase, *, now):
    """Tell everybody concerned of a phase that begins by its date, or with the handing over."""
    Notification.objects.tell(
        _concerned_by(round),
        key=f"round-{round.pk}-phase-{phase}",
        subject=f"{round}: {phase.label.lower()}",
        words=PHASE_WORDS[phase].format(round=round),
        address=round.get_absolute_url(),
        now=now,
    )


PHASE_WORDS = {
    "crowdsourcing": "{round} is open for ideas. Put one forward, or read what others propose.",
    "refinement": "{round} takes no new ideas any more. Those there are can still be improved.",
    "prioritisation": "The experts of {round} have begun to weigh the ideas. Their shortlist comes with reasons.",
    "presented": "The shortlist of {round} has been given to government.",
}


def _concerned_by(round):
    """Those who follow the round or something in it, wrote an idea, or support one: primary keys."""
    ways = [
        {"follows__round": round},
        {"follows__theme__round": round},
        {"follows__idea__round": round},
        {"authorships__idea__round": round, "authorships__idea__published_at__isnull": False},
        {"votes__idea__round": round},
    ]
    return {pk for way in ways for pk in Member.objects.filter(**way).values_list("pk", flat=True)}


def _ideas_by_member(**way):
    """Sets of ideas' primary keys by the member's, for the relation that `way` leads along to the ideas' round."""
    ideas = defaultdict(set)
    relation = next(iter(way)).removesuffix("__round")
    for member, idea in Member.objects.filter(**way).values_list("pk", relation):
        ideas[member].add(idea)
    return ideas


def _outcome(decision):
    place = f", place {decision.position}" if decision.position else ""
    return f"“{decision.idea}”: {decision.get_outcome_display().lower()}{place}"


def _section(heading, ideas, outcomes):
    """Lines under a heading, or nothing."""
    lines = [f"- {outcomes[idea]}" for idea in sorted(ideas & outcomes.keys())]
    if not lines:
        return []
    if len(lines) > LISTED:
        lines[LISTED:] = [f"- and {len(lines) - LISTED} more"]
    return ["\n".join([f"{heading}:", *lines])]


@in_language_of_the_site
def statement_changed(statement, version, *, now):
    """Ask those who may speak for signatories of an earlier version to confirm the new one."""
    outdated = version.signatures.model.objects.outdated().filter(version__statement=statement)
    organisations = outdated.values("organisation")
    speaking = Membership.objects.authorised().filter(organisation__in=organisations)
    Notification.objects.tell(
        Member.objects.filter(pk__in=speaking.values("member")),
        key=f"statement-{statement.pk}-version-{version.number}",
        subject="A statement you signed has a new version",
        words=f"“{statement}” has a new version: {version.note}\n\nYour organisation signed an earlier one and doesn’t "
        "count as a signatory of this one until somebody who may speak for it confirms. The page shows what changed.",
        address=reverse("manifesto:signing", args=[statement.slug]),
        now=now,
    )


@in_language_of_the_site
def signature_withdrawn(statement, organisation, reason, *, now):
    """Tell those who may speak for it that an editor took its name from a statement."""
    words = f"An editor has withdrawn the signature of {organisation} under “{statement}”."
    Notification.objects.tell(
        organisation.spokespeople(),
        key=f"statement-{statement.pk}-withdrawn-{organisation.pk}-{now.isoformat()}",
        subject="A signature was withdrawn",
        words=f"{words} The reason given:\n\n{reason}" if reason else words,
        address=reverse("manifesto:signing", args=[statement.slug]),
        now=now,
    )


@in_language_of_the_site
def sign_off_due(sign_off, *, is_today, now):
    """Remind who said until when their organisation needs, and those who may speak for it."""
    organisation, statement = sign_off.organisation, sign_off.statement
    day = date_format(sign_off.needed_by, "j F Y")
    when = "That is today." if is_today else "That is in a few days."
    Notification.objects.tell(
        Member.objects.filter(Q(pk__in=organisation.spokespeople()) | Q(pk=sign_off.asked_by_id)),
        key=f"sign-off-{sign_off.pk}-{sign_off.needed_by}-{'day' if is_today else 'before'}",
        subject="Has your organisation decided whether to sign?",
        words=f"{organisation} needed until {day} to decide whether to sign “{statement}”. {when} You can sign, choose "
        "another day, or let it be. Nobody outside your organisation and the editors knows of this.",
        address=reverse("manifesto:signing", args=[statement.slug]),
        is_urgent=is_today,
        now=now,
    )
