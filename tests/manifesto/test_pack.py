"""The presentation pack: the published shortlist as a document to hand over, and nothing before."""

import pytest
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Phase
from tests.factories import make_criterion, make_decision, make_idea, make_organisation, make_round

pytestmark = pytest.mark.django_db


def address(round):
    return reverse("manifesto:pack", args=[round.slug])


def decided_round(*, ideas=3, **fields):
    round = make_round(**{"phase": Phase.SHORTLISTED, **fields})
    make_criterion(round=round)
    for number in range(1, ideas + 1):
        idea = make_idea(
            round=round,
            organisation=make_organisation(name=f"Behind {number}"),
            evidence_links=[f"https://example.org/{number}"],
        )
        make_decision(
            idea=idea,
            position=number if number < 3 else None,
            outcome="accepted" if number < 3 else "deferred",
            reasons=f"<i>Reason</i> {number}.",
        )
    return round


def test_pack_has_every_idea_with_its_reasons_in_order(visitor):
    round = decided_round()
    round.freeze_working(now=timezone.now())
    text = visitor.get(address(round)).content.decode()
    wanted = [f"&lt;i&gt;Reason&lt;/i&gt; {number}." for number in (1, 2, 3)]
    assert sorted(wanted, key=text.index) == wanted
    assert ("Behind 1" in text, ">https://example.org/2</a>" in text, "<i>Reason" in text) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize("phase", list(Phase))
def test_pack_is_found_once_the_shortlist_is_public(phase, visitor):
    round = decided_round(phase=phase)
    is_public = phase in (Phase.SHORTLISTED, Phase.PRESENTED)
    if is_public:
        round.freeze_working(now=timezone.now())
    answer = visitor.get(address(round))
    assert (answer.status_code, "Reason" in answer.content.decode()) == (
        (200, True) if is_public else (404, False)
    )


def test_pack_of_an_unannounced_round_is_not_found(visitor):
    assert visitor.get(address(decided_round(announced_at=None))).status_code == 404


@pytest.mark.parametrize("ideas", [1, 30])
def test_pack_costs_a_fixed_number_of_queries(ideas, visitor, django_assert_num_queries):
    round = decided_round(ideas=ideas)
    round.freeze_working(now=timezone.now())
    with django_assert_num_queries(6):
        assert visitor.get(address(round)).status_code == 200
