"""Who may read and who may send anything to each address of the site, as permissions.txt says.

Addresses come from the URL configuration, so a new one without a line there fails. In the demonstration everybody goes
to each who should be turned away, and the first of those who should not: the others have the same rights and more.
"""

import re
from pathlib import Path
from unittest import mock

import pytest
from django.contrib.messages import constants
from django.db import transaction
from django.template import Template
from django.test import Client

from manifesto.models import Round
from profiles.models import Member, Profile
from tests.addresses import Addresses, is_alike_for_all, patterns, routes
from tests.factories import (
    make_comment,
    make_criterion,
    make_idea,
    make_member,
    make_membership,
    make_note,
    make_round,
)
from tests.headers import READ_ELSEWHERE, unguarded

TABLE = Path(__file__).with_name("permissions.txt")
ROLES = ["visitor", "member", "belonging", "expert", "editor", "administrator"]
NAMED = {
    "everybody": ROLES,
    "members": ROLES[1:],
    "staff": ROLES[3:],
    "editors": ROLES[4:],
    "administrators": ROLES[5:],
    "nobody": [],
}
WORDS = {tuple(roles): name for name, roles in NAMED.items()}
VALUES = re.compile(r'value="[^"]*"')
SIGN_IN = re.compile(r"(/cy)?/(account|admin)/(login|reauthenticate)/")
# As the admin asks before it deletes.
SENT = {"post": "yes"}
# Editors are told there what is missing, but the verb refuses them: the story is its author's to return.
REFUSED_BY_THE_VERB = {"/my/stories/<int:pk>/returns/"}
# They would end the visit, or the session of somebody else's visit.
SIGNING_OUT = ("account/logout/", "admin/logout/")


class Person:
    """Somebody in a role, who goes where they are sent. What they change is undone, and they stay signed in."""

    def __init__(self, member=None):
        self.client, self.answers = Client(raise_request_exception=False), {}
        if member:
            self.client.force_login(member)

    def ask(self, method, address, *, written=False):
        """What comes back, without its text unless wanted."""
        cookies, render = self.client.cookies.copy(), Template._render if written else lambda *args: ""
        with transaction.atomic(), mock.patch.object(Template, "_render", render):
            response = getattr(self.client, method)(address, SENT if method == "post" else None)
            transaction.set_rollback(True)
        self.client.cookies = cookies
        if response.streaming:
            list(response)
        assert response.status_code < 500, (method, address, response.status_code)
        assert unguarded(address, response) == [], (method, address)
        return response

    def read(self, address):
        if address not in self.answers:
            self.answers[address] = self.ask("get", address)
        return self.answers[address]

    def may_read(self, address):
        return self.read(address).status_code == 200

    def may_send(self, address):
        """Whether it was looked at, be it only to say what is wrong with it, and not taken for reading.

        Nothing is known, and None said, where nothing is to be sent to.
        """
        response, read = self.ask("post", address), self.read(address)
        if response.status_code == 405:
            return None
        if response.status_code not in (200, 302, 303, 409, 422) or is_refusal(response):
            return False
        if gist(response) != gist(read):
            return True
        return response.status_code == 200 and text_of(self.ask("post", address, written=True)) != text_of(
            self.ask("get", address, written=True)
        )


def is_refusal(response):
    """Whether it sends people to sign in, or to where they are told that they may not."""
    if response.status_code not in (302, 303):
        return False
    messages = getattr(response.wsgi_request, "_messages", None)
    is_told = messages is not None and any(m.level == constants.ERROR for m in messages._queued_messages)
    return is_told or bool(SIGN_IN.match(response.url))


def gist(response):
    return response.status_code, response.headers.get("Location")


def text_of(response):
    """Without the values of fields, which differ by themselves."""
    return None if response.streaming else VALUES.sub("", response.text)


@pytest.fixture
def people(db, load_demonstration, settings):
    """Somebody in each role, in the demonstration."""
    settings.REQUIRE_SECOND_FACTOR = False
    settings.ACCOUNT_RATE_LIMITS = False
    load_demonstration()
    belonging = make_member(name="Bea Belonging")
    organisation = Profile.objects.published().order_by("pk").first().organisation
    make_membership(member=belonging, organisation=organisation)
    members = {"visitor": None, "member": make_member(name="Mo Member"), "belonging": belonging}
    for role in ROLES[3:]:
        members[role] = Member.objects.get(email=f"{role}@example.org")
    return {role: Person(member) for role, member in members.items()}


def who(people, may, addresses, expected):
    """The roles that may, in words: all are asked up to the first that is expected to."""
    allowed = []
    for role, person in people.items():
        # The admin looks at permissions, and whoever belongs somewhere has none that other members lack.
        if role == "belonging" and addresses[0].startswith("/admin/"):
            allowed += ["belonging"] * ("member" in allowed)
            continue
        answers = [may(person, addresses[0])]
        while not answers[-1] and len(answers) < len(addresses):
            answers.append(may(person, addresses[len(answers)]))
        if answers[-1]:
            allowed.append(role)
        if expected in NAMED and allowed and allowed == NAMED[expected][:1]:
            # Everybody further on has its rights too.
            return expected
        if all(answer is None for answer in answers) or is_alike_for_all(addresses[0]):
            break
    return WORDS.get(tuple(allowed)) or ",".join(allowed)


def table():
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return {route: (read, send) for route, read, send in lines}


def name_of(route):
    """A line of the table has no spaces, nor an empty name."""
    return f"/{route}"


def test_every_address_admits_whom_the_table_says(people):
    # Each round of the demonstration is in a phase of its own.
    known = [Addresses(round) for round in Round.objects.order_by("pk")]
    expected, found = table(), {}
    for route in dict.fromkeys(routes()):
        if route not in SIGNING_OUT:
            read, send = expected.get(name_of(route), ("?", "?"))
            addresses = list(dict.fromkeys(addresses.of(route)[0] for addresses in known))
            found[name_of(route)] = (
                who(people, Person.may_read, addresses, read),
                who(people, Person.may_send, addresses, send),
            )
    wrong = [
        f"{route} {read} {send}"
        for route, (read, send) in found.items()
        if expected.get(route) != (read, send)
    ]
    assert not wrong, "permissions.txt says otherwise of\n" + "\n".join(wrong)
    assert set(expected) == set(found)


def test_reading_heads_alone_is_reading_and_nothing_else_is_answered(db):
    round, visitor = make_round(), Person()
    make_criterion(round=round)
    make_comment(idea=make_idea(round=round))
    make_note()
    known, pages = Addresses(round), 0
    for route in dict.fromkeys(routes()):
        address = known.of(route)[0]
        pages += visitor.may_read(address)
        assert visitor.ask("head", address).status_code == visitor.read(address).status_code, address
        allowed = 204 if READ_ELSEWHERE.match(address) else 405
        assert visitor.ask("options", address).status_code == allowed, address
    assert pages > 60


def test_what_everybody_may_only_read_takes_nothing_that_is_sent(db):
    """Visitors are told so by the method, not shown the page as if something had come of it."""
    round, visitor, expected = make_round(), Person(), table()
    make_criterion(round=round)
    make_comment(idea=make_idea(round=round))
    make_note()
    known = Addresses(round)
    reading = [
        route for route in dict.fromkeys(routes()) if expected.get(name_of(route)) == ("everybody", "nobody")
    ]
    answers = {route: visitor.ask("post", known.of(route)[0]).status_code for route in reading}
    taken = {route: status for route, status in answers.items() if status not in (403, 404, 405)}
    assert taken == {}


def test_what_editors_alone_may_send_is_on_the_audit_log():
    unrecorded, expected = [], table()
    for route, view in patterns():
        if route.startswith("admin/") or name_of(route) in REFUSED_BY_THE_VERB:
            continue
        _read, send = expected.get(name_of(route), ("nobody", "nobody"))
        if send in ("everybody", "members", "nobody"):
            continue
        if "editor" in NAMED.get(send, send.split(",")) and not hasattr(view, "is_audited"):
            unrecorded.append(route)
    assert unrecorded == []
