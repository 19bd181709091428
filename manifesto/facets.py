"""How many ideas each choice of each filter would leave: plain values in, plain values out."""

from collections import Counter


def count(groups, chosen):
    """Count the ideas for each code of each facet, and those that all of `chosen` leaves.

    `groups` yields pairs of {facet: the codes that these ideas have} and their number; `chosen` is {facet: code}. A
    facet's own choice doesn't narrow its counts, so that they say what choosing another code would show.
    """
    counts, total = {}, 0
    for codes, number in groups:
        missed = [facet for facet, code in chosen.items() if code not in codes[facet]]
        if len(missed) > 1:
            continue
        total += 0 if missed else number
        for facet in missed or codes:
            tally = counts.setdefault(facet, Counter())
            for code in codes[facet]:
                tally[code] += number
    return counts, total
