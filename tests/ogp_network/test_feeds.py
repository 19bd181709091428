"""Every feed of the site, held to what RFC 4287 asks of one, and to what everybody may read."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest
from django.test import Client
from django.utils import timezone

from manifesto.models import Phase, Round
from tests.addresses import Addresses, routes
from tests.factories import (
    make_comment,
    make_criterion,
    make_decision,
    make_idea,
    make_meeting,
    make_member,
    make_round,
)

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"
ONCE = {"id", "title", "updated", "subtitle", "rights", "published", "summary", "content"}
KNOWN = ONCE | {"author", "link", "category", "entry"}
# RFC 3339, as section 3.3 asks for, with a zone and capital letters.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def faults_of(element):
    """What RFC 4287 finds wrong with a feed or an entry (sections 4.1.1, 4.1.2, 4.2)."""
    names = [child.tag.removeprefix(ATOM) for child in element]
    yield from (f"{name} more than once" for name in ONCE if names.count(name) > 1)
    yield from (f"no {name}" for name in ("id", "title", "updated") if name not in names)
    yield from (f"unknown {name}" for name in names if name not in KNOWN)
    for name in ("updated", "published"):
        for moment in element.findall(ATOM + name):
            if not MOMENT.fullmatch(moment.text) or datetime.fromisoformat(moment.text).tzinfo is None:
                yield f"{name} is no date: {moment.text}"
    if not urlsplit(element.findtext(f"{ATOM}id")).scheme:
        yield "the id is no absolute IRI"
    links = element.findall(f"{ATOM}link")
    yield from ("a link without an address" for link in links if not urlsplit(link.get("href", "")).scheme)
    if sum(link.get("rel", "alternate") == "alternate" for link in links) != 1:
        yield "not one alternate link"
    yield from (
        "a category without a term" for each in element.findall(f"{ATOM}category") if not each.get("term")
    )
    yield from (
        "a person without a name" for each in element.findall(f"{ATOM}author/{ATOM}name") if not each.text
    )


def read(client, address):
    """The feed and its entries, once nothing is wrong with it."""
    response = client.get(address)
    assert (address, response.status_code) == (address, 200)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    parsed = feedparser.parse(response.content)
    assert (address, parsed.bozo, parsed.version) == (address, False, "atom10")
    feed = ElementTree.fromstring(response.content)
    entries = feed.findall(f"{ATOM}entry")
    assert (address, [fault for element in (feed, *entries) for fault in faults_of(element)]) == (address, [])
    names = {child.tag.removeprefix(ATOM) for child in feed}
    assert {"author", "rights"} <= names
    assert feed.find(f"{ATOM}link[@rel='self']").get("href").endswith(address)
    assert feed.get(f"{XML}lang") == ("cy" if address.startswith("/cy/") else "en-gb")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert (address, len(set(ids))) == (address, len(ids))
    moments = [entry.findtext(f"{ATOM}updated") for entry in entries]
    if moments:
        newest = max(datetime.fromisoformat(moment) for moment in moments)
        assert datetime.fromisoformat(feed.findtext(f"{ATOM}updated")) == newest
    return feed, entries


def ids(entries):
    return [entry.findtext(f"{ATOM}id") for entry in entries]


def path_of(element):
    return urlsplit(element.find(f"{ATOM}link[@rel='alternate']").get("href")).path


def every_feed():
    everywhere = [Addresses(round) for round in Round.objects.order_by("pk")]
    paths = [
        address
        for route in routes()
        if route.endswith(".atom")
        for known in everywhere
        for address in known.of(route)
    ]
    return list(dict.fromkeys(paths))


def test_every_feed_is_sound_and_leads_to_pages(visitor, load_demonstration):
    load_demonstration()
    feeds = [path for path in every_feed() if visitor.get(path).status_code == 200]
    assert len(feeds) >= 15
    member = Client()
    member.force_login(make_member())
    pages = set()
    for address in feeds:
        feed, entries = read(visitor, address)
        read(visitor, f"/cy{address}")
        assert member.get(address).content == visitor.get(address).content
        pages |= {path_of(element) for element in (feed, *entries)}
    assert [page for page in pages if visitor.get(page, follow=True).status_code != 200] == []


def test_every_feed_is_listed_or_told_of_on_its_page(visitor, load_demonstration):
    load_demonstration()
    listed = set(re.findall(r'href="([^"]+\.atom)"', visitor.get("/feeds/").text))
    for address in every_feed():
        response = visitor.get(address)
        if response.status_code == 200 and address not in listed:
            page = path_of(ElementTree.fromstring(response.content))
            html = visitor.get(page).text
            assert re.search(
                rf'<link rel="alternate" type="application/atom\+xml"[^>]* href="{address}">', html
            )
            assert html.count(f'href="{address}"') == 2
    assert [address for address in listed if visitor.get(address).status_code != 200] == []


def test_long_feed_goes_on_on_further_pages(visitor):
    round = make_round()
    ideas = [make_idea(round=round) for _ in range(31)]
    address = f"/rounds/{round.slug}/ideas.atom"
    feed, first = read(visitor, address)
    assert feed.find(f"{ATOM}link[@rel='next']").get("href").endswith(f"{address}?page=2")
    assert feed.find(f"{ATOM}link[@rel='previous']") is None
    feed, second = read(visitor, f"{address}?page=2")
    assert feed.find(f"{ATOM}link[@rel='previous']").get("href").endswith(address)
    assert (len(first), len(second)) == (30, 1)
    assert len({*ids(first), *ids(second)}) == len(ideas)


def test_feed_of_ideas_takes_the_filters_of_the_list(visitor):
    wanted = make_idea(title="Clean rivers")
    make_idea(round=wanted.round, title="Open courts", theme=wanted.theme)
    slug = wanted.round.slug
    page = visitor.get(f"/rounds/{slug}/ideas/?text=rivers&order=newest&theme={wanted.theme.slug}").text
    address = f"/rounds/{slug}/ideas.atom?text=rivers&theme={wanted.theme.slug}"
    assert page.count(f'href="{address.replace("&", "&amp;")}"') == 2
    _, [entry] = read(visitor, address)
    assert path_of(entry) == wanted.get_absolute_url()


def test_feeds_take_the_same_queries_however_long(visitor, django_assert_num_queries):
    round = make_round(phase=Phase.SHORTLISTED)
    idea = make_idea(round=round)
    addresses = {
        f"/rounds/{round.slug}/ideas.atom": 4,
        f"/rounds/{round.slug}/decisions.atom": 4,
        f"{idea.feed_address}": 3,
        "/rounds/news.atom": 2,
        "/meetings/meetings.atom": 3,
    }

    def fill(number):
        for _ in range(number):
            make_decision(idea=make_idea(round=round, theme=idea.theme))
            make_comment(idea=idea)
            make_meeting()

    for number in (1, 10):
        fill(number)
        for address, queries in addresses.items():
            with django_assert_num_queries(queries):
                visitor.get(address)


def test_nothing_that_is_not_public_is_in_a_feed(visitor):
    now = timezone.now()
    round = make_round(phase=Phase.PRIORITISATION)
    make_criterion(round=round)
    idea = make_idea(round=round, title="Public")
    make_idea(round=round, title="Secret idea", published=False)
    make_decision(idea=idea, reasons="Secret reasons")
    make_criterion(round=make_round(title="Secret round", announced_at=None))
    make_meeting(title="Secret meeting", announced_at=None)
    for fields in ({"approved": False}, {"hidden_at": now, "hidden_reason": "abusive"}):
        make_comment(idea=idea, text="Secret words", **fields)
    answers = [visitor.get(path) for path in every_feed()]
    texts = [answer.text for answer in answers if answer.status_code == 200]
    assert any("Public" in text for text in texts)
    assert [text for text in texts if "Secret" in text] == []
    assert visitor.get(f"/rounds/{round.slug}/decisions.atom").status_code == 404


def test_entry_stays_the_same_when_it_is_corrected(visitor, editor):
    round = make_round(phase=Phase.SHORTLISTED, shortlist_published_at=timezone.now() - timedelta(days=3))
    decision = make_decision(idea=make_idea(round=round, now=timezone.now() - timedelta(days=30)))
    address = f"/rounds/{round.slug}/decisions.atom"
    _, [before] = read(visitor, address)
    decision.correct(
        outcome="declined", reasons="A slip.", explanation="A slip.", by=editor, now=timezone.now()
    )
    _, [after] = read(visitor, address)
    assert ids([before]) == ids([after])
    assert before.findtext(f"{ATOM}updated") < after.findtext(f"{ATOM}updated")
    assert after.findtext(f"{ATOM}summary") == "A slip."
    _, [news, *_] = read(visitor, "/rounds/news.atom")
    assert news.findtext(f"{ATOM}title").startswith("Correction:")


def test_who_has_the_feed_is_told_so(visitor):
    idea = make_idea()
    address = f"/rounds/{idea.round.slug}/ideas.atom"
    tag = visitor.get(address)["ETag"]
    assert visitor.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert visitor.post(address).status_code == 405
    type(idea).objects.filter(pk=idea.pk).update(published_at=None)
    assert visitor.get(address, headers={"If-None-Match": tag}).status_code == 200
