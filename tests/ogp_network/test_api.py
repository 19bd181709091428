"""The API: what it answers is what it says it answers, whatever is asked."""

import json

import pytest
import schemathesis
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import reverse
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings

from ogp_network.api.interface import document
from ogp_network.api.resources import RESOURCES
from ogp_network.open_data.catalogue import DATASETS
from tests.factories import make_action, make_idea, make_organisation, make_round

from .conftest import SECRET

ROOT = "/api/v1"
LISTS = [resource.name for resource in RESOURCES]
THINGS = [
    "rounds/uk",
    "ideas/uk/1",
    "revisions/uk/1/1",
    "decisions/uk/1",
    "commitments/uk/1",
    "plans/plan",
    "promises/plan/1",
    "organisations/office",
    "stories/kim",
    "meetings/past",
    "notes/past",
]


@pytest.fixture
def described_api(public_things):
    """The API as its own document describes it, asked through WSGI as a server asks it."""
    signals = (request_started, request_finished)
    # As Django's own client does: the connection has the test's transaction.
    for signal in signals:
        signal.disconnect(close_old_connections)
    # Not the site's own module of the name, which has all connections of a process give up after some seconds.
    yield schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", WSGIHandler())
    for signal in signals:
        signal.connect(close_old_connections)


schema = schemathesis.pytest.from_fixture("described_api")


@schema.parametrize()
@hypothesis_settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_the_document_describes(case):
    # What checks the answers doesn't unpack them.
    case.call_and_validate(headers={"Accept-Encoding": "identity"})


def ask(visitor, path, **query):
    return visitor.get(f"{ROOT}/{path}", query)


def items(visitor, path, **query):
    response = ask(visitor, path, **query)
    assert response.status_code == 200, response.content
    return response.json()["items"]


# What it answers


@pytest.mark.parametrize("resource", RESOURCES, ids=LISTS)
def test_list_says_what_the_file_says(visitor, public_things, resource):
    told = json.loads(visitor.get(f"/open-data/{resource.dataset.name}.json").getvalue())["rows"]
    body = ask(visitor, resource.name, page_size=100).json()
    assert (body["items"], body["count"]) == (told, len(told))
    assert len(told) > 0


@pytest.mark.parametrize("path", THINGS)
def test_thing_is_the_same_as_in_its_list(visitor, public_things, path):
    thing = ask(visitor, path).json()
    assert thing in items(visitor, path.split("/")[0], page_size=100)


def test_pages_lead_to_each_other(visitor, db):
    names = [make_organisation(name=f"Organisation {letter}").name for letter in "ABC"]
    first = ask(visitor, "organisations", page_size=2, type="charity").json()
    assert (first["count"], first["page"], first["page_size"], first["previous"]) == (3, 1, 2, None)
    assert first["next"] == f"{settings.SITE_URL}{ROOT}/organisations?page_size=2&type=charity&page=2"
    second = visitor.get(first["next"].removeprefix(settings.SITE_URL)).json()
    assert [item["name"] for item in first["items"] + second["items"]] == names
    assert second["next"] is None
    assert second["previous"] == f"{settings.SITE_URL}{ROOT}/organisations?page_size=2&type=charity&page=1"
    assert items(visitor, "organisations", page=3, page_size=2) == []


@pytest.mark.parametrize(
    "path, query, number",
    [
        ("rounds", {"area": "W92000004"}, 0),
        ("ideas", {"round": "uk"}, 3),
        ("ideas", {"round": "other"}, 0),
        ("ideas", {"theme": "data", "level": "uk", "value": "civic_participation"}, 3),
        ("ideas", {"policy_area": "health", "area": "W92000004"}, 3),
        ("ideas", {"area": "S92000003"}, 0),
        ("ideas", {"text": "ideas hyperlink"}, 3),
        ("ideas", {"text": "sausages"}, 0),
        ("ideas", {"status": "shortlisted"}, 1),
        ("ideas", {"status": "not_shortlisted"}, 1),
        ("ideas", {"status": "merged"}, 1),
        ("ideas", {"status": "undecided"}, 0),
        ("revisions", {"round": "uk", "idea": 2}, 1),
        ("decisions", {"round": "uk", "outcome": "deferred"}, 1),
        ("organisations", {"text": "office", "type": "government", "area": "E12000001"}, 1),
        ("stories", {"text": "kim"}, 0),
        ("stories", {"theme": "open-data", "type": "government", "area": "W92000004"}, 1),
        ("stories", {"year": 1999}, 0),
        ("meetings", {"kind": "workshop", "area": "S92000003", "topic": "topic"}, 1),
        ("meetings", {"since": "2199-01-01"}, 0),
        ("meetings", {"until": "2199-01-01"}, 3),
        ("notes", {"kind": "workshop", "topic": "topic", "since": "2000-01-01"}, 1),
        ("notes", {"kind": "network"}, 0),
        ("actions", {"status": "open", "organisation": "office", "meeting": "past"}, 1),
        ("actions", {"status": "done"}, 0),
        ("actions", {"status": "overdue", "topic": "topic"}, 0),
    ],
)
def test_lists_are_narrowed_down(visitor, public_things, path, query, number):
    assert len(items(visitor, path, **query)) == number


@pytest.mark.parametrize("name", LISTS)
def test_nothing_the_public_may_not_read_is_answered(visitor, public_things, secret_things, name):
    text = ask(visitor, name, page_size=100).content.decode()
    assert (SECRET.casefold() in text.casefold(), "@example.org" in text) == (False, False)


@pytest.mark.parametrize(
    "path", [f"rounds/{SECRET}", f"ideas/{SECRET}/1", "ideas/scored/1", "decisions/scored/2"]
)
def test_thing_the_public_may_not_read_is_not_found(visitor, secret_things, path):
    assert ask(visitor, path).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_cost_the_same_at_one_and_at_thirty(visitor, db, rows, django_assert_num_queries):
    round = make_round()
    for _ in range(rows):
        make_organisation().other_names.create(name="Else")
        make_idea(round=round)
        make_action()
    costs = {"organisations": 4, "ideas": 3, "revisions": 2, "meetings": 4, "notes": 7, "actions": 2}
    for name, queries in costs.items():
        with django_assert_num_queries(queries):
            assert len(items(visitor, name, page_size=30)) == rows


# What it refuses


@pytest.mark.parametrize(
    "query, parameter",
    [
        ("page=1e29", "page"),
        ("page=0", "page"),
        ("page=-1", "page"),
        (f"page={'9' * 6000}", "page"),
        ("page=10001", "page"),
        ("page_size=101", "page_size"),
        ("page=%00", "page"),
        ("text=a%00b", "text"),
        (f"text={'a' * 201}", "text"),
        ("text=", "text"),
        ("type=nonsense", "type"),
        ("type=charity&type=party", "type"),
        ("nonsense=1", "nonsense"),
        ("%ff%00=%ed%a0%80", "\ufffd\0"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(visitor, db, query, parameter):
    response = visitor.get(f"{ROOT}/organisations?{query}")
    assert (response.status_code, response.headers["Content-Type"]) == (422, "application/problem+json")
    assert [error["parameter"] for error in response.json()["errors"]] == [parameter]


@pytest.mark.parametrize(
    "text", ["%ed%a0%80", "%f0%9f%8c%b3", "%22", "%27%3B--", "%25", "%5C", "%E2%80%AE", "a|b%20%26%20!c"]
)
@pytest.mark.parametrize("path", ["ideas", "organisations", "stories"])
def test_odd_words_find_nothing_and_break_nothing(visitor, db, path, text):
    assert visitor.get(f"{ROOT}/{path}?text={text}").json()["items"] == []


@pytest.mark.parametrize("path", ["nonsense", "rounds/nobody", "ideas/uk/999999", "", "rounds/a/b/c"])
def test_what_is_not_there_is_a_problem_in_json(visitor, db, path):
    response = ask(visitor, path) if path else visitor.get(f"{ROOT}/rounds/")
    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")
    assert (response.json()["status"], response.json()["title"]) == (404, "Not Found")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", [f"{ROOT}/rounds", "/open-data/rounds.csv"])
def test_nothing_can_be_changed(client, db, method, path):
    response = getattr(client, method)(path)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


# How it answers


@pytest.mark.parametrize("path", ["rounds", "organisations/office", "openapi.json"])
def test_answer_is_sent_again_only_when_it_changed(visitor, public_things, path):
    first = ask(visitor, path)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = visitor.get(f"{ROOT}/{path}", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


def test_changed_answer_has_another_tag(visitor, db):
    organisation = make_organisation(name="Before", slug="o")
    tag = ask(visitor, "organisations/o").headers["ETag"]
    type(organisation).objects.update(name="After")
    again = visitor.get(f"{ROOT}/organisations/o", headers={"if-none-match": tag})
    assert (again.status_code, again.json()["name"]) == (200, "After")


@pytest.mark.parametrize(
    "path",
    [
        f"{ROOT}/rounds",
        f"{ROOT}/nonsense",
        f"{ROOT}/openapi.json",
        "/open-data/rounds.csv",
        "/open-data/no.csv",
    ],
)
def test_pages_of_other_sites_may_read(visitor, public_things, path):
    response = visitor.get(path, headers={"origin": "https://elsewhere.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    preflight = visitor.options(path, headers={"access-control-request-method": "GET"})
    assert (preflight.status_code, preflight.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert "If-None-Match" in preflight.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["/open-data/", "/open-data/rounds/", "/cy/open-data/", "/api/"])
def test_pages_about_it_are_not_for_other_sites(visitor, public_things, path):
    response = visitor.get(path, headers={"origin": "https://elsewhere.example"})
    assert (response.status_code, "Access-Control-Allow-Origin" in response.headers) == (200, False)


@pytest.mark.parametrize(
    "path", [f"{ROOT}/rounds", f"{ROOT}/rounds/uk", f"{ROOT}/openapi.json", "/open-data/rounds.csv"]
)
def test_head_has_the_head_of_get(visitor, public_things, path):
    head, get = visitor.head(path), visitor.get(path)
    assert (head.status_code, head.headers.get("ETag")) == (200, get.headers.get("ETag"))
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


def test_nobody_is_known_by_it(sign_in, member, public_things, django_assert_num_queries):
    client = sign_in(member)
    with django_assert_num_queries(2):
        response = client.get(f"{ROOT}/rounds")
    assert (response.cookies, "Cookie" in response.headers.get("Vary", "")) == ({}, False)


# Its documentation


def test_document_is_openapi(visitor, db):
    description = visitor.get(f"{ROOT}/openapi.json").json()
    assert description["openapi"] == "3.1.0"
    assert description["servers"] == [{"url": settings.SITE_URL}]
    assert len(description["paths"]) == 2 * len(RESOURCES)
    answers = description["paths"][f"{ROOT}/ideas/{{round}}/{{number}}"]["get"]["responses"]
    assert sorted(answers) == ["200", "304", "404", "422"]


def test_page_says_all_that_the_document_says(visitor, db):
    html = visitor.get(reverse("api_docs")).content.decode()
    for path, operations in document("en-gb")["paths"].items():
        assert f">{path}</code>" in html
        assert f'curl "{settings.SITE_URL}{path}' in html
        for parameter in operations["get"]["parameters"]:
            assert f">{parameter['name']}</code>" in html
    for resource in RESOURCES:
        assert [c.name for c in resource.dataset.columns if f">{c.name}</code>" not in html] == []


def test_every_dataset_of_the_api_is_in_the_catalogue():
    assert [resource.name for resource in RESOURCES if resource.dataset.name not in DATASETS] == []
