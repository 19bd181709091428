"""Organisations' endorsements and own asks: public, apart from votes, and by those who may speak for them."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from manifesto.errors import NotReady, Refused
from manifesto.models import Endorsement, OwnAsk, Phase, Tally
from profiles.errors import NotAuthorised
from profiles.models import OrganisationMerge
from tests.factories import (
    make_commitment,
    make_idea,
    make_member,
    make_membership,
    make_organisation,
    make_round,
    make_signature,
    make_spokesperson,
    make_statement,
    publish_version,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation():
    return make_organisation(name="River Watch", slug="rivers")


@pytest.fixture
def speaker(organisation):
    return make_spokesperson(organisation=organisation, name="Sian Speaker")


def endorse(thing, organisation, by):
    return Endorsement.objects.endorse(thing, organisation, by=by, now=timezone.now())


def test_endorsing_twice_changes_nothing_and_is_no_vote(sign_in, organisation, speaker):
    idea = make_idea()
    client, page = sign_in(speaker), f"/endorsements/ideas/{idea.pk}/"
    assert "Endorse it" in client.get(page).text
    client.post(page, {"organisation": "rivers"})
    answer = client.post(page, {"organisation": "rivers"}, follow=True)
    assert "endorsed it already" in answer.text
    assert (Endorsement.objects.count(), idea.votes.count()) == (1, 0)
    assert Tally.objects.filter(idea=idea, supporters__gt=0).count() == 0
    assert (
        "River Watch" in answer.text
        and "Sian" not in client.get(idea.get_absolute_url()).text.split("<main")[1]
    )


def test_one_live_endorsement_by_constraint(organisation):
    idea, commitment = make_idea(), make_commitment(round=make_round(phase=Phase.SHORTLISTED))
    for thing in ({"idea": idea}, {"commitment": commitment}):
        Endorsement.objects.create(organisation=organisation, endorsed_at=timezone.now(), **thing)
        with pytest.raises(IntegrityError), transaction.atomic():
            Endorsement.objects.create(organisation=organisation, endorsed_at=timezone.now(), **thing)
    for things in ({}, {"idea": idea, "commitment": commitment}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Endorsement.objects.create(organisation=make_organisation(), endorsed_at=timezone.now(), **things)


@pytest.mark.django_db(transaction=True)
def test_two_members_at_once_endorse_once(at_once):
    idea, organisation = make_idea(), make_organisation()
    members = [make_spokesperson(organisation=organisation) for _ in range(2)]
    results = at_once(*[lambda member=member: endorse(idea, organisation, member) for member in members])
    assert sorted(results) == [False, True]


@pytest.mark.parametrize("phase", list(Phase))
def test_ideas_and_commitments_are_endorsed_in_their_phases(organisation, speaker, phase):
    round = make_round(phase=phase)
    for thing, phases in (
        (make_idea(round=round), {Phase.CROWDSOURCING, Phase.REFINEMENT}),
        (make_commitment(round=round), {Phase.SHORTLISTED, Phase.PRESENTED}),
    ):
        if phase in phases:
            assert endorse(thing, organisation, speaker)
        else:
            with pytest.raises(Refused):
                endorse(thing, organisation, speaker)


def test_who_may_not_speak_endorses_nothing(sign_in, organisation):
    idea, member = make_idea(), make_member()
    make_membership(member=member, organisation=organisation)
    client, page = sign_in(member), f"/endorsements/ideas/{idea.pk}/"
    assert "nobody there has said" in client.get(page).text
    assert "nobody there has said" in client.post(page, {"organisation": "rivers"}, follow=True).text
    assert client.post(page, {"organisation": "nowhere"}).status_code == 404
    assert client.post(page, {}).status_code == 404
    assert Endorsement.objects.count() == 0
    with pytest.raises(NotAuthorised):
        endorse(idea, organisation, make_member())


def test_what_is_not_public_is_not_endorsed(sign_in, organisation, speaker):
    idea = make_idea(published=False)
    with pytest.raises(Refused):
        endorse(idea, organisation, speaker)
    assert sign_in(speaker).get(f"/endorsements/ideas/{idea.pk}/").status_code == 404


def test_withdrawn_endorsements_are_seen_nowhere(sign_in, visitor, organisation, speaker):
    idea = make_idea()
    endorse(idea, organisation, speaker)
    endorsement = Endorsement.objects.get()
    sign_in(make_member()).post(f"/endorsements/{endorsement.pk}/withdrawals/")
    assert Endorsement.objects.live().count() == 1
    client = sign_in(speaker)
    client.post(f"/endorsements/{endorsement.pk}/withdrawals/", follow=True)
    assert (Endorsement.objects.live().count(), Endorsement.objects.count()) == (0, 1)
    assert "River Watch" not in client.get(idea.get_absolute_url()).text
    assert endorse(idea, organisation, speaker)


def test_a_commitments_page_lists_who_endorses_it(sign_in, visitor, organisation, speaker):
    commitment = make_commitment(round=make_round(phase=Phase.SHORTLISTED))
    client = sign_in(speaker)
    assert f"/endorsements/commitments/{commitment.pk}/" in client.get(commitment.get_absolute_url()).text
    client.post(f"/endorsements/commitments/{commitment.pk}/", {"organisation": "rivers"})
    page = client.get(commitment.get_absolute_url()).text
    assert "River Watch" in page and "Sian" not in page.split("<main")[1]


def test_endorsements_of_a_merged_idea_stand_at_the_survivor(visitor, editor, organisation, speaker):
    round = make_round()
    source, target = make_idea(round=round), make_idea(round=round)
    endorse(source, organisation, speaker)
    source.merge_into(target, by=editor, reason="They are one.", now=timezone.now())
    page = visitor.get(target.get_absolute_url()).text
    assert "River Watch" in page and f"idea {source.number}</a>, which was merged" in page


def test_organisations_that_are_one_endorse_once(organisation, speaker):
    other, idea = make_organisation(), make_idea()
    endorse(idea, organisation, speaker)
    endorse(idea, other, make_spokesperson(organisation=other))
    OrganisationMerge.objects.merge(organisation, other, by=None, now=timezone.now())
    assert [row.organisation for row in Endorsement.objects.live()] == [other]


# Own asks


@pytest.fixture
def signed(organisation, speaker):
    statement = make_statement(slug="five", asks=2)
    make_signature(statement=statement, organisation=organisation)
    return statement


PAGE = "/statements/five/signing/rivers/own-asks/"


def test_a_signatory_asks_for_more_and_replaces_it(signed, sign_in, speaker):
    client = sign_in(speaker)
    assert client.get(PAGE).status_code == 200
    for text in ("First words", "Second words", "Second words"):
        client.post(f"{PAGE}1/", {"text": text})
    assert list(OwnAsk.objects.by_latest().values_list("text", flat=True)) == ["Second words", "First words"]
    page = client.get("/statements/five/").text
    assert "Second words" in page and "First words" not in page
    client.post(f"{PAGE}1/withdrawals/")
    assert "Second words" not in client.get("/statements/five/").text
    assert OwnAsk.objects.count() == 2


def test_own_asks_go_with_the_signature(signed, organisation, speaker, sign_in):
    ask = signed.asks.first()
    OwnAsk.write(ask, organisation, text="More detail", by=speaker, now=timezone.now())
    publish_version(signed)
    assert OwnAsk.objects.public().count() == 1
    signed.withdraw_signature(organisation, by=speaker, now=timezone.now())
    assert OwnAsk.objects.public().count() == 0
    assert "More detail" not in sign_in(speaker).get("/statements/five/").text
    with pytest.raises(NotReady, match="Only signatories"):
        OwnAsk.write(ask, organisation, text="Again", by=speaker, now=timezone.now())


def test_editors_hide_it_with_a_reason_and_show_it_again(signed, organisation, speaker, sign_in, editor):
    own = OwnAsk.write(signed.asks.first(), organisation, text="Rude words", by=speaker, now=timezone.now())
    client, page = sign_in(editor), f"/admin/manifesto/ownask/{own.pk}/moderations/"
    assert client.post(page, {"reason": ""}).status_code == 422
    client.post(page, {"reason": "It is abuse"})
    assert "Rude words" not in client.get("/statements/five/").text
    with pytest.raises(NotReady, match="hidden"):
        OwnAsk.write(own.ask, organisation, text="Rude again", by=speaker, now=timezone.now())
    own.refresh_from_db()
    with pytest.raises(NotReady, match="hidden"):
        own.withdraw(by=speaker, now=timezone.now())
    assert "It is abuse" in sign_in(speaker).get(PAGE).text
    sign_in(editor).post(page, {"show": "1"})
    assert "Rude words" in client.get("/statements/five/").text


def test_hiding_needs_a_reason_by_constraint(signed, organisation):
    with pytest.raises(IntegrityError), transaction.atomic():
        signed.asks.first().own_asks.create(
            organisation=organisation, text="x", written_at=timezone.now(), hidden_at=timezone.now()
        )


@pytest.mark.parametrize("text", ["", "x" * 2001])
def test_bad_words_come_back(signed, sign_in, speaker, text):
    response = sign_in(speaker).post(f"{PAGE}1/", {"text": text})
    assert (response.status_code, OwnAsk.objects.count()) == (422, 0)


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}1/"])
def test_others_are_told_why_they_cannot(signed, sign_in, address):
    response = sign_in(make_member()).get(address, follow=True)
    assert "Only people who belong to River Watch" in response.text


def test_own_page_shows_what_ones_organisations_did(signed, sign_in, organisation, speaker):
    idea = make_idea(title="An open register")
    endorse(idea, organisation, speaker)
    page = sign_in(speaker).get("/my/statements/").text
    assert signed.title in page and "An open register" in page
    other = sign_in(make_member()).get("/my/statements/").text
    assert signed.title not in other and "An open register" not in other


def test_organisations_page_shows_what_it_signed(signed, visitor):
    assert signed.title in visitor.get("/organisations/rivers/").text
    assert signed.title in visitor.get("/organisations/rivers/statements/").text
