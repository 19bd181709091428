"""Before publication nobody outside learns a score, a rank, a decision or a draft of its reasons, at any address.

Every address of the site is visited twice by everybody who must not know: with one set of scores and decisions, and
with another. All they get must be the same to the byte: texts, titles, counts, headers and redirects alike. Addresses
come from the URL configuration, so a new one is visited as soon as it is there.
"""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from manifesto.models import Assessment, Decision, Phase, Round, Score
from manifesto.vocabularies import InterestKind
from tests.addresses import FILES, Addresses, is_alike_for_all, routes
from tests.factories import (
    make_comment,
    make_criterion,
    make_idea,
    make_member,
    make_round,
    make_term,
    make_theme,
    make_votes,
)

pytestmark = pytest.mark.django_db

QUERIES = [
    "?status=shortlisted",
    "?status=not_shortlisted",
    "?status=undecided",
    "?order=support&text=Clear",
    "?q=Clear",
    "?o=-1",
    "?order=score",
]


def addresses_for(role, known, client):
    """All addresses for a visitor; for others those that may answer them otherwise, and lists of what is secret.

    Who is refused a list is so before anybody looks at what it is asked for: there, one query stands for all.
    """
    # Signing out would end the visit.
    plain = [a for route in routes() if route != "account/logout/" for a in known.of(route)]
    lists = [a for a in plain if is_list(a)]
    if role != "visitor":
        plain = [a for a in plain if not is_alike_for_all(a)]
        lists = [a for a in lists if a.startswith(("/rounds/", "/admin/manifesto/", "/admin/autocomplete/"))]
    opens = {a for a in lists if client.get(a).status_code == 200}
    return plain + [a + query for a in lists for query in (QUERIES if a in opens else QUERIES[:1])]


def is_list(address):
    """Whether it is a page of many things, that may be searched, filtered and ordered."""
    try:
        name = resolve(address).url_name or ""
    except Resolver404:
        # Made-up values that the route doesn't take, as for a picture's digest.
        return False
    return name == "home" or name.endswith(("_list", "_changelist", "autocomplete"))


@pytest.fixture
def secret_round():
    """A round with all there is to leak: scores, notes, conflicts, a ranking, and decisions fit to publish."""
    round = make_round(phase=Phase.PRIORITISATION, shortlist_target=1)
    make_theme(round=round)
    for slug in ("lens", "verifiable"):
        make_criterion(round=round, slug=slug)
    for _ in range(3):
        make_votes(idea=make_idea(round=round), number=2)
    make_comment(idea=round.ideas.first())
    fill(round, half_points=[(2, 1), (1, 2)], outcome="accepted", words="Clear and cheap.")
    return round


def fill(round, *, half_points, outcome, words):
    """Have the same two experts score all ideas and decide on them, one way or another."""
    now = timezone.now()
    terms = list(round.expert_terms.filter(member__display_name="Panel Expert").order_by("pk")) or [
        make_term(round=round, member=make_member(name="Panel Expert", groups=["Experts"]))
        for _ in half_points
    ]
    for term, values in zip(terms, half_points, strict=True):
        for idea in term.ideas_to_score():
            turned = values if idea.number == 1 else values[::-1]
            term.assess(idea, dict(zip(round.criteria.all(), turned, strict=True)), now=now, note=words)
    decisions = [
        Decision(
            idea=idea,
            outcome=outcome,
            reasons=f"{words} {idea.number}",
            position=idea.number if outcome == "accepted" else None,
        )
        for idea in round.ideas.all()
    ]
    round.record_decisions(decisions, version=round.shortlist_version, by=terms[0].member, now=now)
    Assessment.objects.update(saved_at=now)
    round.analysis(now=now)


def refill(round):
    """Other scores, notes and decisions, and a conflict declared by somebody of the panel."""
    fill(round, half_points=[(0, 2), (0, None)], outcome="deferred", words="Far too dear.")
    term = round.expert_terms.order_by("pk").first()
    term.declare(round.ideas.get(number=3), kind=InterestKind.INDIRECT, now=timezone.now())
    Round.objects.filter(pk=round.pk).update(shortlist_publish_at=timezone.now() + timedelta(days=9))


def author_of(round):
    return round.ideas.get(number=1).authorships.get().member


def unfinished_expert_of(round):
    member = make_member(name="Una Unfinished", groups=["Experts"])
    make_term(round=round, member=member)
    return member


def expert_of_another(round):
    member = make_member(name="Otto Elsewhere", groups=["Experts"])
    make_term(round=make_round(phase=Phase.PRIORITISATION), member=member)
    return member


def group_without_term(round):
    return make_member(name="Petra Past", groups=["Experts"])


ROLES = {
    "visitor": lambda round: None,
    "member": lambda round: make_member(name="Mo Member"),
    "author": author_of,
    "unfinished expert": unfinished_expert_of,
    "expert of another round": expert_of_another,
    "expert without a term": group_without_term,
}
CHANGING = re.compile(
    r'(name="csrfmiddlewaretoken" value=")[^"]*|(name="key" value=")[^"]*|(shuffle(?:=|" value="))\d+'
    # That staff signed in is an act of theirs on record.
    r'|(id="kind-acts">[^<]*<span class="aside-number">)\d+ \w+'
)


def told(client, address):
    """All that an answer tells, without what differs from one visit to the next by itself."""
    response = client.get(address)
    # What is told is compared below, so its length need not be.
    own = ("Content-Length", "Expires", "X-Request-ID")
    headers = {name: value for name, value in response.headers.items() if name not in own}
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode(errors="replace")
    return response.status_code, headers, sorted(CHANGING.sub(r"\1\2\3\4", text).splitlines())


def told_everywhere(member, addresses):
    """Likewise at all the addresses, of somebody who comes anew: a visit may leave a session, and so be told as one."""
    client = client_of(member)
    return {address: told(client, address) for address in addresses}


def client_of(member):
    client = Client()
    if member:
        client.force_login(member)
    return client


@pytest.mark.parametrize("role", ROLES)
def test_nothing_differs_with_the_scores_and_decisions(secret_round, role, settings):
    member = ROLES[role](secret_round)
    settings.REQUIRE_SECOND_FACTOR = False
    addresses = addresses_for(role, Addresses(secret_round), client_of(member))
    before = told_everywhere(member, addresses)
    refill(secret_round)
    after = told_everywhere(member, addresses)
    assert [address for address in addresses if before[address] != after[address]] == []
    assert len([address for address in addresses if before[address][0] == 200]) > 40


def test_the_difference_is_there_to_be_seen(secret_round, editor, sign_in):
    """The same comparison finds what an editor sees, so that it would find a leak."""
    client = sign_in(editor)
    known = Addresses(secret_round)
    addresses = [address for route in routes() if "round/" in route for address in known.of(route)]
    before = {address: told(client, address) for address in addresses}
    refill(secret_round)
    seen = {address for address in addresses if before[address] != told(client, address)}
    pages = [
        reverse(f"admin:manifesto_round_{name}", args=[secret_round.pk]) for name in ("ranking", "shortlist")
    ]
    assert set(pages) <= seen


@pytest.mark.parametrize("name", FILES)
def test_files_of_the_working_are_not_there_before_publication(secret_round, visitor, name):
    address = reverse("manifesto:working_file", args=[secret_round.slug, name])
    assert visitor.get(address).status_code == 404
    assert visitor.get(reverse("manifesto:working_detail", args=[secret_round.slug])).status_code == 404


def test_expert_who_stays_out_of_an_idea_sees_no_figure_of_it(secret_round, sign_in, settings):
    """The ranking they get is the same whatever the idea's scores are."""
    member = unfinished_expert_of(secret_round)
    idea = secret_round.ideas.get(number=2)
    term = secret_round.expert_terms.get(member=member)
    now = timezone.now()
    term.declare(idea, kind=InterestKind.DIRECT_FINANCIAL, now=now)
    for other in term.ideas_to_score():
        term.assess(other, dict.fromkeys(secret_round.criteria.all(), 1), now=now)
    client, address = sign_in(member), reverse("admin:manifesto_round_ranking", args=[secret_round.pk])
    before = told(client, address)
    assert before[0] == 200
    assert idea.title not in "".join(before[2])
    scores = Score.objects.filter(assessment__revision__idea=idea)
    scores.update(half_points=0)
    assert told(client, address) == before


def test_notes_and_addresses_of_experts_stay_private_after_publication(secret_round, editor, visitor):
    Assessment.objects.update(note="Sssh.")
    secret_round.publish_shortlist(by=editor, now=timezone.now())
    known = Addresses(secret_round)
    addresses = [address for route in routes() if route.startswith("rounds/") for address in known.of(route)]
    texts = ["\n".join(told(visitor, address)[2]) for address in addresses]
    secrets = ["Sssh.", "Panel Expert", *(term.member.email for term in secret_round.expert_terms.all())]
    assert [secret for secret in secrets if any(secret in text for text in texts)] == []
