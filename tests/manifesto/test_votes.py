import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import ConsentNeeded, EmailUnverified, NotPublished, VotingClosed
from manifesto.models import Phase, Tally, Vote
from tests.factories import make_idea, make_member, make_round, make_votes

SUPPORT = "manifesto:support_create"
WITHDRAW = "manifesto:support_withdraw"


def tally_of(idea):
    return Tally.objects.filter(idea=idea).values_list("supporters", "withdrawn").first() or (0, 0)


def post(client, name, idea, **data):
    return client.post(reverse(name), {"idea": idea.pk, **data}, follow=True)


def test_support_counts_once_however_often(db, member):
    idea = make_idea()
    for _ in range(3):
        idea.support(member, now=timezone.now())
    assert (idea.votes.count(), tally_of(idea)) == (1, (1, 0))


def test_withdrawing_and_supporting_again(db, member):
    idea, now = make_idea(), timezone.now()
    idea.support(member, now=now)
    idea.withdraw_support(member, now=now)
    idea.withdraw_support(member, now=now)
    assert tally_of(idea) == (0, 1)
    idea.support(member, now=now)
    assert (idea.votes.count(), tally_of(idea)) == (1, (1, 1))


def test_a_vote_records_the_wording_it_was_cast_on(db, member):
    idea = make_idea()
    idea.support(member, now=timezone.now())
    assert idea.votes.get().revision == idea.revisions.get()


def test_a_second_vote_is_refused_by_the_database(db, member):
    idea = make_idea()
    idea.support(member, now=timezone.now())
    with pytest.raises(IntegrityError, match="vote_once_per_member_and_idea"), transaction.atomic():
        Vote.objects.create(member=member, idea=idea, revision=idea.revisions.get(), cast_at=timezone.now())


def test_a_vote_on_another_ideas_wording_is_refused_by_the_database(db, member):
    idea, other = make_idea(), make_idea()
    with pytest.raises(IntegrityError, match="of_the_same_idea_id"), transaction.atomic():
        Vote.objects.create(member=member, idea=idea, revision=other.revisions.get(), cast_at=timezone.now())
        connection.check_constraints()


def test_a_vote_never_moves_to_another_idea(db, member):
    first, second = make_idea(), make_idea()
    first.support(member, now=timezone.now())
    with pytest.raises(ProgrammingError, match="Cannot update rows"), transaction.atomic():
        Vote.objects.update(idea=second)


def test_receipts_differ(db):
    idea = make_idea()
    receipts = {vote.receipt for vote in make_votes(idea=idea, number=20)}
    assert (len(receipts), {len(receipt) for receipt in receipts}) == (20, {16})


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("name", [SUPPORT, WITHDRAW])
@pytest.mark.parametrize("who", ["visitor", "member", "author", "expert", "editor", "administrator"])
def test_phase_and_role_matrix(client, db, request, phase, name, who):
    """Everybody with an account may vote, and only while the phase allows it; a visitor is asked to sign in."""
    author = make_member()
    idea = make_idea(round=make_round(phase=phase), author=author)
    person = None if who == "visitor" else author if who == "author" else request.getfixturevalue(who)
    if person:
        client.force_login(person)
        if name == WITHDRAW:
            Vote.objects.create(
                member=person, idea=idea, revision=idea.revisions.get(), cast_at=timezone.now()
            )
    before = idea.votes.count()
    response = post(client, name, idea)
    open_now = phase in (Phase.CROWDSOURCING, Phase.REFINEMENT)
    changed = idea.votes.count() != before
    assert (changed, response.status_code) == (bool(person) and open_now, 200)
    if who == "visitor":
        assert response.redirect_chain[0][0].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("error", "make"),
    [
        (VotingClosed, lambda: (make_idea(round=make_round(phase=Phase.PRIORITISATION)), make_member())),
        (NotPublished, lambda: (make_idea(published=False), make_member())),
        (ConsentNeeded, lambda: (make_idea(), make_member(consents=False))),
        (EmailUnverified, lambda: (make_idea(), make_member(verified=False))),
    ],
)
def test_refusals_say_why_on_the_verb_and_the_page(db, error, make):
    idea, member = make()
    now = timezone.now()
    with pytest.raises(error) as refused:
        idea.support(member, now=now)
    assert (str(idea.refusal_to_support(member, now)), idea.votes.count()) == (str(refused.value), 0)


def test_a_member_without_consent_is_asked_for_it_and_comes_back(client, db):
    member, idea = make_member(consents=False), make_idea()
    client.force_login(member)
    response = client.post(reverse(SUPPORT), {"idea": idea.pk})
    assert response.url == reverse("consent")
    response = client.post(reverse("consent"), {"consent": "on"})
    assert response.url == idea.get_absolute_url()
    post(client, SUPPORT, idea)
    assert tally_of(idea) == (1, 0)


def test_consent_given_on_its_own_leads_home(client, db):
    client.force_login(make_member(consents=False))
    response = client.post(reverse("consent"), {"consent": "on", "next": "https://evil.example/"})
    assert response.url == reverse("home")


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example/", "https://evil.example/", "foo", "home", "-1", "%", "a\0b"]
)
def test_support_leads_back_into_this_site_only(client, db, member, elsewhere):
    idea = make_idea()
    client.force_login(member)
    response = client.post(reverse(SUPPORT), {"idea": idea.pk, "next": elsewhere})
    assert response.url == f"{idea.get_absolute_url()}#support"


def test_no_address_after_a_refusal_names_the_idea(client, db):
    idea = make_idea()
    asked = [client.post(reverse(SUPPORT), {"idea": idea.pk}).url]
    client.force_login(make_member(consents=False))
    asked.append(client.post(reverse(SUPPORT), {"idea": idea.pk}).url)
    assert [address for address in asked if f"/ideas/{idea.number}/" in address] == []


def test_pressing_twice_is_answered_politely_both_times(client, db, member):
    idea = make_idea(title="Open diaries")
    client.force_login(member)
    for _ in range(2):
        response = post(client, SUPPORT, idea)
        assert response.redirect_chain == [(f"{idea.get_absolute_url()}#support", 302)]
        said = "Thank you: you support this", 'id="support"'
        assert [words for words in said if words not in response.text] == []
    assert tally_of(idea) == (1, 0)


@pytest.mark.parametrize("idea", ["", "abc", "-1", "0", "9" * 40, "1e3", "٣", "\x00"])
def test_forged_ids_are_not_found(client, db, member, idea):
    client.force_login(member)
    assert client.post(reverse(SUPPORT), {"idea": idea}).status_code == 404


def test_pending_ideas_look_like_unknown_ones(client, db, member):
    idea = make_idea(published=False)
    client.force_login(member)
    assert post(client, SUPPORT, idea).status_code == 404


def test_votes_are_cast_by_post_only(client, db, member):
    client.force_login(member)
    assert [client.get(reverse(name)).status_code for name in (SUPPORT, WITHDRAW)] == [405, 405]


def test_votes_need_the_forms_token(db, member):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    idea = make_idea()
    assert (client.post(reverse(SUPPORT), {"idea": idea.pk}).status_code, tally_of(idea)) == (403, (0, 0))


def test_my_votes_shows_mine_and_nobody_elses(client, db, member, other_member):
    mine, theirs = make_idea(title="Mine to see"), make_idea(title="Not mine to see")
    mine.support(member, now=timezone.now())
    theirs.support(other_member, now=timezone.now())
    client.force_login(member)
    page = client.get(reverse("manifesto:my_votes")).content.decode()
    assert ("Mine to see" in page, "Not mine to see" in page) == (True, False)


def test_no_public_page_names_a_supporter(client, db, member, other_member):
    idea = make_idea(round=make_round(), author=other_member)
    idea.support(member, now=timezone.now())
    pages = [reverse("home"), idea.get_absolute_url(), reverse("manifesto:idea_list", args=[idea.round.slug])]
    receipt = idea.votes.get().receipt
    for signed_in in (None, other_member):
        if signed_in:
            client.force_login(signed_in)
        for path in pages:
            page = client.get(path).content.decode()
            assert [secret for secret in (member.email, member.display_name, receipt) if secret in page] == []


def test_my_votes_costs_the_same_at_1_and_at_20_votes(client, db, member, django_assert_num_queries):
    make_idea().support(member, now=timezone.now())
    client.force_login(member)
    with django_assert_num_queries(4):
        client.get(reverse("manifesto:my_votes"))
    for _ in range(19):
        make_idea().support(member, now=timezone.now())
    with django_assert_num_queries(4):
        client.get(reverse("manifesto:my_votes"))


def test_a_member_with_votes_is_not_deleted_by_accident(db, member):
    make_idea().support(member, now=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM profiles_member WHERE id = %s", [member.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# Real threads, real connections


def in_threads(jobs):
    """Run every job at the same moment, each on a connection of its own."""
    barrier = threading.Barrier(len(jobs))

    def run(job):
        barrier.wait()
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.django_db(transaction=True)
def test_64_requests_at_once_by_16_members_count_exactly():
    idea = make_idea()
    members = [make_member() for _ in range(16)]
    clients = []
    for member in members:
        for _ in range(4):
            client = Client()
            client.force_login(member)
            clients.append(client)
    address = reverse(SUPPORT)
    statuses = in_threads(
        [lambda client=client: client.post(address, {"idea": idea.pk}).status_code for client in clients]
    )
    assert statuses == [302] * 64
    assert set(idea.votes.values_list("member", flat=True)) == {member.pk for member in members}
    assert tally_of(idea) == (16, 0)


@pytest.mark.django_db(transaction=True)
def test_supporting_and_withdrawing_at_once_leaves_counts_that_agree():
    idea = make_idea()
    members = [make_member() for _ in range(6)]
    jobs = [
        lambda member=member, verb=verb: getattr(idea, verb)(member, now=timezone.now())
        for member in members
        for verb in ("support", "withdraw_support", "support", "withdraw_support")
    ]
    in_threads(jobs)
    assert tally_of(idea)[0] == idea.votes.count()


@pytest.mark.django_db(transaction=True)
def test_numbers_stay_unique_when_many_submit_at_once():
    round = make_round()
    make_idea(round=round)
    in_threads([lambda: make_idea(round=round) for _ in range(8)])
    assert sorted(round.ideas.values_list("number", flat=True)) == list(range(1, 10))
