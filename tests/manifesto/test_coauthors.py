import uuid

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from manifesto.errors import (
    AlreadyInvited,
    ConsentNeeded,
    MergedAway,
    NotAllowedInPhase,
    NotAnAuthor,
    NotInvited,
    NotPublished,
)
from manifesto.models import Authorship, Invitation, Phase, Round
from manifesto.models.invitation import MOST_PER_IDEA
from profiles.models import Notification
from tests.factories import make_idea, make_member, make_round

STRANGER = "stranger@example.net"


@pytest.fixture
def author(db):
    return make_member(name="Aud Author")


@pytest.fixture
def idea(author):
    return make_idea(author=author, round=make_round(phase=Phase.REFINEMENT), title="Open diaries")


def invite(idea, email, by=None):
    by = by or idea.authorships.first().member
    return Invitation.objects.send(idea, email, by=by, now=timezone.now())


def co_authors(idea):
    return [a.member for a in idea.authorships.filter(role=Authorship.Role.CO_AUTHOR)]


def pages(idea):
    return reverse("manifesto:invitation_list", args=[idea.round.slug, idea.number])


def page(name, invitation):
    return reverse(f"manifesto:invitation_{name}", args=[invitation.key])


# Inviting


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("who", ["member", "author", "co-author", "expert", "editor", "administrator"])
def test_phase_and_role_matrix(db, request, phase, who):
    """Authors alone invite, while ideas are improved."""
    author = make_member()
    idea = make_idea(round=make_round(phase=phase), author=author)
    person = (
        author if who == "author" else make_member() if who == "co-author" else request.getfixturevalue(who)
    )
    if who == "co-author":
        idea.authorships.create(member=person, role="co_author", accepted_at=timezone.now())
    try:
        invite(idea, STRANGER, by=person)
    except NotAnAuthor:
        assert "author" not in who
    except NotAllowedInPhase:
        assert "author" in who and phase != Phase.REFINEMENT
    assert idea.invitations.exists() == ("author" in who and phase == Phase.REFINEMENT)


def test_pending_and_merged_ideas_invite_nobody(idea, author, editor):
    with pytest.raises(NotPublished):
        invite(make_idea(round=idea.round, author=author, published=False), STRANGER)
    idea.merge_into(make_idea(round=idea.round), by=editor, reason="The same.", now=timezone.now())
    with pytest.raises(MergedAway):
        invite(idea, STRANGER)


def test_an_address_is_invited_once_however_it_is_written(idea):
    invite(idea, "Stranger@Example.net ")
    with pytest.raises(AlreadyInvited):
        invite(idea, STRANGER)
    assert Notification.objects.filter(email=STRANGER).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_address_is_invited_once_though_asked_for_at_once(at_once):
    idea = make_idea(round=make_round(phase=Phase.REFINEMENT))
    results = at_once(*[lambda: invite(idea, STRANGER)] * 4)
    assert [type(result) for result in results].count(AlreadyInvited) == 3
    assert idea.invitations.count() == 1


def test_the_database_holds_one_invitation_per_idea_and_address_in_lower_case(idea, author):
    invitation = invite(idea, STRANGER)
    for values, name in (
        ({"email": STRANGER}, "invitation_once_per_idea_and_address"),
        ({"email": "Another@example.net"}, "invitation_email_is_lower_case"),
        ({"email": "a@example.net", "accepted_at": timezone.now(), "declined_at": timezone.now()}, "one_way"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Invitation.objects.create(idea=idea, invited_by=author, invited_at=timezone.now(), **values)
    assert list(Invitation.objects.all()) == [invitation]


def test_nobody_writes_to_the_world_through_invitations(idea):
    for number in range(MOST_PER_IDEA):
        invite(idea, f"somebody{number}@example.net")
    with pytest.raises(AlreadyInvited):
        invite(idea, STRANGER)


def test_members_and_strangers_are_told_alike_and_the_page_says_the_same(client, idea, author, member):
    make_member(email="unproven@example.net", verified=False)
    client.force_login(author)
    answers = set()
    for email in (member.email, STRANGER, "unproven@example.net"):
        response = client.post(pages(idea), {"email": email}, follow=True)
        message = next(str(message) for message in response.context["messages"])
        answers.add((response.status_code, message.replace(email, "…")))
    assert answers == {(200, "We write to ….")}
    told = Notification.objects.filter(subject="An invitation to improve an idea together")
    assert {n.member.email if n.member else n.email for n in told} == {
        member.email,
        STRANGER,
        "unproven@example.net",
    }
    assert all(
        n.address == page("detail", Invitation.objects.get(email=n.email or n.member.email)) for n in told
    )


# Answering


def test_the_owner_of_the_address_becomes_a_co_author(idea, author, member):
    now, invitation = timezone.now(), invite(idea, member.email)
    invitation.accept(member, now=now)
    authorship = idea.authorships.get(member=member)
    assert (authorship.role, authorship.accepted_at) == (Authorship.Role.CO_AUTHOR, now)
    assert Notification.objects.filter(member=author, subject="A co-author has joined").count() == 1
    assert idea.refusal_to_improve(member, now) is None
    with pytest.raises(NotInvited):
        invitation.accept(member, now=now)


@pytest.mark.parametrize("who", ["other_member", "editor", "administrator", "author", "unproven"])
def test_nobody_else_answers(request, idea, member, who):
    invitation = invite(idea, "right@example.net")
    if who == "unproven":
        person = make_member(email="right@example.net", verified=False)
    else:
        person = request.getfixturevalue(who)
    for verb in (invitation.accept, invitation.decline):
        with pytest.raises(NotInvited):
            verb(person, now=timezone.now())
    assert (co_authors(idea), Invitation.objects.open().count()) == ([], 1)


def test_an_address_that_was_proven_later_counts(idea, member):
    invitation = invite(idea, STRANGER)
    EmailAddress.objects.create(user=member, email="Stranger@example.net", verified=True)
    invitation.accept(member, now=timezone.now())
    assert co_authors(idea) == [member]


def test_the_end_of_refinement_ends_invitations(idea, member):
    invitation = invite(idea, member.email)
    now = timezone.now()
    Round.objects.update(scoring_open_at=now, votes_close_at=now)
    with pytest.raises(NotAllowedInPhase):
        Invitation.objects.get().accept(member, now=now)
    invitation.decline(member, now=now)
    assert (co_authors(idea), Invitation.objects.get().declined_at) == ([], now)


def test_joining_needs_consent_and_an_idea_of_its_own(idea, member, editor):
    reluctant = make_member(consents=False)
    with pytest.raises(ConsentNeeded):
        invite(idea, reluctant.email).accept(reluctant, now=timezone.now())
    invitation = invite(idea, member.email)
    idea.merge_into(make_idea(round=idea.round), by=editor, reason="The same.", now=timezone.now())
    with pytest.raises(MergedAway):
        Invitation.objects.get(pk=invitation.pk).accept(member, now=timezone.now())


def test_a_co_author_by_merge_who_is_invited_stays_when_the_merge_is_undone(idea, editor, member):
    other = make_idea(round=idea.round, author=member)
    merge = other.merge_into(idea, by=editor, reason="The same.", now=timezone.now())
    invite(idea, member.email).accept(member, now=timezone.now())
    merge.undo(by=editor, now=timezone.now())
    assert co_authors(idea) == [member]


def test_who_said_no_is_not_asked_again(idea, member):
    invitation = invite(idea, member.email)
    invitation.decline(member, now=timezone.now())
    with pytest.raises(NotInvited):
        invitation.accept(member, now=timezone.now())
    with pytest.raises(AlreadyInvited):
        invite(idea, member.email)


def test_an_invitation_that_is_taken_back_is_neither_sent_nor_accepted_and_can_be_given_again(
    idea, author, member
):
    invitation = invite(idea, member.email)
    invitation.take_back(by=author, now=timezone.now())
    assert Notification.objects.filter(member=member).count() == 0
    with pytest.raises(NotInvited):
        invitation.accept(member, now=timezone.now())
    again = invite(idea, member.email)
    again.accept(member, now=timezone.now())
    assert (again, co_authors(idea)) == (invitation, [member])
    with pytest.raises(NotInvited):
        invitation.take_back(by=author, now=timezone.now())


def test_only_authors_take_back(idea, member):
    with pytest.raises(NotAnAuthor):
        invite(idea, member.email).take_back(by=member, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_of_accepting_and_taking_back_at_once_one_holds(at_once):
    idea, member = make_idea(round=make_round(phase=Phase.REFINEMENT)), make_member()
    author, now = idea.authorships.get().member, timezone.now()
    invitation = invite(idea, member.email)
    results = at_once(
        lambda: invitation.accept(member, now=now), lambda: invitation.take_back(by=author, now=now)
    )
    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [NotInvited]
    invitation.refresh_from_db()
    assert (co_authors(idea) == [member]) == (invitation.accepted_at is not None)


# Pages


def test_an_author_invites_and_takes_back_on_the_page(client, idea, author):
    client.force_login(author)
    assert pages(idea) in client.get(idea.get_absolute_url()).text
    assert STRANGER in client.post(pages(idea), {"email": STRANGER}, follow=True).text
    invitation = Invitation.objects.get()
    client.post(page("take_back", invitation))
    assert f'<h3 class="address">{STRANGER}' not in client.get(pages(idea)).text


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "x" * 250 + "@example.net", "a@example.net\nb@example.net"]
)
def test_addresses_that_are_none_are_refused(client, idea, author, email):
    client.force_login(author)
    response = client.post(pages(idea), {"email": email})
    assert (response.status_code, idea.invitations.count()) == (422, 0)


@pytest.mark.parametrize("who", ["visitor", "member", "editor"])
def test_others_see_and_invite_nobody(client, request, idea, who):
    invite(idea, STRANGER)
    if who != "visitor":
        client.force_login(request.getfixturevalue(who))
    assert pages(idea) not in client.get(idea.get_absolute_url()).text
    for response in (client.get(pages(idea)), client.post(pages(idea), {"email": "b@example.net"})):
        assert response.status_code == 302
    assert idea.invitations.count() == 1


def test_a_co_author_does_not_see_whom_others_invited(client, idea, member, other_member):
    invite(idea, member.email).accept(member, now=timezone.now())
    invitation = invite(idea, other_member.email)
    client.force_login(member)
    assert other_member.email not in client.get(pages(idea)).text
    assert client.post(page("take_back", invitation)).status_code == 404


def test_a_member_answers_on_the_page(client, idea, member, author):
    invitation = invite(idea, member.email)
    assert client.get(page("detail", invitation)).url.startswith(reverse("account_login"))
    client.force_login(member)
    assert page("detail", invitation) in client.get(reverse("manifesto:my_ideas")).text
    assert "Aud Author invites you" in client.get(page("detail", invitation)).text
    response = client.post(page("accept", invitation), follow=True)
    assert ("You are a co-author" in response.text, co_authors(idea)) == (True, [member])


def test_a_member_says_no_on_the_page(client, idea, member):
    invitation = invite(idea, member.email)
    client.force_login(member)
    client.post(page("decline", invitation))
    assert (co_authors(idea), Invitation.objects.open().count()) == ([], 0)
    assert page("detail", invitation) not in client.get(reverse("manifesto:my_ideas")).text


def test_a_link_that_was_passed_on_tells_nothing(client, idea, member, other_member):
    invitation = invite(idea, member.email)
    client.force_login(other_member)
    response = client.get(page("detail", invitation))
    assert response.status_code == 403
    assert [word in response.text for word in (member.email, "Open diaries", "Aud Author")] == [False] * 3
    client.post(page("accept", invitation))
    assert co_authors(idea) == []


@pytest.mark.parametrize("name", ["accept", "decline", "take_back"])
def test_answers_are_posted(client, idea, member, name):
    client.force_login(member)
    assert client.get(page(name, invite(idea, member.email))).status_code == 405


def test_keys_that_are_none_are_not_found(client, member):
    client.force_login(member)
    assert client.get(reverse("manifesto:invitation_detail", args=[uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize("number", [1, MOST_PER_IDEA])
def test_list_of_invitations_costs_a_fixed_number_of_queries(
    client, idea, author, django_assert_num_queries, number
):
    for count in range(number):
        invite(idea, f"somebody{count}@example.net")
    client.force_login(author)
    with django_assert_num_queries(6):
        assert client.get(pages(idea)).status_code == 200
