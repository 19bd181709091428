"""The reforms, what other programs read of stories, and that nobody reads what isn't public."""

import csv
import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from manifesto.models import Draft, Idea, Phase
from profiles.models import Profile, Question
from profiles.open_data import STORIES
from tests.addresses import is_alike_for_all
from tests.factories import (
    make_approval,
    make_idea,
    make_member,
    make_membership,
    make_organisation,
    make_profile,
    make_round,
    make_theme,
)

ATOM = "{http://www.w3.org/2005/Atom}"


def reform_of(profile):
    return profile.answers.get(question=Question.REFORM)


# Themes and years


def test_stories_are_filtered_by_theme_and_year(visitor, db):
    make_profile(speaker_name="A", theme="open-data", now=datetime(2024, 12, 31, 23, 30, tzinfo=UTC))
    make_profile(speaker_name="B", theme="other", now=datetime(2025, 6, 1, tzinfo=UTC))
    shown = {}
    for query in ({"theme": "open-data"}, {"year": "2025"}, {"year": "2024"}, {"year": "1999"}):
        page = visitor.get("/stories/", query).context["page_obj"]
        shown[str(query)] = sorted(profile.speaker_name for profile in page)
    assert list(shown.values()) == [["A"], ["B"], ["A"], ["A", "B"]]


def test_reforms_are_gathered_and_counted_by_theme(visitor, db):
    for theme, number in (("other", 1), ("open-data", 2), ("", 1)):
        for _ in range(number):
            make_profile(theme=theme, answers=["1", "2", "3", f"Reform about {theme}."])
    make_profile(theme="open-data").withdraw(by=None, now=timezone.now())
    make_profile(theme="open-data", published=False)
    page = visitor.get("/reforms/")
    assert page.context["themes"] == [
        ("open-data", "Open data", 2),
        ("other", "Something else", 1),
        ("none", "Not under a theme yet", 1),
    ]
    assert [profile.theme for profile in page.context["page_obj"]] == ["open-data", "open-data", "other", ""]
    narrowed = visitor.get("/reforms/", {"theme": "none"}).context["page_obj"]
    assert [profile.theme for profile in narrowed] == [""]


@pytest.mark.parametrize("query", [{"theme": "nonsense"}, {"page": "x"}, {"theme": "a\x00"}])
def test_reforms_survive_any_address(visitor, db, query):
    make_profile()
    assert visitor.get("/reforms/", query).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(
    "path, queries",
    [("/stories/", 4), ("/reforms/", 3), ("/stories.atom", 2)],
)
def test_everything_costs_the_same_at_one_and_at_thirty(
    visitor, db, django_assert_num_queries, path, queries, rows
):
    for _ in range(rows):
        make_profile(theme="open-data")
    with django_assert_num_queries(queries):
        assert visitor.get(path).status_code == 200


def test_collection_asks_the_database_little_more_than_a_plain_list(visitor, db):
    for _ in range(20):
        make_profile(theme="open-data")
    with CaptureQueriesContext(connection) as plain:
        list(Profile.objects.published().select_related("organisation")[:20])
    with CaptureQueriesContext(connection) as page:
        visitor.get("/stories/")
    # One for the rows, and beside them their number, the years to choose from and the open call.
    assert (len(plain), len(page)) == (1, 4)


# A reform becomes an idea


def test_reform_becomes_a_draft_that_leads_back(sign_in, member, db):
    round = make_round(title="UK")
    theme = make_theme(round=round, slug="open-data")
    organisation = make_organisation(name="River Watch", areas=["W92000004"])
    make_membership(member=member, organisation=organisation)
    profile = make_profile(
        organisation=organisation,
        theme="open-data",
        answers=["1", "2", "3", "Publish the maps. All of them, and soon."],
    )
    client = sign_in(member)
    assert (
        "Turn this reform into a commitment idea" in client.get(profile.get_absolute_url()).content.decode()
    )
    response = client.post(f"/reforms/{reform_of(profile).pk}/ideas/new/")
    draft = Draft.objects.get()
    assert response.headers["Location"] == draft.get_absolute_url()
    assert (draft.title, draft.how) == ("Publish the maps", "Publish the maps. All of them, and soon.")
    assert (draft.theme, draft.areas, draft.organisation) == (theme, ["W92000004"], organisation)
    assert "story of River Watch" in client.get(draft.get_absolute_url()).content.decode()
    client.post(f"/reforms/{reform_of(profile).pk}/ideas/new/")
    assert Draft.objects.count() == 1
    Draft.objects.update(why="Why", difference="Much", level="uk", ogp_values=["civic_participation"])
    idea = Draft.objects.get().submit(now=timezone.now())
    again = client.post(f"/reforms/{reform_of(profile).pk}/ideas/new/")
    assert (again.headers["Location"], Draft.objects.count()) == (idea.get_absolute_url(), 0)
    Idea.objects.update(published_at=timezone.now())
    assert "From the story of" in client.get(idea.get_absolute_url()).content.decode()
    assert list(client.get(profile.get_absolute_url()).context["ideas"]) == [idea]


def test_reform_of_a_stranger_is_not_put_forward_for_their_organisation(sign_in, member, db):
    make_round()
    sign_in(member).post(f"/reforms/{reform_of(make_profile()).pk}/ideas/new/")
    assert Draft.objects.get().organisation is None


def test_long_reform_is_shortened_to_what_an_idea_may_hold(sign_in, member, db):
    make_round()
    profile = make_profile(answers=["1", "2", "3", "word " * 20_000])
    sign_in(member).post(f"/reforms/{reform_of(profile).pk}/ideas/new/")
    draft = Draft.objects.get()
    assert (len(draft.title) <= 120, len(draft.how) <= 5000) == (True, True)


def test_with_several_rounds_one_is_chosen_and_with_none_nothing_happens(sign_in, member, db):
    address = f"/reforms/{reform_of(make_profile()).pk}/ideas/new/"
    client = sign_in(member)
    make_round(phase=Phase.PRIORITISATION)
    response = client.post(address)
    assert ("No round takes ideas" in response.content.decode(), Draft.objects.count()) == (True, 0)
    make_round(slug="uk")
    chosen = make_round(slug="wales")
    assert "Make it a draft for" in client.post(address).content.decode()
    client.post(address, {"round": "wales"})
    assert Draft.objects.get().round == chosen


def test_visitor_signs_in_and_goes_on(visitor, db):
    address = f"/reforms/{reform_of(make_profile()).pk}/ideas/new/"
    assert visitor.post(address).headers["Location"] == f"/account/login/?next={address}"


@pytest.mark.parametrize("state", ["draft", "withdrawn", "other answer"])
def test_only_a_public_reform_becomes_an_idea(sign_in, member, db, state):
    make_round()
    profile = make_profile(published=state != "draft")
    answer = profile.answers.first() if state == "other answer" else reform_of(profile)
    if state == "withdrawn":
        profile.withdraw(by=None, now=timezone.now())
    assert sign_in(member).post(f"/reforms/{answer.pk}/ideas/new/").status_code == 404


def test_withdrawn_story_neither_breaks_nor_shows_in_the_idea_it_gave(visitor, db):
    profile = make_profile(organisation=make_organisation(name="Secret Society"))
    idea = make_idea(from_answer=reform_of(profile))
    assert "Secret Society" in visitor.get(idea.get_absolute_url()).content.decode()
    profile.withdraw(by=None, now=timezone.now())
    html = visitor.get(idea.get_absolute_url()).content.decode()
    assert ("A story that has been withdrawn" in html, "Secret Society" in html) == (True, False)


# For other programs


@pytest.fixture
def story(db):
    return make_profile(
        organisation=make_organisation(name="River & Watch", areas=["W92000004", "S92000003"]),
        speaker_name="=cmd()",
        standfirst='A story of "water" </script><b>',
        theme="open-data",
        evidence_link="https://example.org/",
        answers=["+1", "Two\nlines", "Three", "Publish the maps."],
    )


def test_feed_is_atom_with_the_newest_first(visitor, story):
    make_profile(now=timezone.now() - timedelta(days=1), speaker_name="Older")
    response = visitor.get("/stories.atom")
    feed = ElementTree.fromstring(response.content)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    entries = feed.findall(f"{ATOM}entry")
    assert entries[0].find(f"{ATOM}title").text == "The story of River & Watch"
    assert entries[0].find(f"{ATOM}link").get("href") == f"http://testserver{story.get_absolute_url()}"
    assert "Publish the maps." in entries[0].find(f"{ATOM}summary").text
    assert 'type="application/atom+xml"' in visitor.get("/stories/").content.decode()


def test_feed_survives_control_characters(visitor, db):
    make_profile(answers=["1", "2", "3", "bell \x07 and \x0b tab"], standfirst="\x01")
    ElementTree.fromstring(visitor.get("/stories.atom").content)


def test_csv_is_safe_for_spreadsheets_and_complete(visitor, story):
    response = visitor.get("/open-data/stories.csv")
    header, row = csv.reader(StringIO(response.getvalue().decode(), newline=""))
    values = dict(zip(header, row, strict=True))
    assert header == [column.name for column in STORIES.columns]
    assert (values["speaker_name"], values["meaning"]) == ("'=cmd()", "'+1")
    assert (values["importance"], values["areas"]) == ("Two\nlines", "W92000004 | S92000003")
    assert values["address"].endswith(story.get_absolute_url())


def test_json_says_the_same(visitor, story):
    data = json.loads(visitor.get("/open-data/stories.json").getvalue())
    [row] = data["rows"]
    assert (row["speaker_name"], row["reform"], row["areas"]) == (
        "=cmd()",
        "Publish the maps.",
        story.organisation.areas,
    )
    assert data["licence"] == "https://creativecommons.org/licenses/by/4.0/"


def test_page_describes_itself_to_search_engines_and_previews(visitor, story, settings):
    html, _, _ = visitor.get(story.get_absolute_url()).text.partition("</head>")
    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    data = json.loads(script)
    assert (data["@type"], data["description"]) == ("Article", 'A story of "water" </script><b>')
    assert data["about"] == {
        "@type": "NGO",
        "name": "River & Watch",
        "url": settings.SITE_URL + story.organisation.get_absolute_url(),
    }
    canonical = settings.SITE_URL + story.get_absolute_url()
    assert f'<link rel="canonical" href="{canonical}">' in html
    assert '<meta property="og:title" content="The story of River &amp; Watch">' in html


# Nobody reads what isn't public


MINE = "secretly"


@pytest.fixture
def secrets(db):
    """Editions in every state before publication, with a secret in each of their parts."""
    organisation = make_organisation(name="River Watch", slug="river-watch")
    author = make_member(name="Rhian", email=f"{MINE}@example.org")
    make_membership(member=author, organisation=organisation)
    said = {
        name: f"{MINE} {name}"
        for name in ("speaker_name", "speaker_role", "standfirst", "picture_alt", "picture_credit")
    }
    common = {
        "organisation": organisation,
        "author": author,
        "published": False,
        "pull_quote": f"{MINE} 1",
        "answers": [f"{MINE} {number}" for number in (1, 2, 3, 4)],
        "evidence_link": f"https://{MINE}.example.org/",
        **said,
    }
    profiles = [
        make_profile(**common, begun=False, submitted_at=None, consented_at=None),
        make_profile(**common, begun=False),
        *(make_profile(**common) for _ in range(4)),
    ]
    make_approval(profile=profiles[3], approved_at=None, approver_name="")
    make_approval(profile=profiles[4], changes_asked_at=timezone.now(), words=f"{MINE} words")
    make_approval(profile=profiles[5])
    withdrawn = make_profile(**{**common, "published": True})
    withdrawn.withdraw(by=None, now=timezone.now())
    make_idea(from_answer=reform_of(withdrawn))
    return [*profiles, withdrawn]


def addresses(profiles):
    """Every address of the site, with what could fill its gaps."""
    fillings = [
        {
            "slug": profile.slug,
            "pk": profile.pk,
            "organisation": "river-watch",
            "name": name,
            "dataset": "stories",
        }
        for profile in profiles
        for name in ("stories", "ideas")
    ]
    fillings += [
        {**filling, "slug": profile.call.slug, "pk": answer.pk, "digest": "a"}
        for profile in profiles
        for answer in profile.answers.all()
        for filling in fillings[:1]
    ]
    fillings += [{"slug": "river-watch", "name": "stories", "pk": 1}]
    for route in routes(get_resolver()):
        names = re.findall(r"<(?:\w+:)?(\w+)>", route)
        # A number there is that of something else, so one is as good as all.
        few = route.startswith(("admin/", "account/")) and not route.startswith("admin/profiles/")
        for filling in (fillings[:1] if few else fillings) if names else [{}]:
            if all(name in filling for name in names):
                yield "/" + fill(route, filling)


def fill(route, filling):
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda gap: str(filling[gap[1]]), route)


def routes(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route.replace("^", "").replace("$", "")


@pytest.mark.parametrize("person", ["visitor", "other_member", "expert"])
def test_nobody_reads_what_is_not_public_at_any_address(request, client, secrets, person):
    client.raise_request_exception = False
    if person != "visitor":
        client.force_login(request.getfixturevalue(person))
    seen = {}
    for address in sorted(set(addresses(secrets))):
        if "logout" in address or (person != "visitor" and is_alike_for_all(address)):
            continue
        response = client.get(address, {"text": MINE} if address in ("/stories/", "/reforms/") else {})
        body = b"".join(response.streaming_content) if response.streaming else response.content
        # What was asked for may be said again.
        shown = re.sub(rf'value="{MINE}"|\?text={MINE}', "", body.decode("utf-8", "replace"))
        seen[address] = (response.status_code, MINE in shown)
    assert [address for address, (status, leaks) in seen.items() if leaks or status >= 500] == []
    assert sum(status == 200 for status, _ in seen.values()) > 20
    assert {f"/stories/{profile.slug}/" for profile in secrets} <= seen.keys()
