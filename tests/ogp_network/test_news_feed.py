"""The feed of news, as a parser of other people's reads it."""

from datetime import timedelta

import feedparser
from django.utils import timezone

from tests.factories import make_post

NOW = timezone.now().replace(microsecond=0)


def read(client, **headers):
    response = client.get("/news.atom", headers=headers)
    feed = feedparser.parse(response.content)
    assert (feed.bozo, feed.version) == (False, "atom10")
    return response, feed


def test_the_feed_is_found_from_the_news(visitor, db):
    page = visitor.get("/news/").content.decode()
    assert '<link rel="alternate" type="application/atom+xml" title="News" href="/news.atom">' in page


def test_an_empty_feed_is_a_feed(visitor, db):
    assert read(visitor)[1].entries == []


def test_entries_tell_everything_the_newest_first(visitor, db):
    make_post(title="Older", now=NOW - timedelta(days=2))
    deadline = NOW.replace(year=2031, month=5, day=6, hour=12, minute=0, second=0)
    make_post(title="Newer", slug="newer", summary="In short.", body="**Words.**", closes_at=deadline)
    _, feed = read(visitor)
    assert [entry.title for entry in feed.entries] == ["Newer", "Older"]
    entry = feed.entries[0]
    assert entry.link.endswith("/news/newer/")
    assert entry.summary.startswith("In short.")
    assert "6 May 2031" in entry.summary
    assert entry.content[0].value == "<p><strong>Words.</strong></p>"


def test_a_change_is_an_update_of_the_same_entry(visitor, db):
    post = make_post(slug="first", now=NOW - timedelta(days=2))
    before = read(visitor)[1].entries[0]
    post.write({**post.public.content(), "title": "New title"}, opened=1, by=None, now=NOW, reason="Typo.")
    post.publish(by=None, now=NOW)
    post.slug = "second"
    post.save()
    after = read(visitor)[1].entries[0]
    assert (after.id, after.published, after.title) == (before.id, before.published, "New title")
    assert (after.updated > before.updated, after.link.endswith("/news/second/")) == (True, True)


def test_who_has_the_feed_is_told_so_until_a_post_comes_or_goes(visitor, db):
    post = make_post()
    tag = read(visitor)[0]["ETag"]
    assert visitor.get("/news.atom", headers={"If-None-Match": tag}).status_code == 304
    post.withdraw(by=None, now=NOW)
    assert visitor.get("/news.atom", headers={"If-None-Match": tag}).status_code == 200
