"""What search engines and those who share a page are told of it."""

import json
import re
from datetime import timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from manifesto.models import Phase
from ogp_network.sitemaps import SECTIONS
from tests.factories import (
    make_action,
    make_call,
    make_idea,
    make_meeting,
    make_note,
    make_organisation,
    make_profile,
    make_round,
    make_votes,
)

pytestmark = pytest.mark.django_db

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


def urls_of(client, address):
    """What one sitemap tells: the address, the day and the languages of each page."""
    root = ElementTree.fromstring(client.get(address).content)
    return [
        (
            url.findtext(f"{SITEMAP}loc"),
            url.findtext(f"{SITEMAP}lastmod"),
            {link.get("hreflang"): link.get("href") for link in url.iter(LINK)},
        )
        for url in root.iter(f"{SITEMAP}url")
    ]


def sections_of(client):
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    return [urlsplit(element.text).path for element in root.iter(f"{SITEMAP}loc")]


def everything(client):
    return [url for section in sections_of(client) for url in urls_of(client, section)]


def test_every_address_of_the_sitemap_is_a_page_to_be_found(visitor, load_demonstration):
    load_demonstration()
    urls = everything(visitor)
    assert len(urls) > 100
    assert {location[: len(settings.SITE_URL)] for location, _, _ in urls} == {settings.SITE_URL}
    for location, _, languages in urls:
        assert set(languages) == {"en-gb", "cy", "x-default"}
        if "/cy" in location:
            continue
        response = visitor.get(location.removeprefix(settings.SITE_URL))
        assert (location, response.status_code) == (location, 200)
        assert f'<link rel="canonical" href="{location}">' in response.text
        assert (location, "noindex" in response.text) == (location, False)


def test_sitemap_has_nothing_that_is_not_public(visitor):
    hidden = [
        make_round(announced_at=None, title="Secret"),
        make_idea(published=False),
        make_profile(published=False),
        make_meeting(announced_at=None),
        make_action(note=make_note(published=False)),
        make_call(now=timezone.now() + timedelta(days=9)),
    ]
    merged = make_idea()
    target = make_idea(round=merged.round, theme=merged.theme)
    type(merged).objects.filter(pk=merged.pk).update(survivor=target)
    paths = {urlsplit(location).path for location, _, _ in everything(visitor)}
    assert target.get_absolute_url() in paths
    assert paths & {thing.get_absolute_url() for thing in [*hidden, merged]} == set()


def test_sitemap_tells_when_a_page_last_changed(visitor, editor):
    now = timezone.now()
    round = make_round(phase=Phase.SHORTLISTED, shortlist_published_at=now - timedelta(days=1))
    idea = make_idea(round=round, now=now - timedelta(days=20))
    days = {urlsplit(location).path: day for location, day, _ in everything(visitor)}
    yesterday = (now - timedelta(days=1)).date().isoformat()
    assert days[idea.get_absolute_url()] == yesterday
    assert days[reverse("manifesto:shortlist", args=[round.slug])] == yesterday
    assert days["/rounds/"] is None


@pytest.mark.parametrize("section", SECTIONS)
def test_section_takes_one_query_however_long(visitor, django_assert_num_queries, section):
    def fill(number):
        for _ in range(number):
            make_idea(round=make_round(phase=Phase.SHORTLISTED))
            make_action()
            make_profile(organisation=make_organisation())

    fill(1)
    with django_assert_num_queries(0 if section == "pages" else 1):
        visitor.get(f"/sitemap-{section}.xml")
    fill(10)
    with django_assert_num_queries(0 if section == "pages" else 1):
        visitor.get(f"/sitemap-{section}.xml")


def test_robots_keep_out_of_what_is_not_for_everybody(visitor):
    response = visitor.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.text.splitlines()
    assert {"Disallow: /admin/", "Disallow: /account/", "Disallow: /cy/my/"} < set(lines)
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in lines


def head(client, address):
    return client.get(address).text.partition("</head>")[0]


def test_page_names_its_address_and_its_languages(visitor):
    idea = make_idea()
    english, welsh = idea.get_absolute_url(), f"/cy{idea.get_absolute_url()}"
    for address in (english, welsh):
        found = head(visitor, address)
        assert f'<link rel="canonical" href="{settings.SITE_URL}{address}">' in found
        assert f'hreflang="en-GB" href="{settings.SITE_URL}{english}"' in found
        assert f'hreflang="cy" href="{settings.SITE_URL}{welsh}"' in found
        assert f'hreflang="x-default" href="{settings.SITE_URL}{english}"' in found


def test_list_that_was_narrowed_down_is_the_whole_list_to_search_engines(visitor):
    round = make_round()
    address = reverse("manifesto:idea_list", args=[round.slug])
    found = head(visitor, f"{address}?text=river&order=newest")
    assert '<meta name="robots" content="noindex, follow">' in found
    assert f'<link rel="canonical" href="{settings.SITE_URL}{address}">' in found
    assert "hreflang" not in found


def test_later_page_of_a_list_stands_for_itself(visitor):
    address = reverse("manifesto:round_list")
    found = head(visitor, f"{address}?page=2")
    assert f'<link rel="canonical" href="{settings.SITE_URL}{address}?page=2">' in found
    assert "noindex" not in found
    assert f'<link rel="canonical" href="{settings.SITE_URL}{address}">' in head(
        visitor, f"{address}?page=%3E"
    )


@pytest.mark.parametrize("address", ["/account/login/", "/account/signup/", "/nowhere/"])
def test_account_and_error_pages_are_not_to_be_found(visitor, address):
    found = head(visitor, address)
    assert '<meta name="robots" content="noindex">' in found
    assert "canonical" not in found


def test_page_says_to_those_who_share_it_what_it_is(visitor):
    idea = make_idea(title='Say "what" & why', why="Nobody <b>knows</b>.")
    found = head(visitor, idea.get_absolute_url())
    told = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', found))
    assert told["title"] == "Say &quot;what&quot; &amp; why"
    assert told["description"] == "Nobody &lt;b&gt;knows&lt;/b&gt;."
    assert told["url"] == settings.SITE_URL + idea.get_absolute_url()
    assert told["locale"] == "en_GB"
    assert 'content="cy_GB"' in head(visitor, f"/cy{idea.get_absolute_url()}")


def test_page_has_a_picture_for_those_who_share_it(visitor):
    told = dict(
        re.findall(r'<meta property="og:(image[:\w]*)" content="([^"]*)">', head(visitor, "/rounds/"))
    )
    address = told["image"].removeprefix(f"{settings.SITE_URL}/static/")
    with Image.open(finders.find(address)) as picture:
        assert [str(side) for side in picture.size] == [told["image:width"], told["image:height"]]
    assert told["image:alt"]


def test_idea_is_data_for_search_engines_once_it_is_public(visitor, sign_in):
    idea = make_idea(title="Say </script> why")
    make_votes(idea=idea, number=2)
    [script] = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', head(visitor, idea.get_absolute_url())
    )
    data = json.loads(script)
    assert (data["headline"], data["url"]) == (
        "Say </script> why",
        settings.SITE_URL + idea.get_absolute_url(),
    )
    assert [counter["userInteractionCount"] for counter in data["interactionStatistic"]] == [2, 0]
    waiting = make_idea(published=False)
    author = waiting.authorships.get().member
    assert "ld+json" not in head(sign_in(author), waiting.get_absolute_url())
