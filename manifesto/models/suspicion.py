"""Groups of votes that an editor describes to find out whether they are fair: counted, and never looked at singly.

What keeps one vote from being singled out, or one member from being tied to a vote:
- hours are whole ones, ages of accounts one of four;
- fewer than five are nobody's business, and more are counted down to a multiple of five, so that two descriptions that
  differ by a vote tell the same;
- networks and e-mail domains have no names here, only marks, so that nobody learns that those who have an account with
  a certain address supported an idea.
"""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Func, Q, Value
from django.db.models.functions import TruncHour

from profiles.domains import PUBLIC_MAIL, is_within_any
from profiles.small_cells import FEWEST

from .idea import Idea
from .round import Round
from .vote import Vote

AGES = {
    "hour": ("under an hour", None, timedelta(hours=1)),
    "day": ("an hour to a day", timedelta(hours=1), timedelta(days=1)),
    "week": ("a day to a week", timedelta(days=1), timedelta(days=7)),
    "older": ("a week or more", timedelta(days=7), None),
}
MOST_LINES = 10


def coarse(number) -> int:
    """A multiple of five that there are at least; 0 for fewer than five."""
    return number - number % FEWEST


@dataclass(frozen=True)
class Line:
    """A part of a group: what it is by, and at least how many votes it has."""

    label: str
    group: "VoteGroup"
    number: int


@dataclass(frozen=True)
class VoteGroup:
    """The valid votes of a round that have all of these in common."""

    round: Round
    starts_at: datetime
    ends_at: datetime
    idea: Idea | None = None
    age: str = ""
    network: str = ""
    domain: str = ""

    @property
    def age_label(self):
        return AGES[self.age][0] if self.age else ""

    def votes(self):
        votes = Vote.objects.valid().filter(
            idea__round=self.round, cast_at__gte=self.starts_at, cast_at__lt=self.ends_at
        )
        if self.idea:
            votes = votes.in_trees_of([self.idea])
        if self.age:
            votes = votes.filter(_aged(self.age))
        if self.network:
            votes = votes.filter(trace__network=self.network)
        if self.domain:
            votes = votes.alias(domain=_DOMAIN).filter(domain=self._domain_behind(self.domain))
        return votes

    def at_least(self) -> int:
        """How many there are, counted down to a multiple of five."""
        return coarse(self.votes().count())

    def by_age(self):
        parts = [(label, replace(self, age=age)) for age, (label, *_) in AGES.items()]
        return [Line(label, group, group.at_least()) for label, group in parts]

    def by_hour(self):
        hours = self._most(self.votes().annotate(hour=TruncHour("cast_at")), "hour")
        hour = timedelta(hours=1)
        return [
            Line(
                "",
                replace(self, starts_at=max(start, self.starts_at), ends_at=min(start + hour, self.ends_at)),
                n,
            )
            for start, n in hours
        ]

    def by_network(self):
        networks = self._most(self.votes().exclude(trace=None), "trace__network")
        return [
            Line(f"network {number}", replace(self, network=network), n)
            for number, (network, n) in enumerate(networks, 1)
        ]

    def by_domain(self):
        domains = self._most(self.votes().exclude(member=None).annotate(domain=_DOMAIN), "domain")
        return [
            Line(f"{_kind(domain)} {number}", replace(self, domain=_mark(domain)), n)
            for number, (domain, n) in enumerate(domains, 1)
        ]

    def _most(self, votes, name):
        """The values that most votes have, none with fewer than five, and at least how many have each."""
        rows = votes.order_by().values_list(name).annotate(n=Count("pk")).filter(n__gte=FEWEST)
        return [(value, coarse(n)) for value, n in rows.order_by("-n", name)[:MOST_LINES]]

    def _domain_behind(self, mark):
        """The domain of that mark among those of the round's voters; empty for a mark of none."""
        voters = Vote.objects.filter(idea__round=self.round).exclude(member=None)
        domains = voters.order_by().values_list(_DOMAIN, flat=True).distinct()
        return next((domain for domain in domains if hmac.compare_digest(_mark(domain), mark)), "")


_DOMAIN = Func(
    F("member__email"), Value("@"), Value(2), function="split_part", output_field=models.CharField()
)


def _aged(age):
    _, least, most = AGES[age]
    voted = Q(cast_at__gte=F("member__joined_at") + least) if least else Q()
    return voted & Q(cast_at__lt=F("member__joined_at") + most) if most else voted


def _mark(domain):
    return hmac.new(settings.SECRET_KEY.encode(), b"domain:" + domain.encode(), hashlib.sha256).hexdigest()[
        :16
    ]


def _kind(domain):
    if is_within_any(domain, settings.BLOCKED_EMAIL_DOMAINS):
        return "blocked domain"
    return "public mail service" if domain in PUBLIC_MAIL else "domain"
