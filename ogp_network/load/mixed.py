"""Many people at once: some read, some search, some vote or withdraw, some write. Then everything is counted anew."""

import random
import uuid
from itertools import count

from django.core.management import call_command

from manifesto.models import Comment, CountRegister, Vote

from .client import closed_loop

# What people do on the eight connections. Each voter has one: what they support is known to nobody else.
ROLES = ("reads", "reads", "reads", "searches", "votes", "votes", "changes their mind", "writes")


def people_at_work(site, voters, minutes, port):
    """Return what was measured, and the comments that were answered as written, by their key."""
    written = []
    shares = [voters[at :: len(ROLES)] for at in range(len(ROLES))]
    sources = [
        _doing(role, site, theirs, random.Random(f"{role} {at}"), written)
        for at, (role, theirs) in enumerate(zip(ROLES, shares, strict=True))
    ]
    return closed_loop(port, sources, minutes * 60, warm_up=0), written


def _doing(role, site, voters, chance, written):
    for at in count():
        voter = voters[at % len(voters)]
        match role:
            case "reads":
                yield chance.choice(
                    [site.newest, site.most_supported, lambda: site.idea(chance), voter.page]
                )()
            case "searches":
                yield chance.choice([site.search, site.somewhere_in_the_list])(chance)
            case "votes":
                yield voter.vote()
            case "changes their mind":
                yield chance.choice([voter.vote, voter.withdraw])()
            case "writes" if at % 10:
                yield voter.page()
            case "writes":
                # Seldom: the site lets nobody comment all the time.
                yield _comment(voter, uuid.UUID(int=chance.getrandbits(128), version=4), written)


def _comment(voter, key, written):
    request = voter.comment(key)

    def is_right(answer):
        right = request.is_right(answer)
        if right:
            written.append(key)
        return right

    return request._replace(is_right=is_right)


def faults(round, voters, votes_before, written, *, now):
    """In words, all that isn't as those who were answered were told. The register is made and recounted, too."""
    expected = {(voter.member.pk, idea) for voter in voters for idea in voter.supports}
    members = [voter.member.pk for voter in voters]
    there = list(Vote.objects.filter(member__in=members).order_by().values_list("member", "idea"))
    if lost := len(expected - set(there)):
        yield f"{lost} votes were answered as counted and aren't there."
    if surplus := len(set(there) - expected):
        yield f"{surplus} votes are there that nobody was told of."
    if len(there) != len(set(there)):
        yield "Somebody's vote is counted twice."
    votes = Vote.objects.filter(idea__round=round).count()
    if votes != votes_before + len(expected):
        yield f"There are {votes:,} votes, not {votes_before + len(expected):,}."
    comments = Comment.objects.filter(key__in=written).count()
    if comments != len(written):
        yield f"{len(written) - comments} comments were answered as written and aren't there."
    CountRegister.objects.filter(round=round).delete()
    register = CountRegister.objects.make(round, now=now)
    listed = sum(len(entry.counted) + len(entry.elsewhere) for entry in register.entries.all())
    if listed != votes:
        yield f"The register lists {listed:,} codes of {votes:,} votes."
    call_command("verify_counts", verbosity=0)
