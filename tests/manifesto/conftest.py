import pytest
from django.utils import timezone

from manifesto.models import Phase
from tests.factories import make_criterion, make_idea, make_round, make_term, make_theme


@pytest.fixture
def scored_round(db):
    """A round in prioritisation with three ideas, numbered 1 to 3, and two criteria of weights 2 and 1."""
    round = make_round(phase=Phase.PRIORITISATION, title="An open Wales", slug="wales")
    make_theme(round=round)
    make_criterion(round=round, name="Lens", slug="lens", weight=2)
    make_criterion(round=round, name="Verifiable", slug="verifiable", weight=1)
    for number in (1, 2, 3):
        make_idea(round=round, title=f"Idea number {number}")
    return round


@pytest.fixture
def term(scored_round, expert):
    """The term of `expert` on the round's expert group."""
    return make_term(round=scored_round, member=expert)


@pytest.fixture
def assess():
    """Give a term's scores for some ideas, by default all of them, in the order of the criteria."""

    def assess(term, *half_points, ideas=None, now=None):
        criteria = term.round.criteria.all()
        for idea in ideas or term.ideas_to_score():
            scores = dict(zip(criteria, half_points, strict=True))
            term.assess(idea, scores, now=now or timezone.now())

    return assess
