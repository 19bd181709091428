import json
from pathlib import Path
from random import Random
from time import process_time

import pytest

from manifesto.balance import PHRAGMEN, SUPPORTERS, Shared, equal_shares, sequential_pav

INSTANCES = [
    json.loads(line)
    for line in (Path(__file__).parent / "abcvoting/instances.jsonl").read_text().splitlines()
]
RULES = {
    "sequential PAV": sequential_pav,
    "equal shares, completed by Phragmén": lambda ballots, places: equal_shares(ballots, places).ideas,
    "equal shares, completed by supporters": lambda ballots, places: (
        equal_shares(ballots, places, completion=SUPPORTERS).ideas
    ),
}


def ballots(*groups):
    """Ballots of pairs of a number of voters and a set of ideas."""
    voters = [ballot for number, ballot in groups for _ in range(number)]
    return dict(enumerate(voters))


@pytest.mark.parametrize("position, rule", enumerate(RULES), ids=RULES)
def test_ours_is_among_the_tied_results_of_abcvoting(position, rule):
    assert len(INSTANCES) == 480
    wrong = []
    for name, places, profile, *results in INSTANCES:
        chosen = set(RULES[rule](dict(enumerate(map(set, profile))), places))
        supported = {idea for ballot in profile for idea in ballot}
        tied = [set(result) & supported for result in results[position]]
        if chosen not in tied or len(chosen) != min(places, len(supported)):
            wrong.append(name)
    assert wrong == []


def test_minorities_get_their_share():
    # Two thirds support 1 to 6, one third 7 to 9: of three places plain counting gives them none.
    votes = ballots((60, {1, 2, 3, 4, 5, 6}), (30, {7, 8, 9}))
    assert sequential_pav(votes, 3) == [1, 2, 7]
    assert equal_shares(votes, 3) == Shared(paid=(1, 2, 7), completed=())


def test_of_equal_claims_more_supporters_come_first_then_the_lower_number():
    # After 1, both 2 and 3 gain as much: two new voters, or four who have one already.
    votes = ballots((4, {1, 3}), (2, {2}), (1, {1}))
    assert sequential_pav(votes, 2) == [1, 3]
    assert sequential_pav(ballots((2, {8, 5}), (2, {9, 4})), 2) == [4, 5]
    assert equal_shares(ballots((2, {8, 5}), (2, {9, 4})), 2).ideas == (4, 5)


def test_places_nobody_can_pay_for_go_by_the_completion():
    votes = ballots((3, {1, 2}), (2, {3}), (2, {4}))
    # A share is 3/7: nobody but the supporters of 1 has 1 together, and they have 2/21 each left.
    assert equal_shares(votes, 3, completion=SUPPORTERS) == Shared(paid=(1,), completed=(2, 3))
    # The supporters of 3 and of 4 need 1/14 more, those of 2 need 5/21.
    assert equal_shares(votes, 3, completion=PHRAGMEN) == Shared(paid=(1,), completed=(3, 4))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize(
    "votes, places, number",
    [({}, 3, 0), (ballots((2, set())), 3, 0), (ballots((1, {1})), 0, 0), (ballots((1, {1, 2})), 5, 2)],
)
def test_there_are_as_many_as_places_or_supported_ideas(rule, votes, places, number):
    assert len(rule(votes, places)) == number


def test_the_order_of_voters_does_not_matter():
    random = Random(1)
    voters = [set(random.sample(range(1, 12), random.randint(0, 5))) for _ in range(60)]
    shuffled = random.sample(voters, len(voters))
    for rule in RULES.values():
        assert rule(dict(enumerate(shuffled)), 5) == rule(dict(enumerate(voters)), 5)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_5000_voters_and_500_ideas_take_two_seconds_at_most(rule):
    random = Random(1)
    popularity = [1 / (1 + idea / 20) for idea in range(500)]
    votes = {
        voter: set(random.choices(range(500), popularity, k=random.randint(1, 40))) for voter in range(5000)
    }
    start = process_time()
    rule(votes, 10)
    assert process_time() - start < 2
