"""A crowd's votes, to measure with: as many as a country casts, of which a few ideas have most."""

import random
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from manifesto.models import Revision
from manifesto.models.vote import LETTERS
from profiles.models import Member

IDEAS_AT_ONCE = 1000
VOTES_OF_A_MEMBER = 20


def load_votes(round, *, votes, now, seed="electorate"):
    """Cast so many votes on the round's ideas; the same every time.

    They are copied in, many at a time, and counted by the same triggers as if they came one by one.
    """
    chance = random.Random(seed)
    latest = Revision.objects.filter(idea__round=round).order_by("idea", "-number").distinct("idea")
    revisions = list(latest.values_list("idea", "pk"))
    members = _people(max(1000, votes // VOTES_OF_A_MEMBER))
    numbers = _shares(votes, len(revisions), len(members), chance)
    for start in range(0, len(revisions), IDEAS_AT_ONCE):
        part = zip(revisions[start : start + IDEAS_AT_ONCE], numbers[start:], strict=False)
        _copy(
            (member, *idea_and_revision, "".join(chance.choices(LETTERS, k=16)), _when(chance, now))
            for idea_and_revision, number in part
            for member in chance.sample(members, k=number)
        )


def load_voters(number, *, now):
    """So many members who may vote, each with the key of a session they are signed in with."""
    voters = []
    for at in range(number):
        member = Member.objects.create_user(f"signed-in-{at}@example.org", display_name=f"Voter {at}")
        EmailAddress.objects.create(user=member, email=member.email, primary=True, verified=True)
        member.give_consent(now=now)
        voters.append((member, _signed_in(member)))
    return voters


def _people(number):
    people = (
        Member(email=f"elector-{at}@example.org", display_name=f"Elector {at}", password="!")
        for at in range(number)
    )
    return [member.pk for member in Member.objects.bulk_create(people, batch_size=5000)]


def _shares(votes, ideas, members, chance):
    """How many votes each idea has: none more than there are members, and together exactly `votes`."""
    if votes > ideas * members:
        raise ValueError("There aren't so many members.")
    weights = [min(chance.paretovariate(1.1), 500) for _ in range(ideas)]
    whole = sum(weights)
    shares = [min(int(votes * weight / whole), members) for weight in weights]
    left = votes - sum(shares)
    while left:
        at = chance.randrange(ideas)
        if shares[at] < members:
            shares[at] += 1
            left -= 1
    return shares


def _when(chance, now):
    return now - timedelta(minutes=chance.randint(1, 60_000))


def _copy(votes):
    columns = "member_id, idea_id, revision_id, receipt, cast_at"
    with connection.cursor() as cursor, cursor.copy(f"COPY manifesto_vote ({columns}) FROM STDIN") as copy:
        for vote in votes:
            copy.write_row(vote)


def _signed_in(member):
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.create()
    return session.session_key
