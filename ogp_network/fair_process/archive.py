"""A case as an archive of files: the same bytes for the same facts on the same day, in the same language."""

import json
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from manifesto.working import CHECKSUMS, zipped
from profiles.feeds import LICENCE
from profiles.vocabularies import language_tag

from ..safe_csv import lines
from .gathering import Case
from .report import report, warnings
from .words import STANDARDS_ADDRESS, STANDARDS_NAME


def archive_of(case: Case) -> bytes:
    """A zip of the page, the figures, the list of evidence and everything's checksums."""
    files = {
        "fair-process.html": _page(case),
        "figures.json": _json(_figures(case)),
        "figures.csv": _csv(
            [("standard", "requirement", "verdict", "due_on", "figure", "value"), *_rows(case)]
        ),
        "evidence.csv": _csv([("standard", "requirement", "kind", "title", "address", "day"), *_pages(case)]),
    }
    sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    return zipped({**files, CHECKSUMS: sums.encode()})


def _page(case):
    context = {
        "round": case.round,
        "today": case.facts.today,
        "standards": report(case),
        "warnings": warnings(case),
        "language": language_tag(get_language()),
        "site": settings.SITE_URL,
        "css": _css(),
        "standards_name": STANDARDS_NAME,
        "standards_address": STANDARDS_ADDRESS,
        "licence": LICENCE,
    }
    return render_to_string("fair_process/document.html", context).encode()


@cache
def _css():
    return mark_safe(Path(__file__).with_name("document.css").read_text())


def _figures(case):
    round, facts = case.round, case.facts
    return {
        "round": {"title": round.title, "address": settings.SITE_URL + round.get_absolute_url()},
        "day": facts.today,
        "standards": {"name": STANDARDS_NAME, "address": STANDARDS_ADDRESS},
        "licence": LICENCE,
        "process": {"from": facts.announced_on, "to": facts.ends_on},
        "requirements": [
            {
                "standard": finding.standard,
                "requirement": finding.requirement,
                "verdict": finding.verdict,
                "due_on": finding.due_on,
                "figures": dict(finding.figures),
            }
            for finding in case.findings
        ],
    }


def _json(value):
    return (json.dumps(value, default=_plain, ensure_ascii=False, indent=2) + "\n").encode()


def _plain(value):
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} is no plain value")


def _rows(case):
    for finding in case.findings:
        begin = (finding.standard, finding.requirement, finding.verdict.value, finding.due_on)
        for figure in finding.figures or [("", None)]:
            yield *begin, *figure


def _pages(case):
    for finding in case.findings:
        for page in case.evidence[finding.requirement]:
            begin = (finding.standard, finding.requirement, page.kind, page.title)
            yield *begin, settings.SITE_URL + page.address, page.on


def _csv(rows):
    return "".join(lines(rows)).encode()
