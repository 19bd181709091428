"""A picture of the network: the counts, their tables, and what they cost."""

from datetime import date

import pytest
from django.utils import timezone

from profiles.models import OrganisationProposal
from profiles.vocabularies import TILES, Area
from tests.factories import make_member, make_organisation, make_profile

PAGE = "/network/"
SCOTLAND, WALES = "S92000003", "W92000004"


def bars(response, name):
    return [(bar.label, bar.value) for bar in response.context[name].bars]


def places(response):
    return {tile.code: tile.value for tile in response.context["places"].tiles if tile.value}


def test_map_has_every_place_on_a_square_of_its_own():
    assert sorted(code for code, *_ in TILES) == sorted(Area.values)
    assert len({(column, row) for *_, column, row in TILES}) == len(Area)


def test_picture_counts_places_types_and_years(visitor, db):
    first = make_organisation(areas=[SCOTLAND, WALES], member_since=date(2012, 3, 1))
    make_organisation(areas=[WALES], kind="party")
    make_organisation(member_since=date(2014, 1, 1))
    make_profile(organisation=first)
    make_profile(organisation=first, published=False)
    response = visitor.get(PAGE)
    assert places(response) == {SCOTLAND: 1, WALES: 2}
    assert bars(response, "kinds") == [("Charity", 2), ("Political party", 1)]
    assert bars(response, "joined") == [("2012", 1), ("2013", 0), ("2014", 1)]
    assert bars(response, "stories") == [(str(timezone.now().year), 1)]
    html = response.content.decode()
    assert [html.count(part) for part in ('role="img"', "<table", "style=")] == [4, 4, 0]
    assert '<th scope="row">Wales</th><td class="number">2</td>' in html


def test_picture_of_one_type(visitor, db):
    make_profile(organisation=make_organisation(kind="party", areas=[WALES]))
    make_profile(organisation=make_organisation(areas=[SCOTLAND]))
    response = visitor.get(PAGE, {"kind": "party"})
    assert (response.context["total"], places(response)) == (1, {WALES: 1})
    assert bars(response, "stories") == [(str(timezone.now().year), 1)]


def test_wrong_type_is_told_and_left_out(visitor, db):
    make_organisation()
    response = visitor.get(PAGE, {"kind": "cartel"})
    assert (response.context["total"], list(response.context["filter"].form.errors)) == (1, ["kind"])


def test_picture_of_nobody_is_a_page(visitor, db):
    assert visitor.get(PAGE).status_code == 200


def test_proposals_are_not_counted(visitor, db):
    OrganisationProposal.objects.send(
        by=make_member(), now=timezone.now(), name="Secret Society", kind="charity", areas=[WALES]
    )
    response = visitor.get(PAGE)
    assert (response.context["total"], "Secret" in response.content.decode()) == (0, False)


@pytest.mark.parametrize("rows", [1, 500])
def test_picture_costs_the_same_at_one_and_at_five_hundred(visitor, db, rows, django_assert_num_queries):
    for number in range(rows):
        make_organisation(areas=[WALES], member_since=date(2000 + number % 20, 1, 1))
    with django_assert_num_queries(4):
        visitor.get(PAGE)
