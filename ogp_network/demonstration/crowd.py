"""A crowd's worth of made-up ideas, to measure with: words as often as people use them, and no sense."""

import random
import re
import tomllib
from datetime import timedelta
from itertools import accumulate
from pathlib import Path

from manifesto.models import (
    Assessment,
    Authorship,
    Criterion,
    ExpertTerm,
    Idea,
    Lexeme,
    Revision,
    Round,
    Score,
    Tally,
    Theme,
    Vote,
)
from manifesto.models.revision import WORDING
from manifesto.vocabularies import Level, OGPValue
from profiles.models import Member
from profiles.vocabularies import Area

HERE = Path(__file__).resolve().parent
SYLLABLES = [
    "ab",
    "an",
    "ard",
    "bal",
    "bec",
    "bor",
    "cal",
    "cor",
    "dun",
    "el",
    "fen",
    "gar",
    "hol",
    "ing",
    "kel",
    "lan",
    "mar",
    "nor",
    "ock",
    "pen",
    "rud",
    "sal",
    "tor",
    "ul",
    "ven",
    "wick",
]


class Language:
    """Words drawn as often as the demonstration's ideas use them, with now and then a name that few use."""

    def __init__(self, chance):
        self.chance = chance
        texts = (HERE / "rounds" / f"{name}.toml" for name in ("uk", "nation", "earlier"))
        ideas = [idea for text in texts for idea in tomllib.loads(text.read_text())["idea"]]
        words = [
            word for idea in ideas for name in WORDING for word in re.findall(r"[a-z]+", idea[name].lower())
        ]
        self.common = words
        names = {"".join(chance.choices(SYLLABLES, k=3)) for _ in range(15_000)}
        self.rare = sorted(names)
        # The nth name is used as often as 1/n: Zipf's law.
        self.shares = list(accumulate(1 / n for n in range(1, len(self.rare) + 1)))

    def words(self, number):
        words = self.chance.choices(self.common, k=number)
        names = self.chance.choices(self.rare, cum_weights=self.shares, k=number)
        return [
            name if self.chance.random() < 0.04 else word for word, name in zip(words, names, strict=True)
        ]

    def title(self):
        return " ".join(self.words(self.chance.randint(6, 12))).capitalize()[:120]

    def paragraph(self, number):
        return " ".join(self.words(number)).capitalize() + "."


def load_crowd(*, ideas, now, seed="crowd", tallies=True):
    """Make a round, taking ideas at `now`, with so many public ideas; the same every time.

    Unless votes are to follow, it has the `tallies` of votes that there aren't.
    """
    chance = random.Random(seed)
    language = Language(chance)
    round = _round(now)
    themes = [
        Theme.objects.create(round=round, name=f"Theme {n}", slug=f"theme-{n}", position=n) for n in range(10)
    ]
    for start in range(0, ideas, 1000):
        numbers = range(start + 1, min(start + 1000, ideas) + 1)
        written = [_idea(number, round, themes, language, now) for number in numbers]
        _write(written, now)
        if tallies:
            supporters = [int(chance.paretovariate(0.8)) for _ in written]
            Tally.objects.bulk_create(
                Tally(idea=idea, supporters=number) for idea, number in zip(written, supporters, strict=True)
            )
    Lexeme.objects.count_again()
    return round


def _round(now):
    day = timedelta(days=1)
    return Round.objects.create(
        title="A crowd",
        slug="crowd",
        summary="Made up to measure with.",
        introduction="Made up to measure with.",
        announced_at=now - 50 * day,
        ideas_open_at=now - 50 * day,
        ideas_close_at=now + 50 * day,
        votes_open_at=now - 50 * day,
        votes_close_at=now + 60 * day,
        scoring_open_at=now + 60 * day,
        scoring_close_at=now + 90 * day,
    )


def _idea(number, round, themes, language, now):
    chance = language.chance
    written_at = now - timedelta(minutes=chance.randint(1, 60_000))
    return Idea(
        round=round,
        number=number,
        submitted_at=written_at,
        published_at=written_at,
        title=language.title(),
        why=language.paragraph(chance.randint(40, 120)),
        how=language.paragraph(chance.randint(40, 120)),
        difference=language.paragraph(chance.randint(30, 90)),
        theme=chance.choice(themes),
        level=chance.choice(Level.values),
        areas=chance.sample(Area.values, k=chance.choice([0, 0, 1, 1, 2])),
        ogp_values=chance.sample(OGPValue.values[:3], k=chance.choice([1, 1, 2])),
        policy_areas=[],
    )


def _write(ideas, now):
    Idea.objects.bulk_create(ideas)
    Authorship.objects.bulk_create(
        Authorship(idea=idea, credited_as=f"Author {idea.number}", accepted_at=now) for idea in ideas
    )
    Revision.objects.bulk_create(
        Revision(
            idea=idea, number=1, wording=1, edited_at=now, **{name: getattr(idea, name) for name in WORDING}
        )
        for idea in ideas
    )


def load_panel(*, ideas, experts, now, criteria=6, voters=1000, seed="panel"):
    """Make a round whose ideas so many experts have scored by so many criteria, and voters support."""
    chance = random.Random(seed)
    round = load_crowd(ideas=ideas, now=now)
    votes_closed = now - timedelta(days=1)
    Round.objects.filter(pk=round.pk).update(
        ideas_close_at=votes_closed,
        votes_close_at=votes_closed,
        scoring_open_at=votes_closed,
        scoring_close_at=now + timedelta(days=1),
        shortlist_target=max(1, ideas // 10),
    )
    round.refresh_from_db()
    revisions = list(Revision.objects.filter(idea__round=round))
    _score(round, revisions, chance, experts, criteria, now)
    _vote(revisions, chance, voters, now)
    return round


def _people(number, name):
    return Member.objects.bulk_create(
        Member(email=f"{name}-{at}@example.org", display_name=f"{name} {at}", password="!")
        for at in range(number)
    )


def _score(round, revisions, chance, panel, criteria, now):
    criteria = Criterion.objects.bulk_create(
        Criterion(round=round, name=f"Criterion {at}", slug=f"criterion-{at}", weight=at + 1, position=at)
        for at in range(criteria)
    )
    terms = ExpertTerm.objects.bulk_create(
        ExpertTerm(round=round, member=member, starts_on=now.date()) for member in _people(panel, "expert")
    )
    worth = [chance.random() for _ in revisions]
    assessments = Assessment.objects.bulk_create(
        Assessment(term=term, revision=revision, saved_at=now) for revision in revisions for term in terms
    )
    Score.objects.bulk_create(
        (
            Score(
                assessment=assessment,
                criterion=criterion,
                half_points=_half_points(chance, worth[at // panel]),
            )
            for at, assessment in enumerate(assessments)
            for criterion in criteria
        ),
        batch_size=10_000,
    )


def _half_points(chance, worth):
    if chance.random() < 0.05:
        return None
    return sum(chance.random() < worth for _ in range(2))


def _vote(revisions, chance, voters, now):
    Vote.objects.bulk_create(
        Vote(member=member, idea_id=revision.idea_id, revision=revision, cast_at=now)
        for member in _people(voters, "voter")
        for revision in chance.sample(revisions, k=min(len(revisions), chance.choice([1, 2, 3, 5, 8, 20])))
    )
