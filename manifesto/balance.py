"""What a proportional rule would choose from the ballots, for comparison: it decides nothing.

Sources: Thiele's sequential rule as in Lackner M, Skowron P. Multi-Winner Voting with Approval Preferences. Springer,
2023; the Method of Equal Shares of Peters D, Skowron P. Proportionality and the Limits of Welfarism. EC 2020.

A ballot is the set of numbers of the ideas a voter supports. Ideas with equal claims: the one with more supporters
comes first, then the lower number. An idea nobody supports is never chosen, so fewer than `places` may be.
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heapreplace
from math import lcm

# What happens to places that are left when no idea's supporters can pay for it any more.
PHRAGMEN, SUPPORTERS = "phragmen", "supporters"


@dataclass(frozen=True)
class Shared:
    """The ideas that equal shares paid for, and those that the completion rule added, in the order they were chosen."""

    paid: tuple
    completed: tuple

    @property
    def ideas(self) -> tuple:
        return self.paid + self.completed


def sequential_pav(ballots, places) -> list[int]:
    """The ideas in the order they are chosen: each time the one with the largest sum, over its supporters, of
    1/(1 + the number of ideas chosen already that they support)."""
    groups = Counter(frozenset(ballot) for ballot in ballots.values())
    supporters = _supporters(groups)
    whole = lcm(*range(1, max(places, 0) + 1))
    gains = {idea: number * whole for idea, number in supporters.items()}
    has, chosen = dict.fromkeys(groups, 0), []
    while gains and len(chosen) < places:
        chosen.append(min(gains, key=lambda idea: (-gains[idea], -supporters[idea], idea)))
        del gains[chosen[-1]]
        if len(chosen) == places:
            break
        for group in groups:
            if chosen[-1] in group:
                has[group] += 1
                loss = groups[group] * (whole // has[group] - whole // (has[group] + 1))
                for idea in group & gains.keys():
                    gains[idea] -= loss
    return chosen


def equal_shares(ballots, places, *, completion=PHRAGMEN) -> Shared:
    """The Method of Equal Shares: every voter has the same part of `places`, and an idea costs 1.

    Each time the idea is bought whose supporters can pay for it with the smallest largest payment, everybody paying
    the same or all they have. The places left when no idea can be bought go by the named completion: PHRAGMEN gives
    all voters the same further money, little by little, until some idea's supporters can pay for it together with all
    they have; SUPPORTERS takes the ideas with most supporters.
    """
    groups = Counter(frozenset(ballot) for ballot in ballots.values())
    market = _Market(groups, Fraction(places, len(ballots) or 1))
    paid = market.buy(places)
    left = [idea for idea in market.supporters if idea not in paid]
    if completion == SUPPORTERS:
        added = sorted(left, key=lambda idea: (-market.supporters[idea], idea))[: places - len(paid)]
    else:
        added = market.wait(left, places - len(paid))
    return Shared(tuple(paid), tuple(added))


def _supporters(groups):
    supporters = Counter()
    for ballot, number in groups.items():
        for idea in ballot:
            supporters[idea] += number
    return supporters


class _Market:
    """Groups of voters with the same ballot, each voter of a group with the same purse.

    Purses are few, though groups may be many: `purse` is the position of a group's in `purses`.
    """

    def __init__(self, groups, share):
        self.groups = list(groups)
        self.sizes = list(groups.values())
        self.supporters = _supporters(groups)
        self.backers = {idea: [] for idea in self.supporters}
        for at, ballot in enumerate(self.groups):
            for idea in ballot:
                self.backers[idea].append(at)
        self.purses, self.purse = [share], [0] * len(self.groups)

    def buy(self, places):
        """The ideas bought, in order. Prices only rise as purses empty, so the cheapest of old prices is asked anew."""
        offers = [(Fraction(0), -number, idea) for idea, number in self.supporters.items()]
        heapify(offers)
        bought = []
        while offers and len(bought) < places:
            price, rank, idea = offers[0]
            now = self._price(idea)
            if now is None:
                heappop(offers)
            elif now > price:
                heapreplace(offers, (now, rank, idea))
            else:
                heappop(offers)
                bought.append(idea)
                self._charge(idea, now)
        return bought

    def _price(self, idea):
        """The largest payment of a supporter, or None if together they have less than 1."""
        voters = Counter()
        for at in self.backers[idea]:
            voters[self.purse[at]] += self.sizes[at]
        due, payers = Fraction(1), self.supporters[idea]
        for purse, number in sorted((self.purses[purse], number) for purse, number in voters.items()):
            if purse * payers >= due:
                return due / payers
            due -= purse * number
            payers -= number
        return None

    def _charge(self, idea, price):
        """Move the idea's supporters to purses that hold so much less, none below nothing."""
        moved = {}
        for at in self.backers[idea]:
            old = self.purse[at]
            if old not in moved:
                moved[old] = len(self.purses)
                self.purses.append(max(self.purses[old] - price, Fraction(0)))
            self.purse[at] = moved[old]

    def wait(self, ideas, places):
        """The ideas that can be paid for first as everybody's purse fills at the same pace, in order."""
        left, chosen, now = set(ideas), [], Fraction(0)
        while left and len(chosen) < places:
            now, _, idea = min((self._ready(idea), -self.supporters[idea], idea) for idea in left)
            left.remove(idea)
            chosen.append(idea)
            # Purses hold what they would have held at the start, so that waiting needn't touch them.
            self.purses.append(-now)
            for at in self.backers[idea]:
                self.purse[at] = len(self.purses) - 1
        return chosen

    def _ready(self, idea):
        """How much everybody must have been given until the idea's supporters have 1 together."""
        voters = Counter()
        for at in self.backers[idea]:
            voters[self.purse[at]] += self.sizes[at]
        has = sum(self.purses[purse] * number for purse, number in voters.items())
        return (1 - has) / self.supporters[idea]
