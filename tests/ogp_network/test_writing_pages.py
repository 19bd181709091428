"""Pages and news as the public reads them."""

import re
from datetime import datetime, timedelta

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from ogp_network.models import Page, Post, PostVersion
from profiles.errors import NotReady
from tests.factories import make_page, make_post

NOW = timezone.now()
DAY = timedelta(days=1)


def text_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_page_stands_at_its_short_address(visitor, db):
    page = make_page(slug="about", title="About us", body="## Who we are\n\nA network.")
    assert page.get_absolute_url() == "/about/"
    text = text_of(visitor, "/about/")
    assert "<h1>About us</h1>" in text
    assert "<h2>Who we are</h2>" in text


def test_a_former_address_redirects_for_good(visitor, db):
    page, post = make_page(slug="old"), make_post(slug="old")
    for writing in (page, post):
        writing.slug = "new"
        writing.save()
    for former, address in {
        "/old/": "/new/",
        "/old/versions/": "/new/versions/",
        "/news/old/": "/news/new/",
        "/news/old/versions/": "/news/new/versions/",
    }.items():
        response = visitor.get(former)
        assert (response.status_code, response["Location"]) == (301, address)


@pytest.mark.parametrize("slug", ["rounds", "admin", "news", "stories", "account", "static", "cy", "my"])
def test_no_page_can_stand_in_the_way_of_the_sites_own(db, slug):
    with pytest.raises(ValidationError, match="Choose another one"):
        Page(slug=slug).clean_fields(exclude=["public"])


def test_every_page_that_is_there_at_first_has_a_free_address(db):
    call_command("load_pages")
    for page in Page.objects.all():
        page.clean_fields(exclude=["public", "scheduled"])


def hidden(make):
    """What nobody but editors may read, each with “Secret” in its title, and what has a secret change to come."""
    make(title="Secret draft", published=False)
    make(title="Secret, to come", published=False).schedule(NOW + DAY, by=None, now=NOW)
    make(title="Secret, withdrawn").withdraw(by=None, now=NOW)
    changed = make(title="Public")
    changed.write(
        {**changed.public.content(), "title": "Secret change", "body": "Secret words."},
        opened=1,
        by=None,
        now=NOW,
        reason="Secret reason.",
    )
    changed.schedule(NOW + DAY, by=None, now=NOW)
    return type(changed).objects.all()


@pytest.mark.parametrize("role", ["visitor", "member", "editor"])
@pytest.mark.parametrize("make", [make_page, make_post])
def test_only_what_is_public_is_anywhere(make, role, request, sign_in, client):
    if role != "visitor":
        sign_in(request.getfixturevalue(role))
    rows = hidden(make)
    caches["process"].clear()
    Page.objects.update(footer_position=1)
    addresses = [reverse("home"), reverse("post_list"), f"{reverse('post_list')}?calls=open"]
    addresses += [reverse("news_atom")]
    for row in rows:
        addresses += [row.get_absolute_url(), row.versions_address, f"{row.versions_address}2/"]
    answers = {address: client.get(address) for address in addresses}
    assert [address for address, answer in answers.items() if "Secret" in answer.content.decode()] == []
    statuses = [answers[row.get_absolute_url()].status_code for row in rows.order_by("pk")]
    assert statuses == [404, 404, 404, 200]
    assert answers[f"{rows.order_by('pk').last().versions_address}2/"].status_code == 404


def test_earlier_versions_are_public_with_what_changed_and_why(visitor, db):
    page = make_page(slug="privacy", body="Kept for a year.", now=NOW - 9 * DAY)
    page.write(
        {**page.public.content(), "body": "Kept for a month."},
        opened=1,
        by=None,
        now=NOW,
        reason="A year was too long.",
    )
    page.publish(by=None, now=NOW)
    assert 'href="/privacy/versions/"' in text_of(visitor, "/privacy/")
    assert "A year was too long." in text_of(visitor, "/privacy/versions/")
    second = text_of(visitor, "/privacy/versions/2/")
    assert ("<del>" in second, "<ins>" in second, "A year was too long." in second) == (True, True, True)
    assert "Kept for a year." in text_of(visitor, "/privacy/versions/1/")


def test_the_footer_links_to_its_pages_and_costs_no_query_per_page(
    visitor, db, django_assert_num_queries, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        make_page(slug="second", title="Second", footer_position=2)
        make_page(slug="first", title="First", footer_position=1)
        make_page(slug="nowhere", title="Not there")
    with django_assert_num_queries(1):
        links = Page.objects.footer_links("en-gb")
    assert links == [("/first/", "First"), ("/second/", "Second")]
    with django_assert_num_queries(0):
        assert Page.objects.footer_links("en-gb") == links
    with django_capture_on_commit_callbacks(execute=True):
        Page.objects.get(slug="first").withdraw(by=None, now=NOW)
    assert Page.objects.footer_links("en-gb") == [("/second/", "Second")]


def test_open_calls_come_first_and_can_be_had_alone(visitor, db):
    make_post(title="Newest news")
    make_post(title="Old call", closes_at=NOW + DAY, now=NOW - 30 * DAY)
    make_post(title="Ended call", closes_at=NOW - DAY, now=NOW - 3 * DAY)
    text = text_of(visitor, "/news/")
    assert sorted(["Newest news", "Old call", "Ended call"], key=text.index) == [
        "Old call",
        "Newest news",
        "Ended call",
    ]
    text = text_of(visitor, "/news/?calls=open")
    assert [title for title in ("Newest news", "Old call", "Ended call") if title in text] == ["Old call"]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (-1, "Closed"),
        (0, "Closed"),
        (1, "Closes today"),
        (24, "Closes tomorrow"),
        (72, "Closes in 3 days"),
    ],
)
def test_time_left_counts_days_as_people_do(hours, words):
    noon = timezone.localtime(NOW).replace(hour=12)
    version = PostVersion(closes_at=noon + timedelta(hours=hours))
    assert version.time_left(noon) == words
    assert version.is_open(noon) != version.is_over(noon)


def test_a_call_that_is_over_says_so_and_has_no_button(visitor, db):
    action = {"action_label": "Answer the survey", "action_link": "https://example.org/survey"}
    make_post(slug="open", closes_at=NOW + DAY, **action)
    make_post(slug="over", closes_at=NOW - DAY, now=NOW - 9 * DAY, **action)
    texts = [text_of(visitor, f"/news/{slug}/") for slug in ("open", "over")]
    assert ["Answer the survey" in text for text in texts] == [True, False]
    assert ["This call is over" in text for text in texts] == [False, True]


def test_predicates_of_calls_agree_with_the_queries(db):
    make_post()
    make_post(closes_at=NOW + DAY)
    make_post(closes_at=NOW + 3 * DAY).withdraw(by=None, now=NOW)
    make_post(closes_at=NOW - DAY, now=NOW - 9 * DAY)
    published = list(Post.objects.published())
    assert set(Post.objects.calls_open(NOW)) == {post for post in published if post.public.is_open(NOW)}
    assert set(Post.objects.published().not_open(NOW)) == {
        post for post in published if not post.public.is_open(NOW)
    }


def test_no_call_becomes_public_after_its_deadline(db):
    post = make_post(published=False, closes_at=NOW + DAY)
    with pytest.raises(NotReady, match="deadline"):
        post.schedule(NOW + 2 * DAY, by=None, now=NOW)
    with pytest.raises(NotReady, match="deadline"):
        post.publish(by=None, now=NOW + 2 * DAY)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"action_label": "Go", "closes_at": NOW}, "action_with_label_and_link"),
        ({"action_label": "Go", "action_link": "https://example.org"}, "action_with_deadline"),
    ],
)
def test_a_button_needs_words_an_address_and_a_deadline(db, fields, name):
    with pytest.raises(IntegrityError, match=name):
        make_post(**fields)


def test_lists_cost_the_same_with_1_and_with_30(visitor, db, django_assert_num_queries):
    for count in (1, 29):
        for number in range(count):
            make_post(closes_at=NOW + DAY if number % 2 else None)
            make_page(footer_position=1)
        address = Page.objects.first().get_absolute_url()
        with django_assert_num_queries(2):
            text_of(visitor, "/news/")
        # How many there are, for its pages, and those of one.
        with django_assert_num_queries(2):
            text_of(visitor, "/news.atom")
        with django_assert_num_queries(1):
            text_of(visitor, address)


def test_versions_cost_the_same_with_1_and_with_30(visitor, db, django_assert_num_queries):
    page = make_page(slug="privacy")
    for number in range(1, 31):
        if number in (1, 30):
            with django_assert_num_queries(3):
                text_of(visitor, "/privacy/versions/")
        content = {**page.public.content(), "body": f"Words {number}."}
        page.write(content, opened=number, by=None, now=NOW, reason="More.")
        page.publish(by=None, now=NOW)


def test_a_text_in_another_language_than_the_page_says_so(visitor, db):
    make_page(slug="about", title="Amdanom ni", language="cy")
    make_page(slug="about", title="About us")
    with override("cy"):
        assert Page.objects.at("about", "cy").public.title == "Amdanom ni"
    assert '<article class="narrow" lang="en-GB">' in text_of(visitor, "/about/")


def test_starting_pages_are_loaded_once_and_never_over_an_editors(db, capsys):
    make_page(slug="privacy", title="Ours", published=False)
    moved = make_page(slug="cookies", title="Biscuits")
    moved.slug = "biscuits"
    moved.save()
    call_command("load_pages")
    assert capsys.readouterr().out.count("Published: ") == 3
    pages = {page.slug: str(page) for page in Page.objects.all()}
    assert pages == {
        "about": "About the manifesto",
        "how-it-works": "How it works",
        "privacy": "Ours",
        "accessibility": "Accessibility statement",
        "biscuits": "Biscuits",
    }
    call_command("load_pages")
    assert capsys.readouterr().out == ""


def test_the_job_publishes_what_is_due_and_says_what_it_refuses(db, capsys):
    page, post = make_page(published=False, title="A page"), make_post(published=False, title="Too late")
    page.schedule(NOW + timedelta(seconds=1), by=None, now=NOW)
    late = NOW - 9 * DAY
    post.write({**post.latest.content(), "closes_at": NOW - DAY}, opened=1, by=None, now=late)
    post.schedule(NOW - 2 * DAY, by=None, now=late)
    Page.objects.update(publish_at=NOW - DAY)
    call_command("publish_due_pages")
    said = capsys.readouterr()
    assert said.out == "Published: A page\n"
    assert "Not published: Too late." in said.err
    call_command("publish_due_pages")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("make", "prefix"), [(make_page, "/"), (make_post, "/news/")])
def test_what_is_written_in_one_language_alone_is_there_in_all(visitor, db, make, prefix):
    make(slug="senedd", language="cy", title="Galwad")
    address = f"{prefix}senedd/"
    welsh, english = text_of(visitor, f"/cy{address}"), text_of(visitor, address)
    assert f'<a href="{address}" lang="en-gb"' in welsh
    assert '<html lang="en-GB">' in english
    assert '<article class="narrow" lang="cy">' in english
    section = "editors-pages" if make is make_page else "news"
    assert f"{address}</loc>" in text_of(visitor, f"/sitemap-{section}.xml")


def test_of_several_languages_each_page_is_in_the_sitemap_once(visitor, db):
    for language in ("en-gb", "cy"):
        make_page(slug="both", language=language)
    assert text_of(visitor, "/sitemap-editors-pages.xml").count("/both/</loc>") == 2


@pytest.mark.parametrize(
    ("moment", "left"),
    [((30, 23, 59), "Closes today"), ((29, 12, 0), "Closes tomorrow"), ((28, 12, 0), "Closes in 2 days")],
)
def test_a_deadline_at_midnight_is_the_end_of_the_day_before(moment, left):
    london = timezone.get_default_timezone()
    version = PostVersion(closes_at=datetime(2026, 12, 1, tzinfo=london))
    day, hour, minute = moment
    assert version.time_left(datetime(2026, 11, day, hour, minute, tzinfo=london)) == left
    assert version.deadline == "midnight at the end of 30 November 2026"


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2026, 3, 29), (2026, 10, 25), (2026, 3, 30), (2026, 10, 26)]
)
def test_a_call_ends_with_the_day_on_which_the_clocks_change(visitor, db, year, month, day):
    london = timezone.get_default_timezone()
    closes_at = datetime(year, month, day, tzinfo=london)
    version = PostVersion(closes_at=closes_at)
    last = closes_at - timedelta(seconds=1)
    assert (version.time_left(last), version.time_left(closes_at)) == ("Closes today", "Closed")
    assert last.astimezone(london).hour == 23


def test_a_call_that_ended_at_midnight_closed_on_the_day_before(visitor, db):
    london = timezone.get_default_timezone()
    post = make_post(closes_at=datetime(2026, 6, 1, tzinfo=london), now=datetime(2026, 5, 1, tzinfo=london))
    text = text_of(visitor, post.get_absolute_url())
    assert "it closed on 31 May 2026." in text
    assert "midnight at the end of 31 May 2026" in text


def test_our_own_words_about_a_post_are_marked_as_in_the_language_of_the_page(visitor, db):
    post = make_post(title="Call", closes_at=NOW + DAY)
    for address in (f"/cy{post.get_absolute_url()}", "/cy/news/", "/cy/"):
        assert re.search(r'lang="en-GB">.*<p class="deadline" lang="cy">', text_of(visitor, address), re.S)
