"""Recount a shortlist's ranking: python3 recount_shortlist.py FOLDER (Python alone, the published files alone).

Prints ranking.csv as the method, criteria, ideas and scores give it. Says what differs from what was published, and
then ends with status 1.
"""

import csv
import io
import json
import math
import struct
import sys
from collections import Counter
from fractions import Fraction
from hashlib import sha256
from itertools import count, islice
from pathlib import Path

# A count of half-points, which is twice the number of experts at most, has 16 bits in the long numbers below.
BITS = 16


def rows(name):
    return csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"), newline=""))


def plain(cell):
    return cell.removeprefix("'")


def safe(text):
    beginnings = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'")
    return f"'{text}" if text.startswith(beginnings) else text


def decimals(value, places):
    if value is None:
        return None
    digits = str(math.floor(value * 10**places + Fraction(1, 2))).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}"


def result(idea):
    """An idea's score, agreement, means in the order of the weights, and number of scorers."""
    columns = [[sheet[idea, c] for sheet in answers.values() if (idea, c) in sheet] for c in weights]
    means = [Fraction(sum(given), 2 * len(given)) if given else None for given in columns]
    answered = [
        (weight, mean) for weight, mean in zip(weights.values(), means, strict=True) if mean is not None
    ]
    total = sum(weight for weight, _ in answered)
    score = 100 * sum(weight * mean for weight, mean in answered) / Fraction(total) if total else None
    shares = [Fraction(max(Counter(given).values()), len(given)) for given in columns if given]
    agreement = sum(shares) / Fraction(len(shares)) if shares else None
    return (
        score,
        agreement,
        means,
        sum(any((idea, c) in sheet for c in weights) for sheet in answers.values()),
    )


def draws(seed, below):
    limit = 2**32 - 2**32 % below
    for block in count():
        for word in struct.unpack(">8I", sha256(f"{seed}/{block}".encode()).digest()):
            if word < limit:
                yield word % below


def long_number(values):
    return sum(value << BITS * at for at, value in enumerate(values))


def unpacked(number, length):
    return struct.unpack(f"<{length}H", number.to_bytes(length * BITS // 8, "little"))


def bootstrap(ideas, places, seed, replicates):
    """For each idea the ranks it has in the replicates, and the sum of its shares in the first places."""
    cells = [(idea, c) for idea in ideas for c in sorted(weights)]
    experts = sorted([sheet.get(cell, -1) for cell in cells] for sheet in answers.values())
    given = [long_number(value >= 0 for value in sheet) for sheet in experts]
    points = [long_number(max(value, 0) for value in sheet) for sheet in experts]
    common, digits = math.lcm(*range(1, len(experts) + 1)), 1 + 2 * sum(weights.values()).bit_length()
    ordered = [weights[c] for c in sorted(weights)]
    stream, ranks, shares = draws(seed, len(experts)), {idea: [] for idea in ideas}, Counter()
    for _ in range(replicates):
        drawn = list(islice(stream, len(experts)))
        numbers = unpacked(sum(given[e] for e in drawn), len(cells))
        sums = unpacked(sum(points[e] for e in drawn), len(cells))
        keys = []
        for at in range(0, len(cells), len(ordered)):
            total = earned = 0
            for weight, n, s in zip(
                ordered, numbers[at : at + len(ordered)], sums[at : at + len(ordered)], strict=True
            ):
                if n:
                    total += weight
                    earned += weight * (common // n) * s
            # So many binary digits of the score that two different ones can't have the same.
            keys.append((earned << digits) // total if total else -1)
        scored = sorted((key for key in keys if key >= 0), reverse=True)
        tied, rank = Counter(scored), {-1: len(scored) + 1}
        for at, key in enumerate(scored, start=1):
            rank.setdefault(key, at)
        for idea, key in zip(ideas, keys, strict=True):
            ranks[idea].append(rank[key])
            if key >= 0 and rank[key] <= places:
                shares[idea] += min(Fraction(1), Fraction(places + 1 - rank[key], tied[key]))
    return ranks, shares


def certainty(ranks, shares, replicates):
    """The last four cells of an idea's row."""
    low, high = (sorted(ranks)[math.ceil(Fraction(replicates * part, 100)) - 1] for part in (5, 95))
    chance = Fraction(shares) / replicates
    outer = "clear_out" if chance <= Fraction(1, 10) else "borderline"
    return [low, high, decimals(chance, 4), "clear_in" if chance >= Fraction(9, 10) else outer]


def ranking():
    method = json.loads(files["method.json"])
    ideas = {int(row["number"]): row for row in rows("ideas.csv")}
    results = {idea: result(idea) for idea in ideas}
    replicates = method["replicates"]
    if len(answers) > 1:
        ranks, shares = bootstrap(sorted(ideas), method["places"], method["seed"], replicates)
    scores = [score for score, *_ in results.values() if score is not None]
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n").writerow
    means = [safe(f"mean {c}") for c in weights]
    heading = ["rank", "idea", "title", "score", "score_exact", "agreement", *means, "scorers", "excluded"]
    write([*heading, "low_rank", "high_rank", "probability", "band"])
    for idea in sorted(
        ideas, key=lambda i: (results[i][0] is None, -(results[i][0] or 0), -(results[i][1] or 0), i)
    ):
        score, agreement, means, scorers = results[idea]
        rank = None if score is None else 1 + sum(other > score for other in scores)
        cells = [
            rank,
            idea,
            safe(plain(ideas[idea]["title"])),
            decimals(score, 2),
            score,
            decimals(agreement, 4),
        ]
        # One expert's answers don't say how far another's would lie from them.
        is_sure = score is not None and len(answers) > 1
        last = certainty(ranks[idea], shares[idea], replicates) if is_sure else [None] * 4
        write([*cells, *(decimals(mean, 4) for mean in means), scorers, int(ideas[idea]["excluded"]), *last])
    return out.getvalue().encode()


files = {path.name: path.read_bytes() for path in Path(sys.argv[1]).iterdir() if path.is_file()}
weights = {plain(row["slug"]): int(row["weight"]) for row in rows("criteria.csv")}
answers = {}
for row in rows("scores.csv"):
    if row["half_points"]:
        sheet = answers.setdefault(plain(row["expert"]), {})
        sheet[int(row["idea"]), plain(row["criterion"])] = int(row["half_points"])
recounted = ranking()
sys.stdout.buffer.write(recounted)
sums = dict(line.split("  ")[::-1] for line in files.get("SHA256SUMS", b"").decode().splitlines())
faults = [
    f"{name} isn't the file that was published."
    for name in sums
    if sha256(files.get(name, b"")).hexdigest() != sums[name]
]
if files.get("ranking.csv") != recounted:
    faults.append("The ranking above isn't the one that was published.")
sys.exit("\n".join(faults) or None)
