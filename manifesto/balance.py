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
from math import gcd, lcm

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
    market = _Market(groups, places)
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
    """Groups of voters with the same ballot, each voter of a group with the same purse, in whole coins.

    An idea costs as many coins as make all sums of money whole; where a price doesn't come out even, all coins are
    cut. Purses are few, though groups may be many: `purse` is the position of a group's in `purses`.
    """

    def __init__(self, groups, places):
        self.groups = list(groups)
        self.sizes = list(groups.values())
        self.supporters = _supporters(groups)
        self.backers = {idea: [] for idea in self.supporters}
        for at, ballot in enumerate(self.groups):
            for idea in ballot:
                self.backers[idea].append(at)
        self.cost = groups.total()
        self.purses, self.purse = [places], [0] * len(self.groups)

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
                coins = self._coins(now)
                self._refill(idea, lambda purse, coins=coins: max(purse - coins, 0))
        return bought

    def wait(self, ideas, places):
        """The ideas that can be paid for first as everybody's purse fills at the same pace, in order.

        Purses hold what they would have held at the start, less than nothing once emptied, so that waiting needn't
        touch them.
        """
        left, chosen = set(ideas), []
        while left and len(chosen) < places:
            now, _, idea = min((self._wait(idea), -self.supporters[idea], idea) for idea in left)
            left.remove(idea)
            chosen.append(idea)
            coins = self._coins(now)
            self._refill(idea, lambda purse, coins=coins: -coins)
        return chosen

    def _price(self, idea):
        """The largest payment of a supporter, where an idea costs 1; None if together they have less."""
        due, payers = self.cost, self.supporters[idea]
        for coins, number in sorted(self._purses(idea)):
            if coins * payers >= due:
                return Fraction(due, payers * self.cost)
            due -= coins * number
            payers -= number
        return None

    def _wait(self, idea):
        """How much everybody must have been given until the idea's supporters have 1 together."""
        coins = sum(coins * number for coins, number in self._purses(idea))
        return Fraction(self.cost - coins, self.supporters[idea] * self.cost)

    def _purses(self, idea):
        """Pairs of what is in a purse, and how many of the idea's supporters have such a one."""
        voters = Counter()
        for at in self.backers[idea]:
            voters[self.purse[at]] += self.sizes[at]
        return [(self.purses[purse], number) for purse, number in voters.items()]

    def _coins(self, amount):
        """The amount in coins, cut until it is a whole number of them."""
        cut = amount.denominator // gcd(amount.denominator, self.cost)
        self.cost *= cut
        self.purses = [coins * cut for coins in self.purses]
        return amount.numerator * self.cost // amount.denominator

    def _refill(self, idea, change):
        """Give the idea's supporters purses with what `change` makes of their coins."""
        moved = {}
        for at in self.backers[idea]:
            old = self.purse[at]
            if old not in moved:
                moved[old] = len(self.purses)
                self.purses.append(change(self.purses[old]))
            self.purse[at] = moved[old]
