"""Who is told when an institution takes a position or government answers. Called by the verbs, in their transactions.

Subjects name neither what it is about nor what was said, and words are the same for all: an e-mail doesn't say which of
them its reader is.
"""

from django.db.models import Q

from profiles.models import Member, Membership, Notification, Organisation

from .news import in_language_of_the_site

WHY = (
    "You hear of it because you wrote, support or follow what it is about, or its round, or may speak for an "
    "organisation that signed or endorsed it."
)


@in_language_of_the_site
def answer_on_record(answer, *, now):
    """Tell those concerned by what was answered that there is an answer, or that it was corrected or withdrawn."""
    expected = answer.expected
    if answer.is_withdrawn:
        subject, told = "An answer was withdrawn", "is withdrawn, and an answer is awaited again"
    elif answer.corrects_id:
        subject, told = "An answer was corrected", f"was corrected: {answer.get_outcome_display().lower()}"
    else:
        subject, told = "An answer from government", f"is here: {answer.get_outcome_display().lower()}"
    _tell(
        _concerned([expected.idea] if expected.idea_id else [], expected.commitment),
        entry=answer,
        subject=subject,
        words=f"The answer of {expected.institution} to “{expected.item}” {told}. {WHY} Its page has the reasons and "
        "the document.",
        address=expected.get_absolute_url(),
        now=now,
    )


@in_language_of_the_site
def position_on_record(position, *, now):
    """Tell those concerned by what it is about where an institution stands, or that this was corrected or withdrawn."""
    stance = position.get_stance_display().lower()
    if position.is_withdrawn:
        subject, told = "A position was withdrawn", "is withdrawn"
    elif position.corrects_id:
        subject, told = "A position was corrected", f"was corrected: {stance}"
    else:
        subject, told = "A position of an institution", f"is on record: {stance}"
    ask = position.ask
    about = (ask.commitment, ask.statement) if ask else (position.commitment,)
    _tell(
        _concerned([], *about),
        entry=position,
        subject=subject,
        words=f"The position of {position.institution} on “{_title(position)}” {told}. {WHY} Its page has the source.",
        address=position.get_absolute_url(),
        now=now,
    )


def _title(position):
    if position.commitment_id:
        return str(position.commitment)
    version = position.ask.statement.current_version
    wording = version and version.ask_wordings.filter(ask=position.ask).first()
    return str(wording or position.ask)


def _tell(concerned, *, entry, **content):
    state = f"withdrawn-{entry.withdrawn_on}" if entry.is_withdrawn else "published"
    kind = "position" if entry._meta.model_name == "position" else "answer"
    members = Member.objects.filter(concerned)
    Notification.objects.tell(members, key=f"{kind}-{entry.pk}-{state}", **content)


def _concerned(ideas, commitment, statement=None):
    """Members with a part in the ideas or in those the commitment goes back to, followers of it and of its round, and
    who may speak for organisations that endorsed one of these, or signed the statement or one that asks for it.
    """
    if commitment:
        ideas = [*ideas, *commitment.ideas.all(), *commitment.ideas_behind()]
    rounds = {thing.round_id for thing in (*ideas, commitment, statement) if thing} - {None}
    votes = Member.votes.rel.related_model.objects.not_withdrawn().in_trees_of(ideas)
    concerned = Q(pk__in=votes.values("member"))
    concerned |= (
        _who(authorships__idea__in=ideas) | _who(follows__idea__in=ideas) | _who(follows__round__in=rounds)
    )
    concerned |= _speaking(endorsements__idea__in=ideas, endorsements__withdrawn_at=None)
    if commitment:
        concerned |= _who(follows__commitment=commitment)
        concerned |= _speaking(endorsements__commitment=commitment, endorsements__withdrawn_at=None)
        concerned |= _signed(asks__commitment=commitment)
    return concerned | _signed(pk=statement.pk) if statement else concerned


def _who(**way):
    """Those whom a relation leads to, each in a query of its own: joined together they would be multiplied."""
    return Q(pk__in=Member.objects.filter(**way).values("pk"))


def _signed(**statement):
    """Who may speak for signatories of such a statement, of whichever version."""
    way = {f"signatures__version__statement__{name}": value for name, value in statement.items()}
    return _speaking(**way, signatures__withdrawn_at=None)


def _speaking(**way):
    organisations = Organisation.objects.filter(**way).values("pk")
    speaking = Membership.objects.authorised().filter(organisation__in=organisations)
    return Q(pk__in=speaking.values("member"))
