"""Read the published files of a shortlist's working, and recount them."""

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import zip_longest

from ogp_network.safe_csv import text as unsafe

from .panel import RULE_VERSION
from .working import (
    CHECKSUMS,
    CRITERIA,
    HEADERS,
    IDEAS,
    METHOD,
    RANKING,
    SCORES,
    Criterion,
    Idea,
    Working,
    ranking,
)

MEGABYTE = 1024 * 1024
MAX_BYTES = 20 * MEGABYTE
# Beyond these a recount would take too long or too much memory; no round comes near.
MAX_IDEAS = 5000
MAX_CRITERIA = 30
MAX_REPLICATES = 20_000
MAX_CELLS = 20_000_000
NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")


class Broken(Exception):
    """The files can't be recounted; `str(error)` says which of them is wrong, where, and how."""


@dataclass(frozen=True)
class Recount:
    """The ranking that the files give, and in words each way in which it, or a file, isn't what was published."""

    ranking: bytes
    differences: tuple[str, ...]


def recount(named: Mapping[str, bytes]) -> Recount:
    """Recount from the method, criteria, ideas and scores alone, then compare. Raise Broken."""
    recounted = ranking(read(named))
    return Recount(recounted, (*_checksum_faults(named), *_ranking_faults(named.get(RANKING), recounted)))


def read(named: Mapping[str, bytes]) -> Working:
    """The working in files by their names. Raise Broken."""
    method = _method(_text(named, METHOD))
    criteria, ideas = _criteria(named), _ideas(named)
    if (
        len(ideas) > MAX_IDEAS
        or len(criteria) > MAX_CRITERIA
        or len(ideas) * method["replicates"] > MAX_CELLS
    ):
        raise Broken("There are too many ideas, criteria or replicates to recount.")
    answers = _answers(named, {idea.number for idea in ideas}, {criterion.slug for criterion in criteria})
    return Working(**method, criteria=criteria, ideas=ideas, answers=answers)


def _text(named, name):
    if name not in named:
        raise Broken(f"{name} is missing.")
    if len(named[name]) > MAX_BYTES:
        raise Broken(f"{name} is larger than {MAX_BYTES // MEGABYTE} MB.")
    try:
        # Some programs put a mark before what they save.
        return named[name].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Broken(f"{name} isn't text in UTF-8.") from error


def _method(text):
    try:
        plain = json.loads(text)
        json.dumps(plain, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Broken(f"{METHOD} isn't JSON in UTF-8.") from error
    kinds = {"rule_version": str, "seed": str, "replicates": int, "places": int, "round": str}
    for name, kind in kinds.items():
        if not isinstance(plain, dict) or type(plain.get(name)) is not kind:
            raise Broken(f"{METHOD} must say {name}, as {'text' if kind is str else 'a whole number'}.")
    if plain["rule_version"] != RULE_VERSION:
        raise Broken(
            f"{METHOD} names rule version {plain['rule_version']}; this program knows {RULE_VERSION}."
        )
    if not 1 <= plain["replicates"] <= MAX_REPLICATES:
        raise Broken(f"{METHOD}: replicates must be from 1 to {MAX_REPLICATES:,}.")
    if not 0 <= plain["places"] <= 10**9:
        raise Broken(f"{METHOD}: places can't be {plain['places']}.")
    return {name: plain[name] for name in kinds}


def _criteria(named):
    found = {}
    for where, (slug, name, weight) in _rows(named, CRITERIA):
        slug = unsafe(slug)
        if not slug or slug in found:
            raise Broken(f"{where}: {'the slug is missing' if not slug else f'“{slug}” stands there twice'}.")
        found[slug] = Criterion(slug, unsafe(name), _number(weight, where))
    return tuple(found.values())


def _ideas(named):
    found = {}
    for where, (number, title, excluded, outcome, place, reasons) in _rows(named, IDEAS):
        number = _number(number, where)
        if number in found:
            raise Broken(f"{where}: idea {number} stands there twice.")
        found[number] = Idea(
            number=number,
            title=unsafe(title),
            excluded=_number(excluded, where),
            outcome=unsafe(outcome),
            place=_number(place, where) if place else None,
            reasons=unsafe(reasons),
        )
    return tuple(found.values())


def _answers(named, ideas, criteria):
    answers = {}
    for where, (number, expert, slug, value) in _rows(named, SCORES):
        number, expert, slug = _number(number, where), unsafe(expert), unsafe(slug)
        if number not in ideas:
            raise Broken(f"{where}: there is no idea {number} in {IDEAS}.")
        if slug not in criteria:
            raise Broken(f"{where}: there is no criterion “{slug}” in {CRITERIA}.")
        if not expert:
            raise Broken(f"{where}: the expert is missing.")
        if value not in ("", "0", "1", "2"):
            raise Broken(f"{where}: half-points are 0, 1 or 2, or empty for “don’t know”, not “{value}”.")
        sheet = answers.setdefault(number, {}).setdefault(expert, {})
        if slug in sheet:
            raise Broken(f"{where}: {expert} has scored idea {number} by “{slug}” before.")
        sheet[slug] = int(value) if value else None
    return answers


def _number(cell, where):
    if not NUMBER.fullmatch(cell):
        raise Broken(f"{where}: “{cell[:40]}” isn't a whole number of at most nine digits.")
    return int(cell)


def _rows(named, name):
    """Where each row begins, in words, and its cells, as many as the heading has."""
    reader = csv.reader(io.StringIO(_text(named, name), newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            where = f"{name}, line {line}"
            if line == 1 and cells != HEADERS[name]:
                raise Broken(f"{where} must be: {','.join(HEADERS[name])}")
            if line > 1 and len(cells) != len(HEADERS[name]):
                raise Broken(f"{where}: there must be {len(HEADERS[name])} cells, not {len(cells)}.")
            if line > 1:
                yield where, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Broken(f"{name}, line {line} isn't CSV: {error}.") from error
    if line == 1:
        raise Broken(f"{name} is empty.")


def _checksum_faults(named):
    """Files that aren't those the list of checksums was made of."""
    if CHECKSUMS not in named:
        return [f"{CHECKSUMS} is missing, so files may have been changed."]
    faults, listed = [], set()
    for number, line in enumerate(named[CHECKSUMS].decode(errors="replace").splitlines(), start=1):
        digest, _, name = line.partition("  ")
        listed.add(name)
        if name not in named:
            faults.append(f"{CHECKSUMS}, line {number}: there is no file {name}.")
        elif sha256(named[name]).hexdigest() != digest:
            faults.append(f"{CHECKSUMS}, line {number}: {name} isn't the file that was published.")
    faults += [
        f"{CHECKSUMS} doesn't list {name}." for name in (*HEADERS, METHOD, RANKING) if name not in listed
    ]
    return faults


def _ranking_faults(published, recounted):
    """Lines of the published ranking that the recount gives otherwise."""
    if published is None:
        return [f"{RANKING} is missing; above is what the other files give."]
    pairs = zip_longest(*(content.split(b"\r\n") for content in (published, recounted)))
    return [
        f"{RANKING}, line {number}: published {_quoted(old)}, recounted {_quoted(new)}."
        for number, (old, new) in enumerate(pairs, start=1)
        if old != new
    ]


def _quoted(line):
    return "nothing" if line is None else f"“{line.decode(errors='replace')[:200]}”"
