"""What search engines read in the pages themselves, parsed as they parse it: the site, its lists, the way to a page."""

import json
import re

import pytest
from django.conf import settings
from django.urls import reverse

from manifesto.models import Phase
from tests.factories import make_decision, make_idea, make_organisation, make_page, make_round

pytestmark = pytest.mark.django_db

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def data_of(client, address):
    """All there is in a page, by type."""
    found = [json.loads(text) for text in SCRIPT.findall(client.get(address).text)]
    graph = [thing for data in found for thing in data.get("@graph", [data])]
    assert len({thing["@type"] for thing in graph}) == len(graph)
    return {thing["@type"]: thing for thing in graph}


def items_of(things):
    return [(item["position"], item["name"], item.get("item")) for item in things["itemListElement"]]


def listed(things):
    return [(item["position"], item["name"], item["url"]) for item in things["itemListElement"]]


def address_of(thing):
    return settings.SITE_URL + thing.get_absolute_url()


def test_home_says_how_the_site_is_searched(visitor):
    organisation = make_organisation(name="River Watch")
    found = organisation.get_absolute_url()
    site = data_of(visitor, "/")["WebSite"]
    assert (site["url"], site["inLanguage"]) == (f"{settings.SITE_URL}/", "en-GB")
    search = site["potentialAction"]["target"]["urlTemplate"].replace("{search_term_string}", "river")
    assert found in visitor.get(search.removeprefix(settings.SITE_URL)).text
    welsh = data_of(visitor, "/cy/")["WebSite"]
    assert (welsh["url"], welsh["inLanguage"]) == (f"{settings.SITE_URL}/cy/", "cy")


def test_home_says_who_runs_the_site(visitor):
    data = data_of(visitor, "/")
    network = data["Organization"]
    assert network["name"] == "Open Government Manifesto"
    assert data["WebSite"]["publisher"] == {"@id": network["@id"]}


def test_list_of_ideas_is_the_page_as_it_is_shown(visitor):
    round = make_round(title="The </script> round")
    ideas = [make_idea(round=round, title=f"Idea & <b> {number}") for number in range(21)]
    make_idea(round=round, title="Waiting", published=False)
    survivor = ideas[0]
    type(survivor).objects.filter(pk=ideas[1].pk).update(survivor=survivor)
    address = reverse("manifesto:idea_list", args=[round.slug])
    data = data_of(visitor, address)["ItemList"]
    assert data["name"] == "Ideas: The </script> round"
    assert data["url"] == settings.SITE_URL + address
    assert data["numberOfItems"] == 20
    public = {(idea.title, address_of(idea)) for idea in ideas if idea != ideas[1]}
    assert {(name, url) for _, name, url in listed(data)} == public
    assert [position for position, _, _ in listed(data)] == list(range(1, 21))


def test_later_page_of_ideas_counts_on(visitor):
    round = make_round()
    for _ in range(21):
        make_idea(round=round)
    address = reverse("manifesto:idea_list", args=[round.slug])
    data = data_of(visitor, f"{address}?page=2")["ItemList"]
    assert ([position for position, _, _ in listed(data)], data["numberOfItems"]) == ([21], 21)


def test_list_that_was_narrowed_down_tells_nothing(visitor):
    idea = make_idea()
    address = reverse("manifesto:idea_list", args=[idea.round.slug])
    assert data_of(visitor, f"{address}?order=newest") == {}


def test_shortlist_is_the_chosen_ideas_by_their_places(visitor):
    round = make_round(phase=Phase.SHORTLISTED)
    second, first, refused = [make_idea(round=round) for _ in range(3)]
    make_decision(idea=second, position=2)
    make_decision(idea=first, position=1)
    make_decision(idea=refused, outcome="deferred")
    data = data_of(visitor, reverse("manifesto:shortlist", args=[round.slug]))["ItemList"]
    assert listed(data) == [(1, first.title, address_of(first)), (2, second.title, address_of(second))]
    assert data["name"] == f"Shortlist: {round}"


def test_shortlist_tells_nothing_before_it_is_published(visitor):
    round = make_round(phase=Phase.PRIORITISATION)
    make_decision(idea=make_idea(round=round), position=1)
    assert set(data_of(visitor, reverse("manifesto:shortlist", args=[round.slug]))) == {"BreadcrumbList"}


def test_way_to_a_page_is_the_one_it_shows(visitor):
    idea = make_idea(round=make_round(title="Say <b> & </script>"))
    assert items_of(data_of(visitor, idea.get_absolute_url())["BreadcrumbList"]) == [
        (1, "Say <b> & </script>", address_of(idea.round)),
        (2, "Ideas", settings.SITE_URL + reverse("manifesto:idea_list", args=[idea.round.slug])),
        (3, "Idea 1", None),
    ]
    english = idea.round.get_absolute_url()
    welsh = data_of(visitor, f"/cy{idea.get_absolute_url()}")["BreadcrumbList"]
    assert items_of(welsh)[0][2] == f"{settings.SITE_URL}/cy{english}"


def test_page_of_the_editors_has_a_way_to_it(visitor):
    page = make_page(title="About us")
    assert items_of(data_of(visitor, page.get_absolute_url())["BreadcrumbList"]) == [
        (1, "Home", f"{settings.SITE_URL}/"),
        (2, "About us", None),
    ]


def test_way_is_not_told_where_a_page_may_be_somebodys_own(sign_in, member):
    idea = make_idea(author=member, published=False)
    page = sign_in(member).get(idea.get_absolute_url()).text
    assert ("breadcrumbs" in page, "ld+json" in page) == (True, False)
