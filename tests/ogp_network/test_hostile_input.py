"""Nothing that anybody sends to any form, or writes into any address, is a fault of ours.

Addresses come from the URL configuration and forms from the pages there, so new ones are tried as soon as they are.
Each page is tried as the first who may see it, each form as the first who is offered it. What a request changes is
undone before the next.
"""

import re
from itertools import chain, cycle
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from django.db import transaction
from django.test import Client

from manifesto.models import Round
from profiles.models import Member
from tests.addresses import Addresses, routes
from tests.factories import make_member
from tests.forms_on_pages import forms_on
from tests.walks import links, view_of

# In this order, with where they go: files and the API are the same for everybody.
ROLES = {
    "visitor": r"/(?!admin/)",
    "member": r"/(?!admin/|api/|open-data/|cards/)(?!.*\.\w+$)",
    "expert": r"/admin/",
    "administrator": r"/(?!api/|open-data/|cards/)(?!.*\.\w+$)",
}
NASTY = [
    "\0",
    "a\0b",
    "9" * 30,
    "-1",
    "1e999",
    "٣²",
    "\ud800",
    "x" * 70_000,
    "' OR 1=1 --",
    "<script>alert(1)</script>{{7*7}}%s",
    "[]",
    '{"$gt": ""}',
    "0001-01-01",
    "2026-02-30T25:61",
    "\u202e\ufeff\r\nSet-Cookie: a=b",
    "",
]
# What the address of a page may hold at most; servers take no more.
LONGEST_QUERY = 8_000
# Parameters that views read although no page links to them.
HIDDEN_PARAMETERS = {"page", "q", "o", "e", "all", "next", "version", "more", "opened", "source", "idea"}
# Of a form or a page with more, such as a note's, the rest are like these; all at once get them anyway.
MOST_ALONE = 5
LEFT_OUT = ("logout", "/static/", "/cy/")


@pytest.fixture
def clients(db, load_demonstration, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    settings.ACCOUNT_RATE_LIMITS = False
    load_demonstration()
    clients = {role: Client(raise_request_exception=False) for role in ROLES}
    clients["member"].force_login(make_member(name="Mo Member"))
    for role in ("expert", "administrator"):
        clients[role].force_login(Member.objects.get(email=f"{role}@example.org"))
    return clients


def visit(client, address, body=None):
    """Read, or send a form's body. What it changed is undone, and whoever was signed in still is."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        if body is None:
            response = client.get(address)
        else:
            response = client.post(address, body, content_type="application/x-www-form-urlencoded")
        if response.streaming:
            list(response)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def pages_of(client, where):
    """The text of one page for each view that opens, by its address; empty for what isn't a page."""
    known, pages, views = Addresses(Round.objects.get(slug="uk")), {}, set()
    for route in dict.fromkeys(routes()):
        address = known.of(route)[0]
        if not re.match(where, address) or any(part in address for part in LEFT_OUT):
            continue
        if view_of(address) in views:
            continue
        response = visit(client, address)
        assert response.status_code < 500, address
        if response.status_code == 200:
            views.add(view_of(address))
            is_page = not response.streaming and response["Content-Type"].startswith("text/html")
            pages[address] = response.text if is_page else ""
    return pages


def parameters_of(pages):
    """The names of parameters by view, from what pages link to and from forms that ask by GET."""
    names = {}
    for address, text in pages.items():
        asked = [(form.action, form.fields) for form in forms_on(text, address) if form.method == "get"]
        asked += [(link, dict(parse_qsl(urlsplit(link).query))) for link in links(text, address)]
        for target, found in asked:
            names.setdefault(view_of(target), set()).update(found)
    return names


def encoded(fields):
    """As browsers write it, and as they never would: half of a pair of surrogates, one name twice."""
    pairs = [
        (name, v) for name, value in fields.items() for v in (value if isinstance(value, list) else [value])
    ]
    return urlencode(pairs, errors="surrogatepass", quote_via=quote)


def queries_for(known, values):
    """All parameters at once, twice; then some that pages use alone, so that no mistake in one hides another."""
    for _ in range(2):
        yield dict.fromkeys(sorted(HIDDEN_PARAMETERS | known), next(values))
    for name in sorted(known)[:MOST_ALONE]:
        yield {name: next(values), f"{name}[]": [next(values), next(values)]}


def contents_for(form, values):
    """Nothing, all as the page has it, the same nastiness everywhere, and some fields one at a time."""
    as_it_is = {name: choices[-1] for name, choices in form.fields.items()}
    yield from ({}, as_it_is, dict.fromkeys(form.fields, next(values)))
    for name in list(form.fields)[:MOST_ALONE]:
        yield {**as_it_is, name: next(values)}
    yield {name: [next(values), value] for name, value in as_it_is.items()}


def test_nothing_anybody_sends_is_a_fault_of_ours(clients):
    values, views, shapes, faults = cycle(NASTY), set(), set(), []

    def attempt(role, address, fields, body=None):
        if visit(clients[role], address, body).status_code >= 500:
            faults.append((role, address[:200], {name: str(value)[:60] for name, value in fields.items()}))

    for role, where in ROLES.items():
        pages = pages_of(clients[role], where)
        names = parameters_of(pages)
        for address in pages:
            if (view := view_of(address)) not in views:
                views.add(view)
                for query in queries_for(names.get(view, set()), values):
                    attempt(role, f"{address}?{encoded(query)[:LONGEST_QUERY]}", query)
        for form in chain.from_iterable(forms_on(text, address) for address, text in pages.items()):
            shape = (view_of(form.action), *sorted(form.fields))
            if form.method == "post" and shape not in shapes and not any(x in form.action for x in LEFT_OUT):
                shapes.add(shape)
                for fields in contents_for(form, values):
                    attempt(role, form.action, fields, encoded(fields))
    assert faults == []
    assert (len(views) > 200, len(shapes) > 80) == (True, True), (len(views), len(shapes))
