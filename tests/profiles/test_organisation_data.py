"""Organisations as open data: CSV, JSON and JSON-LD."""

import csv
import json
from datetime import date

import pytest
from django.utils import timezone

from profiles.models import OrganisationProposal
from tests.factories import make_member, make_membership, make_organisation

CSV, JSON = "/open-data/organisations.csv", "/open-data/organisations.json"


def rows_in(response):
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(text.splitlines()))


def ld_in(response):
    html = response.content.decode()
    return json.loads(html.split('<script type="application/ld+json">')[1].split("</script>")[0])


@pytest.fixture
def organisation(db):
    organisation = make_organisation(
        name="River Watch",
        slug="river-watch",
        areas=["W92000004", "S92000003"],
        website="https://rivers.org.uk",
        summary="Looks after a river.",
        member_since=date(2014, 3, 1),
    )
    organisation.other_names.create(name="RW")
    organisation.identifiers.create(scheme="GB-CHC", value="1130568")
    return organisation


def test_csv_has_what_is_public_of_it(visitor, organisation):
    [row] = rows_in(visitor.get(CSV))
    assert row == {
        "slug": "river-watch",
        "address": "http://127.0.0.1:8000/organisations/river-watch/",
        "name": "River Watch",
        "other_names": "RW",
        "identifiers": "GB-CHC-1130568",
        "type": "charity",
        "areas": "W92000004 | S92000003",
        "website": "https://rivers.org.uk",
        "summary": "Looks after a river.",
        "language": "en-GB",
        "member_since": "2014-03-01",
        "logo": "",
    }


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_makes_spreadsheets_calculate_nothing(visitor, db, beginning):
    organisation = make_organisation(name=f"{beginning}cmd|' /C calc'!A0", summary=f"{beginning}1+1")
    organisation.other_names.create(name=f"{beginning}HYPERLINK(1)")
    text = b"".join(visitor.get(CSV).streaming_content).decode()
    [_, row] = list(csv.reader(text.splitlines(keepends=True)))
    assert [cell for cell in row if cell.startswith(beginning)] == []


def test_json_ld_cannot_end_its_script(visitor, organisation):
    organisation.other_names.create(name="</script><script>alert(1)</script>")
    response = visitor.get(organisation.get_absolute_url())
    data = ld_in(response)
    assert "<script>alert" not in response.content.decode()
    assert (data["@type"], data["name"], data["identifier"]) == ("NGO", "River Watch", ["GB-CHC-1130568"])
    assert data["alternateName"] == ["RW", "</script><script>alert(1)</script>"]


def test_json_ld_leaves_out_what_is_not_known(visitor, db):
    data = ld_in(visitor.get(make_organisation(kind="party", name="X").get_absolute_url()))
    assert (data["@type"], sorted(data)) == (
        "Organization",
        ["@context", "@type", "mainEntityOfPage", "name"],
    )


def test_data_has_neither_people_nor_proposals(visitor, organisation):
    make_membership(
        member=make_member(name="Secret Sam", email="sam@secret.example"), organisation=organisation
    )
    asker = make_member(name="Secret Ask", email="ask@secret.example")
    make_membership(member=asker, organisation=organisation, confirmed=False)
    OrganisationProposal.objects.send(by=asker, now=timezone.now(), name="Secret Society", kind="charity")
    texts = [
        b"".join(visitor.get(address)).decode() for address in (CSV, JSON, organisation.get_absolute_url())
    ]
    assert ["ecret" in text for text in texts] == [False] * 3


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("address", [CSV, JSON])
def test_data_costs_the_same_at_one_and_at_thirty(visitor, db, address, rows, django_assert_num_queries):
    for _ in range(rows):
        make_organisation().other_names.create(name="Else")
    with django_assert_num_queries(4):
        b"".join(visitor.get(address).streaming_content)
