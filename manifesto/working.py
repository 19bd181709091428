"""The published working of a shortlist: files from which anybody can recount the ranking, and the recount.

All are UTF-8. CSV rows end in CR LF, and a cell of free text that a spreadsheet could take for a formula, or that
begins with an apostrophe, has an apostrophe put before it, which reading takes away again.
"""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import count

from ogp_network.safe_csv import cell as safe
from ogp_network.safe_csv import text as unsafe

from .panel import Certainty, bootstrap
from .ranking import Result, fixed, rank

METHOD, CRITERIA, IDEAS, SCORES, RANKING = (
    "method.json",
    "criteria.csv",
    "ideas.csv",
    "scores.csv",
    "ranking.csv",
)
CHECKSUMS = "SHA256SUMS"
PSEUDONYM = "Expert "
NAMES = [METHOD, CRITERIA, IDEAS, SCORES, RANKING, CHECKSUMS]
HEADERS = {
    CRITERIA: ["slug", "name", "weight"],
    IDEAS: ["number", "title", "excluded", "outcome", "place", "reasons"],
    SCORES: ["idea", "expert", "criterion", "half_points"],
}


@dataclass(frozen=True)
class Criterion:
    slug: str
    name: str
    weight: int


@dataclass(frozen=True)
class Idea:
    """An idea as it was decided: `excluded` counts the experts kept from scoring it, `place` is on the shortlist."""

    number: int
    title: str
    excluded: int = 0
    outcome: str = ""
    place: int | None = None
    reasons: str = ""


@dataclass(frozen=True)
class Working:
    """What a ranking was made from. `answers` have the shape `rank` takes, the experts under their published labels."""

    rule_version: str
    seed: str
    replicates: int
    places: int
    round: str
    criteria: tuple[Criterion, ...]
    ideas: tuple[Idea, ...]
    answers: Mapping

    @property
    def weights(self) -> dict[str, int]:
        return {criterion.slug: criterion.weight for criterion in self.criteria}


def files(working: Working) -> dict[str, bytes]:
    """The files to publish, by name, with a list of their SHA-256 as `sha256sum --check` reads it."""
    made = {
        METHOD: _method(working),
        CRITERIA: table(
            HEADERS[CRITERIA], ([safe(c.slug), safe(c.name), c.weight] for c in working.criteria)
        ),
        IDEAS: table(HEADERS[IDEAS], map(_idea_row, sorted(working.ideas, key=lambda idea: idea.number))),
        SCORES: table(HEADERS[SCORES], _score_rows(working)),
        RANKING: ranking(working),
    }
    return made | {CHECKSUMS: _checksums(made)}


def _checksums(files):
    summed = {name: content for name, content in files.items() if name != CHECKSUMS}
    return "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in summed.items()).encode()


def renamed(named: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    """The files of a working with another pseudonym in place of an expert's `name`, and what follows from that.

    Nothing is worked out from what experts are called, so the ranking stays as it is, to the letter.
    """
    header, *rows = csv.reader(io.StringIO(named[SCORES].decode(), newline=""))
    at = header.index("expert")
    taken = {unsafe(row[at]) for row in rows}
    pseudonym = next(label for label in map(pseudonym_at, count()) if label not in taken)
    for row in rows:
        row[at] = safe(pseudonym) if unsafe(row[at]) == name else row[at]
    rows.sort(key=lambda row: (int(row[0]), unsafe(row[at])))
    made = {**named, SCORES: table(header, rows)}
    return {**made, CHECKSUMS: _checksums(made)}


def sheets(scores: bytes) -> dict[str, dict]:
    """What each expert answered in a file of scores, by what they are called there.

    {(idea's number, criterion's slug): half-points, or None for "don't know"}
    """
    found = {}
    for number, expert, slug, value in list(csv.reader(io.StringIO(scores.decode(), newline="")))[1:]:
        answers = found.setdefault(unsafe(expert), {})
        answers[int(number), unsafe(slug)] = int(value) if value else None
    return found


def pseudonym_at(place: int) -> str:
    """Expert A to Expert Z, then AA, AB and so on."""
    return f"{PSEUDONYM}{_letters(place)}"


def _letters(at):
    return (_letters(at // 26 - 1) if at >= 26 else "") + chr(ord("A") + at % 26)


def zipped(named: Mapping[str, bytes]) -> bytes:
    """Files in one archive, the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in named.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def ranking(working: Working) -> bytes:
    """The ranking, best first, computed anew; decimals are rounded, a half upwards, `score_exact` is a fraction."""
    weights = working.weights
    answers = {idea.number: working.answers.get(idea.number, {}) for idea in working.ideas}
    certainty = bootstrap(
        answers, weights, places=working.places, seed=working.seed, replicates=working.replicates
    )
    ideas = {idea.number: idea for idea in working.ideas}
    header = [
        *("rank", "idea", "title", "score", "score_exact", "agreement"),
        *(safe(f"mean {slug}") for slug in weights),
        *("scorers", "excluded", "low_rank", "high_rank", "probability", "band"),
    ]
    rows = (
        _ranking_row(result, ideas[result.idea], certainty[result.idea]) for result in rank(answers, weights)
    )
    return table(header, rows)


def table(header, rows) -> bytes:
    """A CSV file of cells that are safe already; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _method(working):
    plain = {
        name: getattr(working, name) for name in ("rule_version", "seed", "replicates", "places", "round")
    }
    return (json.dumps(plain, ensure_ascii=False, indent=2) + "\n").encode()


def _idea_row(idea):
    outcome, reasons = safe(idea.outcome), safe(idea.reasons)
    return [idea.number, safe(idea.title), idea.excluded, outcome, idea.place, reasons]


def _score_rows(working):
    """By idea, expert and criterion; "don't know" is an empty cell, no answer is no row."""
    for number, panel in sorted(working.answers.items()):
        for expert, sheet in sorted(panel.items()):
            for slug in working.weights:
                if slug in sheet:
                    yield [number, safe(expert), safe(slug), sheet[slug]]


def _ranking_row(result: Result, idea: Idea, certainty: Certainty):
    return [
        result.rank,
        result.idea,
        safe(idea.title),
        _decimals(result.score, 2),
        result.score,
        _decimals(result.agreement, 4),
        *(_decimals(mean, 4) for mean in result.means.values()),
        result.scorers,
        idea.excluded,
        certainty.low_rank,
        certainty.high_rank,
        _decimals(certainty.probability, 4),
        certainty.band,
    ]


def _decimals(value, places):
    return None if value is None else fixed(value, places)
