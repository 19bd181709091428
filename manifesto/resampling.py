"""Panels drawn from a panel, and exact orders of the scores they give, in whole numbers of 64 bits.

The draws come from SHA-256, so that every machine, in any language, finds the same.
"""

import math
import struct
from hashlib import sha256
from itertools import count, islice, pairwise

import numpy as np

# How many replicates are worked on at a time: enough to be quick, few enough to stay small.
BATCH = 50


def draws(seed: str, below: int):
    """Endless whole numbers from 0 to `below` - 1, all as likely.

    Block 0, 1, 2, … is the SHA-256 of the UTF-8 text “seed/block”, in decimals; it holds eight numbers of 32 bits, the
    highest byte first. Those from the largest multiple of `below` upwards are passed over, of the others the remainder
    is taken.
    """
    limit = 2**32 - 2**32 % below
    for block in count():
        for word in struct.unpack(">8I", sha256(f"{seed}/{block}".encode()).digest()):
            if word < limit:
                yield word % below


def score_keys(points, weights, *, seed, replicates):
    """Tables of a few replicates each: for each replicate and idea a whole number that orders as the scores do.

    It is -1 where an idea has no score. `points` holds the half-points by expert, criterion and idea, -1 where there
    are none; a replicate takes as many draws as there are experts.
    """
    experts = len(points)
    drawn = np.fromiter(islice(draws(seed, experts), experts * replicates), np.int64, experts * replicates)
    cells = np.repeat(np.arange(replicates) * experts, experts) + drawn
    times = np.bincount(cells, minlength=experts * replicates).reshape(replicates, experts).astype(np.float32)
    for at in range(0, replicates, BATCH):
        yield _keys(times[at : at + BATCH], points, weights)


def _keys(times, points, weights):
    """The scores over the denominator they all have in common, or where that is large their places in its order.

    With n answers that make s half-points to a criterion of weight w, and T for the weights of all the criteria that
    are answered, the score is the sum of w·s/(n·T), times a constant.
    """
    experts, criteria, _ = points.shape
    given = [_product(times, points[:, c] >= 0) for c in range(criteria)]
    earned = [_product(times, np.maximum(points[:, c], 0)) for c in range(criteria)]
    totals, total = _totals(given, weights)
    occurring = sum(np.bincount(n.ravel(), minlength=experts + 1) for n in given)
    numbers = {n for n in range(1, experts + 1) if occurring[n]}
    common = math.lcm(*numbers) * math.lcm(*filter(None, totals))
    factors = [
        [weight * common // (n * t) if t and n in numbers else 0 for t in totals for n in range(experts + 1)]
        for weight in weights
    ]
    cells = [total * (experts + 1) + n for n in given]
    places = _places(factors, cells, earned, below=2 * common + 1, largest=2 * experts * criteria)
    return np.where(np.array([t > 0 for t in totals])[total], places, -1)


def _product(times, table):
    """Sums of products of small whole numbers, which a float of 32 bits holds exactly.

    Not by the operator `@`, whose threads would wait for each other on a busy machine.
    """
    return np.einsum("re,ei->ri", times, table.astype(np.float32)).astype(np.int64)


def _totals(given, weights):
    """The sums of the weights of criteria that occur, and which of them each cell has."""
    answered = sum((n > 0).astype(np.int64) << c for c, n in enumerate(given))
    patterns, pattern = np.unique(answered, return_inverse=True)
    sums = [sum(w for c, w in enumerate(weights) if p >> c & 1) for p in patterns.tolist()]
    totals = sorted(set(sums))
    return totals, np.array([totals.index(s) for s in sums])[pattern.reshape(answered.shape)]


def _places(factors, cells, earned, *, below, largest):
    """Whole numbers that order as the sums of factors[cells] · earned, which are less than `below`.

    The sums are made digit by digit, in a base so large that none passes 62 bits before the carry; `largest` is what
    the earned numbers of a cell come to at most. If one digit holds them, they are given as they are.
    """
    bits = 62 - largest.bit_length()
    digits = np.zeros((-(-below.bit_length() // bits), *cells[0].shape), np.int64)
    for c, column in enumerate(factors):
        for k, digit in enumerate(digits):
            digit += np.array([f >> bits * k & (1 << bits) - 1 for f in column])[cells[c]] * earned[c]
    for digit, higher in pairwise(digits):
        higher += digit >> bits
        digit &= (1 << bits) - 1
    if len(digits) == 1:
        return digits[0]
    order = np.lexsort(digits, axis=-1)
    ordered = np.take_along_axis(digits, order[None], axis=-1)
    steps = (np.diff(ordered, axis=-1, prepend=0) != 0).any(axis=0)
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.cumsum(steps, axis=-1), axis=-1)
    return places
