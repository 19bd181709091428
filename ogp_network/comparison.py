"""What changed between two texts, word by word, in passages that a person can read."""

import re

SAME, REMOVED, ADDED = "same", "removed", "added"
# A word or a mark, with the space after it.
TOKEN = re.compile(r"(\w+(?:[’'\-]\w+)*|[^\w\s])(\s*)")

SENTENCE_ENDS = {".", "!", "?"}


def compare(before: str, after: str) -> list[tuple[str, str]]:
    """Pairs of "same", "removed" or "added" and a passage, in reading order.

    The passages that are not added make `before`, those that are not removed make `after`; but for the space
    between words, which is mostly that of `after`. It takes at most milliseconds, whatever the texts are.
    """
    old, new = TOKEN.findall(before.strip()), TOKEN.findall(after.strip())
    return _passages(_readable(_runs(old, new)))


def is_same(before: str, after: str) -> bool:
    """Whether the texts differ by the space between their words at most."""
    return before.split() == after.split()


def _runs(old, new):
    """Pairs of what stands before and after, in reading order: equal words and what was changed, by turns.

    The first and the last are equal words, perhaps none.
    """
    runs, i, j = [([], [])], 0, 0
    for to_i, to_j in [*_common(old, new), (len(old), len(new))]:
        if i < to_i or j < to_j:
            runs += [(old[i:to_i], new[j:to_j]), ([], [])]
        runs[-1][0].extend(old[to_i : to_i + 1])
        runs[-1][1].extend(new[to_j : to_j + 1])
        i, j = to_i + 1, to_j + 1
    for index in range(1, len(runs), 2):
        _end_with_mark(runs[index - 1], runs[index], runs[index + 1])
    return runs


def _end_with_mark(before, change, after):
    """Where a sentence was only added, or only removed, have the change end with its full stop, not begin with one."""
    for side, other in ((0, 1), (1, 0)):
        if not change[other] and change[side] and after[side]:
            mark = change[side][0][0]
            if before[0] and mark in SENTENCE_ENDS and mark == after[side][0][0]:
                change[side].append(after[side].pop(0))
                before[side].append(change[side].pop(0))
                before[other].append(after[other].pop(0))


def _common(old, new):
    """Positions in both of the words of a longest common subsequence.

    What both begin and end with is taken as it is, which reads best. Between, the rows of the usual table are kept as
    the bits of one integer each (Crochemore et al., 2001), so that 5,000 equal words on both sides are no trouble.
    """
    old, new = [word for word, _ in old], [word for word, _ in new]
    shorter = min(len(old), len(new))
    head = next((k for k in range(shorter) if old[k] != new[k]), shorter)
    rest = shorter - head
    tail = next((k for k in range(rest) if old[-1 - k] != new[-1 - k]), rest)
    between = _longest(old[head : len(old) - tail], new[head : len(new) - tail])
    return [
        *((k, k) for k in range(head)),
        *((i + head, j + head) for i, j in between),
        *((len(old) - k, len(new) - k) for k in range(tail, 0, -1)),
    ]


def _longest(old, new):
    places = {}
    for j, word in enumerate(new):
        places[word] = places.get(word, 0) | 1 << j
    full = (1 << len(new)) - 1
    row, rows = full, []
    for word in old:
        matched = row & places.get(word, 0)
        row = ((row + matched) | (row - matched)) & full
        rows.append(row)
    pairs, j = [], len(new) - 1
    for i in range(len(old) - 1, -1, -1):
        # A bit is clear where the row's longest common subsequence grows by that word.
        while j >= 0 and rows[i] >> j & 1:
            j -= 1
        if j < 0:
            break
        if i and not rows[i - 1] >> j & 1:
            continue
        pairs.append((i, j))
        j -= 1
    return pairs[::-1]


def _readable(runs):
    """Join changes that only a few words part, fewer letters than there are in the changes on either side."""
    joined, size = runs[:2], _letters(*runs[1:2])
    for same, change in zip(runs[2:-1:2], runs[3::2], strict=True):
        if _letters(same) <= min(size, _letters(change)):
            for side in (0, 1):
                joined[-1][side].extend(same[side] + change[side])
            size += _letters(same) + _letters(change)
        else:
            joined += [same, change]
            size = _letters(change)
    return joined + runs[-1:] if len(runs) > 1 else joined


def _letters(*runs):
    """How long the longer side is."""
    return sum(max(sum(len(word) for word, _ in side) for side in run) for run in runs)


def _passages(runs):
    passages = []
    for index, (gone, come) in enumerate(runs):
        stay = [(word, space or old[1]) for old, (word, space) in zip(gone, come, strict=False)]
        sides = [(REMOVED, gone), (ADDED, come)] if index % 2 else [(SAME, stay)]
        passages += [(kind, "".join(map("".join, tokens))) for kind, tokens in sides if tokens]
    return passages
