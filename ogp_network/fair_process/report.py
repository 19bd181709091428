"""A case in words: what the page, the archive and the mails say of it."""

from dataclasses import dataclass

from .evidence import Evidence
from .gathering import Case
from .verdicts import Finding, Verdict
from .words import FIGURES, KINDS, REQUIREMENTS, STANDARDS, VERDICTS, words_of_figure, words_of_warning

# How much of what shows something the page lists; the archive has all of it.
SHOWN = 8
SIGNS = {
    Verdict.MET: ("check", "status-good"),
    Verdict.FALLING_SHORT: ("warning", "status-wait"),
    Verdict.NOT_MET: ("flag", "status-bad"),
    Verdict.NOT_DUE: ("clock", "status-plain"),
}


@dataclass(frozen=True)
class Part:
    """A requirement, what was found of it, and the pages that show it."""

    finding: Finding
    pages: list[Evidence]

    @property
    def title(self):
        return REQUIREMENTS[self.finding.requirement][0]

    @property
    def asks(self):
        return REQUIREMENTS[self.finding.requirement][1]

    @property
    def verdict(self):
        return VERDICTS[self.finding.verdict]

    @property
    def sign(self):
        return SIGNS[self.finding.verdict][0]

    @property
    def look(self):
        return SIGNS[self.finding.verdict][1]

    @property
    def warning(self):
        return words_of_warning(self.finding) if self.finding.is_warning else ""

    @property
    def figures(self):
        return [(FIGURES[name], words_of_figure(value)) for name, value in self.finding.figures]

    @property
    def evidence(self):
        return [(KINDS[page.kind], page) for page in self.pages]

    @property
    def shown(self):
        return self.evidence[:SHOWN]

    @property
    def left(self):
        return max(len(self.pages) - SHOWN, 0)


@dataclass(frozen=True)
class Standard:
    """One of the five standards with its requirements."""

    number: int
    title: str
    parts: list[Part]


def report(case: Case) -> list[Standard]:
    parts = [Part(finding, case.evidence[finding.requirement]) for finding in case.findings]
    return [
        Standard(number, title, [part for part in parts if part.finding.standard == number])
        for number, title in STANDARDS.items()
    ]


def warnings(case: Case) -> list[tuple[Finding, str]]:
    """What somebody can still do something about, in words, the most urgent first."""
    return [(finding, words_of_warning(finding)) for finding in case.warnings]
